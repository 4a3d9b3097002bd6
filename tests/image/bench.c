/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel's operations cost: the whole user space of a benchmark run.
 *
 * As /init it measures, prints "op NAME FIGURE" lines and reboots; the figures
 * are instructions: the laboratory advances the time-stamp counter by 8 for each.
 * Each is the median of an odd number of rounds, so the work of another domain in
 * one of them does not count.  A round is as long as two timer ticks, and there
 * may be a third in it: by when the laboratory began to count.
 *
 *	op memory FIGURE	kB of RAM that the kernel was told of
 *	op began FIGURE		instructions since power-on, modulo 2^32
 */
#include "mini.h"
#include <linux/reboot.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>

#define PAGE	   4096u
#define MB	   (1024u * 1024u)
#define INSN_SHIFT 3
#define ROUNDS	   9
#define MAP_SIZE   (4 * MB)
#define FILE_PAGES 64u
#define MAX_RING   16
#define CHILD_WORD "exit"

/* Instructions so far, and those of the whole machine. */
static uint32_t now(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return high << (32 - INSN_SHIFT) | low >> INSN_SHIFT;
}

/* --- Output ---------------------------------------------------------------*/
static void say_number(uint32_t n)
{
	char text[12];
	char *at = text + sizeof(text) - 1;

	*at = '\0';
	do
		*--at = (char)('0' + n % 10);
	while (n /= 10);
	say(at);
}

static void result(const char *name, uint32_t figure)
{
	say("op ");
	say(name);
	say(" ");
	say_number(figure);
	say("\n");
}

static void fail(const char *what)
{
	say("bench: failed: ");
	say(what);
	say("\n");
}

/* --- Rounds ---------------------------------------------------------------*/
static uint32_t median(uint32_t *v, unsigned int n)
{
	for (unsigned int i = 1; i < n; i++)
		for (unsigned int j = i; j && v[j] < v[j - 1]; j--) {
			uint32_t t = v[j];

			v[j] = v[j - 1];
			v[j - 1] = t;
		}
	return v[n / 2];
}

/* @fn does the operation @times times; the cost of one. */
static void measure(const char *name, void (*fn)(unsigned int times),
		    unsigned int times)
{
	uint32_t cost[ROUNDS];

	fn(times); /* caches of the kernel fill */
	for (unsigned int r = 0; r < ROUNDS; r++) {
		uint32_t start = now();

		fn(times);
		cost[r] = (now() - start) / times;
	}
	result(name, median(cost, ROUNDS));
}

/* --- Operations -----------------------------------------------------------*/
static void getppid_times(unsigned int times)
{
	while (times--)
		sys0(__NR_getppid);
}

static long fork(void)
{
	return sys0(__NR_fork);
}

static void wait_child(void)
{
	sys3(__NR_waitpid, -1, 0, 0);
}

static void fork_exit(unsigned int times)
{
	while (times--) {
		if (!fork())
			sys1(__NR_exit, 0);
		wait_child();
	}
}

static void fork_exec(unsigned int times)
{
	static const char *const argv[] = { "/init", CHILD_WORD, 0 };

	while (times--) {
		if (!fork()) {
			sys3(__NR_execve, ptr(argv[0]), ptr(argv),
			     ptr(argv + 2));
			sys1(__NR_exit, 1);
		}
		wait_child();
	}
}

static long map(unsigned int size, int flags, long fd)
{
	long at = 0;
	const long args[6] = { 0,     (long)size, PROT_READ | PROT_WRITE,
			       flags, fd,	  0 };

	at = sys1(__NR_mmap, ptr(args));
	return at;
}

static void touch_pages(long at, unsigned int size, bool write)
{
	for (volatile char *p = (volatile char *)at, *end = p + size; p < end;
	     p += PAGE) {
		if (write)
			*p = 1;
		else
			(void)*p;
	}
}

static void map_touch(unsigned int times)
{
	while (times--) {
		long at = map(MAP_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

		touch_pages(at, MAP_SIZE, true);
		sys2(__NR_munmap, at, MAP_SIZE);
	}
}

static void on_signal(int sig)
{
	(void)sig;
}

static void signal_self(unsigned int times)
{
	long self = sys0(__NR_getpid);

	while (times--)
		sys2(__NR_kill, self, SIGUSR1);
}

/* --- Processes in a ring of pipes -----------------------------------------*/
static int ring_in, ring_out; /* of the first process */

static void pass(int in, int out)
{
	char token;

	while (sys3(__NR_read, in, ptr(&token), 1) == 1)
		sys3(__NR_write, out, ptr(&token), 1);
	sys1(__NR_exit, 0);
}

/* @n processes, this one among them; each reads of one pipe, writes to the
 * next. */
static void ring_make(unsigned int n)
{
	int first[2], next[2], in;

	sys1(__NR_pipe, ptr(first));
	in = first[0];
	for (unsigned int i = 1; i < n; i++) {
		sys1(__NR_pipe, ptr(next));
		if (!fork()) {
			sys1(__NR_close, first[1]);
			sys1(__NR_close, next[0]);
			pass(in, next[1]);
		}
		sys1(__NR_close, in);
		sys1(__NR_close, next[1]);
		in = next[0];
	}
	ring_in = in;
	ring_out = first[1];
}

static void ring_end(unsigned int n)
{
	sys1(__NR_close, ring_out);
	while (--n)
		wait_child();
	sys1(__NR_close, ring_in);
}

static void ring_round(unsigned int times)
{
	char token = 0;

	while (times--) {
		sys3(__NR_write, ring_out, ptr(&token), 1);
		sys3(__NR_read, ring_in, ptr(&token), 1);
	}
}

/* From one process to the next. */
static void measure_ring(const char *name, unsigned int n, unsigned int hops)
{
	uint32_t cost[ROUNDS];
	unsigned int times = 128 / n;

	ring_make(n);
	ring_round(times);
	for (unsigned int r = 0; r < ROUNDS; r++) {
		uint32_t start = now();

		ring_round(times);
		cost[r] = (now() - start) / (times * n / hops);
	}
	ring_end(n);
	result(name, median(cost, ROUNDS));
}

/* --- Faults on pages of a file --------------------------------------------*/
static void measure_file_fault(void)
{
	static char page[PAGE];
	const long size = FILE_PAGES * PAGE;
	long fd = sys3(__NR_open, ptr("/bench.file"), 0102, 0600);
	uint32_t cost[ROUNDS];

	for (unsigned int i = 0; i < FILE_PAGES; i++)
		if (sys3(__NR_write, fd, ptr(page), PAGE) != (long)PAGE) {
			fail("file");
			return;
		}
	for (unsigned int r = 0; r < ROUNDS; r++) {
		long at = map((unsigned int)size, MAP_SHARED, fd);
		uint32_t start = now();

		touch_pages(at, (unsigned int)size, false);
		cost[r] = (now() - start) / FILE_PAGES;
		sys2(__NR_munmap, at, size);
	}
	sys1(__NR_close, fd);
	result("file-fault", median(cost, ROUNDS));
}

/* --- What the kernel was told ---------------------------------------------*/
static uint64_t hex(const char **at)
{
	uint64_t n = 0;

	for (;; (*at)++) {
		char c = **at;

		if (c >= '0' && c <= '9')
			n = n << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			n = n << 4 | (uint32_t)(c - 'a' + 10);
		else
			return n;
	}
}

static bool starts(const char *s, const char *word)
{
	while (*word)
		if (*s++ != *word++)
			return false;
	return true;
}

/* Lines of /proc/iomem: "00100000-0fffffff : System RAM". */
static void memory(void)
{
	static char text[8192];
	const char *at = text;
	uint64_t sum = 0;
	long fd, n, len = 0;

	sys2(__NR_mkdir, ptr("/proc"), 0755);
	sys5(__NR_mount, ptr("proc"), ptr("/proc"), ptr("proc"), 0, 0);
	fd = sys2(__NR_open, ptr("/proc/iomem"), 0);
	while ((n = sys3(__NR_read, fd, ptr(text + len),
			 (long)sizeof(text) - 1 - len)) > 0)
		len += n;
	sys1(__NR_close, fd);
	while (*at) {
		uint64_t first, last;

		first = hex(&at);
		at += *at == '-';
		last = hex(&at);
		if (starts(at, " : System RAM"))
			sum += last + 1 - first;
		while (*at && *at++ != '\n')
			;
	}
	result("memory", (uint32_t)(sum / 1024));
}

int mini_main(int argc, char **argv)
{
	static const struct {
		void (*handler)(int sig);
		long flags;
		long restorer;
		long mask;
	} action = { on_signal, 0, 0, 0 };
	uint32_t start = now();

	if (argc == 2 && starts(argv[1], CHILD_WORD))
		return 0;
	result("began", start);
	memory();
	sys3(__NR_sigaction, SIGUSR1, ptr(&action), 0);
	measure("getppid", getppid_times, 1000);
	measure_ring("pipe", 2, 2);
	measure("fork-exit", fork_exit, 10);
	measure("fork-exec", fork_exec, 10);
	measure("map-4mb", map_touch, 1);
	measure_ring("switch-2", 2, 1);
	measure_ring("switch-8", 8, 1);
	measure_ring("switch-16", 16, 1);
	measure("signal", signal_self, 100);
	measure_file_fault();
	say("bench: done\n");
	sys5(__NR_reboot, (long)LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
	     (long)LINUX_REBOOT_CMD_RESTART, 0, 0);
	return 0;
}
