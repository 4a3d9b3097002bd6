/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load: address spaces.
 */
#include "load.h"

LOAD_TEST(mprotect, "mprotect")
{
	char *m = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int round = 0; round < 50; round++) {
		char *p = m + (unsigned int)(round % 16) * PAGE;

		*p = 7;
		mprotect(p, PAGE, PROT_READ);
		if (touch(p, true) != SIGSEGV || load_fault != (uintptr_t)p)
			return FAIL("a read-only page was written");
		if (touch(p, false))
			return FAIL("a read-only page cannot be read");
		mprotect(p, PAGE, PROT_NONE);
		if (touch(p, false) != SIGSEGV)
			return FAIL("a page without rights was read");
		mprotect(p, PAGE, PROT_READ | PROT_WRITE);
		if (touch(p, true) || *p != 1)
			return FAIL("a writable page cannot be written");
	}
	munmap(m, 16 * PAGE);
	return touch(m, false) == SIGSEGV ? NULL
					  : FAIL("unmapped memory was read");
}

LOAD_TEST(mmap, "mmap")
{
	for (int round = 0; round < 6; round++) {
		uint32_t *m = mmap(NULL, 8 * MB, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (m == MAP_FAILED)
			return FAIL("mmap: %s", strerror(errno));
		for (uint32_t i = 0; i < 8 * MB / 4; i += PAGE / 4) {
			if (m[i])
				return FAIL("new memory is not zero");
			m[i] = i;
		}
		m = mremap(m, 8 * MB, 12 * MB, MREMAP_MAYMOVE);
		for (uint32_t i = 0; i < 8 * MB / 4; i += PAGE / 4)
			if (m[i] != i)
				return FAIL("mremap lost page %u", i / 1024);
		munmap(m, 12 * MB);
	}
	return NULL;
}

LOAD_TEST(file_mapping, "file-mapping")
{
	int fd = open("/tmp/load.map", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *m, buf[16];

	if (fd < 0 || ftruncate(fd, 64 * PAGE))
		return FAIL("/tmp: %s", strerror(errno));
	m = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m == MAP_FAILED)
		return FAIL("mmap: %s", strerror(errno));
	for (unsigned int p = 0; p < 64; p++)
		memcpy(m + p * PAGE + p, "mapped", 7);
	for (unsigned int p = 0; p < 64; p++)
		if (pread(fd, buf, 7, (off_t)(p * PAGE + p)) != 7 ||
		    memcmp(buf, "mapped", 7))
			return FAIL("page %u is not in the file", p);
	if (ftruncate(fd, PAGE))
		return FAIL("ftruncate");
	if (touch(m + 2 * PAGE, false) != SIGBUS)
		return FAIL("no SIGBUS behind the end of the file");
	munmap(m, 64 * PAGE);
	close(fd);
	unlink("/tmp/load.map");
	return NULL;
}

/* The stack grows by page faults below ESP, also under a signal's handler. */
static unsigned int deep(unsigned int levels)
{
	volatile char frame[PAGE];

	frame[0] = (char)levels;
	frame[PAGE - 1] = (char)levels;
	if (!levels)
		return 0;
	return 1 + deep(levels - 1) + (frame[0] != frame[PAGE - 1]);
}

static void dig(int sig)
{
	load_signals = sig == SIGUSR1 && deep(100) == 100;
}

LOAD_TEST(stack, "stack")
{
	struct sigaction sa = { .sa_handler = dig, .sa_flags = SA_ONSTACK };
	stack_t other = { .ss_size = 200 * PAGE }, old;

	if (deep(500) != 500)
		return FAIL("frames lost their contents");
	other.ss_sp = private_pages(200);
	if (!other.ss_sp || sigaltstack(&other, &old))
		return FAIL("no other stack");
	sigaction(SIGUSR1, &sa, NULL);
	load_signals = 0;
	raise(SIGUSR1);
	sigaltstack(&old, NULL);
	munmap(other.ss_sp, other.ss_size);
	return load_signals ? NULL : FAIL("a handler on a stack of its own");
}
