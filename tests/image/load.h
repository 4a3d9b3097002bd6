/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load: what processes do to a kernel, each thing checked.  Static, of musl,
 * for i386: runs on Linux from 2.6.21 on; prints TAP on standard output.
 *
 * A test is LOAD_TEST(name, "name") { ... } in a load-*.c; it returns NULL,
 * FAIL("what went wrong"), or LOAD_SKIP when the kernel has no such thing.
 */
#ifndef LOAD_H
#define LOAD_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	 4096u
#define PAGE_U32 (PAGE / 4)
#define MB	 (1024u * 1024u)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct load_test {
	const char *name;
	const char *(*run)(void);
};

#define LOAD_TEST(id, name_)                                                   \
	static const char *t_##id(void);                                       \
	static const struct load_test entry_##id __attribute__((               \
		section("load_tests"), used, aligned(4))) = { name_, t_##id }; \
	static const char *t_##id(void)

extern char load_why[512];
#define FAIL(...) (snprintf(load_why, sizeof(load_why), __VA_ARGS__), load_why)
#define LOAD_SKIP ((const char *)-1)

/** This program's own file. */
extern char load_self[256];

/** The status that waitpid() gives for @pid, -1 for any child. */
int wait_status(pid_t pid);
/** Private memory of @pages pages; NULL: none. */
void *private_pages(unsigned int pages);
/** A handler that counts into load_signals. */
void count_signal(int sig);
extern volatile sig_atomic_t load_signals;
/** The signal that a write (or read) of @p raises, 0: none. */
int touch(volatile char *p, bool write);
/** Where the last signal of touch() came from. */
extern volatile uintptr_t load_fault;
/** The signal that ends a child which runs @fn, 0: none did. */
int signal_of(void (*fn)(void));
/** A number in /proc/meminfo, in kB; 0: not there. */
unsigned int meminfo(const char *name);

#endif
