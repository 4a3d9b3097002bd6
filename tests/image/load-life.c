/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load: the lives of processes, and what they say to each other.
 */
#include "load.h"
#include <linux/futex.h>
#include <sched.h>
#include <time.h>

LOAD_TEST(fork, "fork")
{
	for (int i = 0; i < 300; i++) {
		pid_t pid = fork();
		int status;

		if (pid < 0)
			return FAIL("fork %d: %s", i, strerror(errno));
		if (!pid)
			_exit(i & 127);
		status = wait_status(pid);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != (i & 127))
			return FAIL("child %d: status %#x", i, status);
	}
	return NULL;
}

/* Copies must not see each other's writes. */
LOAD_TEST(copy_on_write, "copy-on-write")
{
	enum {
		PAGES = 256
	};
	uint32_t *m = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (unsigned int i = 0; i < PAGES; i++)
		m[i * PAGE / 4] = i;
	for (unsigned int round = 0; round < 8; round++) {
		pid_t pid = fork();

		if (!pid) {
			for (unsigned int i = round; i < PAGES; i += 2) {
				if (m[i * PAGE / 4] != i)
					_exit(1);
				m[i * PAGE / 4] = ~i;
			}
			for (unsigned int i = round; i < PAGES; i += 2)
				if (m[i * PAGE / 4] != ~i)
					_exit(2);
			_exit(0);
		}
		if (wait_status(pid))
			return FAIL("round %u: the child saw wrong memory",
				    round);
		for (unsigned int i = 0; i < PAGES; i++)
			if (m[i * PAGE / 4] != i)
				return FAIL("the child's write came through");
	}
	munmap(m, PAGES * PAGE);
	return NULL;
}

LOAD_TEST(exec, "exec")
{
	for (int i = 0; i < 40; i++) {
		pid_t pid = fork();
		int status;

		if (!pid) {
			execl(load_self, "load", "--exit", "42", NULL);
			_exit(1);
		}
		status = wait_status(pid);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 42)
			return FAIL("status %#x", status);
	}
	return NULL;
}

/* Many at once, so that address spaces are evicted and come back. */
LOAD_TEST(many, "many")
{
	enum {
		MANY = 60,
		ROUNDS = 5
	};
	pid_t pids[MANY];
	int go[2], bad = 0;

	if (pipe(go))
		return FAIL("pipe");
	for (int i = 0; i < MANY; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			return FAIL("fork %d: %s", i, strerror(errno));
		if (!pids[i]) {
			volatile uint32_t *m =
				mmap(NULL, 32 * PAGE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			char c;

			close(go[1]);
			for (uint32_t p = 0; p < 32; p++)
				m[p * PAGE / 4] = (uint32_t)i << 16 | p;
			if (read(go[0], &c, 1)) /* until the writer is gone */
				_exit(2);
			for (int r = 0; r < ROUNDS; r++) {
				for (uint32_t p = 0; p < 32; p++)
					if (m[p * PAGE / 4] !=
					    ((uint32_t)i << 16 | p))
						_exit(1);
				sched_yield();
			}
			_exit(0);
		}
	}
	close(go[0]);
	close(go[1]);
	for (int i = 0; i < MANY; i++)
		bad += wait_status(pids[i]) != 0;
	return bad ? FAIL("%d of %d processes saw wrong memory", bad, MANY)
		   : NULL;
}

/* --- Pipes and signals ---*/
LOAD_TEST(pipe, "pipe")
{
	int there[2], back[2];
	uint32_t x, y;
	pid_t pid;

	if (pipe(there) || pipe(back))
		return FAIL("pipe");
	pid = fork();
	if (!pid) {
		close(there[1]);
		while (read(there[0], &x, 4) == 4) {
			x = ~x;
			if (write(back[1], &x, 4) != 4)
				_exit(1);
		}
		_exit(0);
	}
	close(there[0]);
	for (x = 0; x < 2000; x++)
		if (write(there[1], &x, 4) != 4 || read(back[0], &y, 4) != 4 ||
		    y != ~x)
			return FAIL("message %u came back as %#x", x, y);
	close(there[1]);
	close(back[0]);
	close(back[1]);
	return wait_status(pid) ? FAIL("the child failed") : NULL;
}

LOAD_TEST(signals, "signals")
{
	struct sigaction sa = { .sa_handler = count_signal };

	sigaction(SIGUSR1, &sa, NULL);
	load_signals = 0;
	for (int i = 0; i < 2000; i++)
		kill(getpid(), SIGUSR1);
	return load_signals == 2000 ? NULL
				    : FAIL("%d of 2000", (int)load_signals);
}

/* --- Many processes in little memory ---------------------------------------*/
/*
 * Each touches pages that are far apart, so each has page tables of its own;
 * they wait in a chain of pipes, and a token wakes one after the other.
 */
enum {
	CROWD = 250,
	AREAS = 3,
	AREA_STRIDE = 8 * MB
};

static volatile uint32_t *crowd_page(char *base, unsigned int area)
{
	return (volatile uint32_t *)(void *)(base + area * AREA_STRIDE);
}

static void crowd_member(char *base, uint32_t number, int in, int out)
{
	uint32_t token;

	for (unsigned int a = 0; a < AREAS; a++)
		*crowd_page(base, a) = number << 8 | a;
	while (read(in, &token, sizeof(token)) == sizeof(token)) {
		for (unsigned int a = 0; a < AREAS; a++)
			if (*crowd_page(base, a) != (number << 8 | a))
				_exit(1);
		token++;
		if (write(out, &token, sizeof(token)) != sizeof(token))
			_exit(2);
	}
	_exit(0);
}

LOAD_TEST(crowd, "crowd")
{
	char *base = mmap(NULL, AREAS * AREA_STRIDE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int first[2], in, next[2];
	unsigned int made = 0, bad = 0;
	uint32_t token;

	if (base == MAP_FAILED || pipe(first))
		return FAIL("no memory or no pipe");
	for (in = first[0]; made < CROWD; made++) {
		pid_t pid;

		if (pipe(next))
			return FAIL("pipe %u: %s", made, strerror(errno));
		pid = fork();
		if (pid < 0)
			return FAIL("fork %u: %s", made, strerror(errno));
		if (!pid) {
			close(first[1]);
			close(next[0]);
			crowd_member(base, made, in, next[1]);
		}
		close(in);
		close(next[1]);
		in = next[0];
	}
	for (unsigned int round = 0; round < 4; round++) {
		token = round;
		if (write(first[1], &token, sizeof(token)) != sizeof(token) ||
		    read(in, &token, sizeof(token)) != sizeof(token) ||
		    token != round + CROWD)
			bad++;
	}
	close(first[1]);
	for (unsigned int i = 0; i < made; i++)
		bad += wait_status(-1) != 0;
	close(in);
	munmap(base, AREAS * AREA_STRIDE);
	return bad ? FAIL("%u of %u processes or tokens went wrong", bad, made)
		   : NULL;
}

/* --- Futexes ----------------------------------------------------------------*/
struct kernel_timespec { /* of this system call, whatever the library has */
	long sec, nsec;
};

static long futex(volatile uint32_t *word, int op, uint32_t value,
		  const struct kernel_timespec *timeout)
{
	return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

LOAD_TEST(futex, "futex")
{
	struct kernel_timespec soon = { 0, 20000000 };
	volatile uint32_t *word;
	pid_t pid;

	word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (word == MAP_FAILED)
		return FAIL("mmap");
	if (futex(word, FUTEX_WAIT, 1, NULL) != -1 || errno != EAGAIN)
		return FAIL("a wait for another value did not return");
	if (futex(word, FUTEX_WAIT, 0, &soon) != -1 || errno != ETIMEDOUT)
		return FAIL("a wait does not time out");
	pid = fork();
	if (!pid) { /* answers each odd value with the next even one */
		for (uint32_t v = 1; v < 1000; v += 2) {
			while (*word != v)
				futex(word, FUTEX_WAIT, v - 1, NULL);
			*word = v + 1;
			futex(word, FUTEX_WAKE, 1, NULL);
		}
		_exit(0);
	}
	for (uint32_t v = 0; v < 1000; v += 2) {
		*word = v + 1;
		futex(word, FUTEX_WAKE, 1, NULL);
		while (*word == v + 1)
			futex(word, FUTEX_WAIT, v + 1, NULL);
	}
	return wait_status(pid) ? FAIL("the child failed") : NULL;
}
