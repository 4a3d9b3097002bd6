/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load: what processes do to a kernel, each thing checked.  Static, for i386,
 * runs on Linux from 2.6.21 on; prints TAP on standard output.
 *
 *	load [name ...]		only these tests
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096u
#define MB   (1024u * 1024u)

/* A test returns NULL, or what went wrong. */
static char why[160];
#define FAIL(...) (snprintf(why, sizeof(why), __VA_ARGS__), why)
#define SKIP	  ((const char *)-1)

static int wait_status(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* --- Processes ------------------------------------------------------------*/
static const char *t_fork(void)
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
static const char *t_copy_on_write(void)
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

static char self[256];

static const char *t_exec(void)
{
	for (int i = 0; i < 40; i++) {
		pid_t pid = fork();
		int status;

		if (!pid) {
			execl(self, "load", "--exit", "42", NULL);
			_exit(1);
		}
		status = wait_status(pid);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 42)
			return FAIL("status %#x", status);
	}
	return NULL;
}

/* Many at once, so that address spaces are evicted and come back. */
static const char *t_many(void)
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

/* --- Pipes and signals ----------------------------------------------------*/
static const char *t_pipe(void)
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

static volatile sig_atomic_t signals;

static void count_signal(int sig)
{
	(void)sig;
	signals++;
}

static const char *t_signals(void)
{
	struct sigaction sa = { .sa_handler = count_signal };

	sigaction(SIGUSR1, &sa, NULL);
	signals = 0;
	for (int i = 0; i < 2000; i++)
		kill(getpid(), SIGUSR1);
	return signals == 2000 ? NULL : FAIL("%d of 2000", (int)signals);
}

static const char *t_timer(void)
{
	struct itimerval every = { { 0, 20000 }, { 0, 20000 } }, off = { 0 };
	struct sigaction sa = { .sa_handler = count_signal };
	struct timespec a, b;
	long ms;

	sigaction(SIGALRM, &sa, NULL);
	signals = 0;
	clock_gettime(CLOCK_MONOTONIC, &a);
	setitimer(ITIMER_REAL, &every, NULL);
	while (signals < 10)
		pause();
	setitimer(ITIMER_REAL, &off, NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	return ms >= 190 ? NULL : FAIL("ten ticks of 20 ms in %ld ms", ms);
}

/* --- Memory ---------------------------------------------------------------*/
static sigjmp_buf fault_exit;
static volatile uintptr_t fault_addr;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	fault_addr = (uintptr_t)info->si_addr;
	siglongjmp(fault_exit, sig);
}

/* The signal that a write (or read) of @p raises, 0 for none. */
static int touch(volatile char *p, bool write)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO | SA_NODEFER },
			 old[2];
	int sig;

	sigaction(SIGSEGV, &sa, &old[0]);
	sigaction(SIGBUS, &sa, &old[1]);
	sig = sigsetjmp(fault_exit, 1);
	if (!sig) {
		if (write)
			*p = 1;
		else
			(void)*p;
	}
	sigaction(SIGSEGV, &old[0], NULL);
	sigaction(SIGBUS, &old[1], NULL);
	return sig;
}

static const char *t_mprotect(void)
{
	char *m = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int round = 0; round < 50; round++) {
		char *p = m + (unsigned int)(round % 16) * PAGE;

		*p = 7;
		mprotect(p, PAGE, PROT_READ);
		if (touch(p, true) != SIGSEGV || fault_addr != (uintptr_t)p)
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

static const char *t_mmap(void)
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

static const char *t_file_mapping(void)
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

static const char *t_swap(void)
{
	static char page[PAGE];
	int fd = open("/tmp/load.swap", O_RDWR | O_CREAT | O_TRUNC, 0600);
	const unsigned int pages = 2 * MB / PAGE;
	int rc;

	if (access("/proc/swaps", F_OK))
		return SKIP;
	for (unsigned int i = 0; i < pages; i++)
		if (write(fd, page, PAGE) != (ssize_t)PAGE)
			return FAIL("write: %s", strerror(errno));
	/* A version-1 signature: version, last page, no bad ones. */
	memcpy(page, &(uint32_t[]){ 1, pages - 1, 0 }, 12);
	if (pwrite(fd, page, 12, 1024) != 12 ||
	    pwrite(fd, "SWAPSPACE2", 10, PAGE - 10) != 10)
		return FAIL("write: %s", strerror(errno));
	close(fd);
	rc = swapon("/tmp/load.swap", 0);
	if (rc && errno == EINVAL) /* tmpfs has no blocks */
		return SKIP;
	if (rc)
		return FAIL("swapon: %s", strerror(errno));
	return swapoff("/tmp/load.swap") ? FAIL("swapoff") : NULL;
}

/* --- Debugging ------------------------------------------------------------*/
static const char *t_single_step(void)
{
	struct user_regs_struct r;
	pid_t pid = fork();
	int status, steps;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		/* Ten instructions and a system call in the middle. */
		__asm__ volatile("nop; nop; mov $20, %%eax; int $0x80; nop\n\t"
				 "mov $0x5e5e, %%ebx; 1: nop; nop"
				 :
				 :
				 : "eax", "ebx");
		_exit(0);
	}
	status = wait_status(pid);
	for (steps = 0; steps < 500; steps++) {
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, 0))
			return FAIL("step %d: %s", steps, strerror(errno));
		status = wait_status(pid);
		if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
			return FAIL("step %d: status %#x", steps, status);
		ptrace(PTRACE_GETREGS, pid, 0, &r);
		if (r.ebx == 0x5e5e)
			break;
	}
	if (steps == 500)
		return FAIL("the marked instruction never came");
	ptrace(PTRACE_CONT, pid, 0, 0);
	return wait_status(pid) ? FAIL("the child failed") : NULL;
}

static const char *t_breakpoint(void)
{
	struct sigaction sa = { .sa_handler = count_signal };

	sigaction(SIGTRAP, &sa, NULL);
	signals = 0;
	for (int i = 0; i < 100; i++)
		__asm__ volatile("int3");
	return signals == 100 ? NULL : FAIL("%d of 100", (int)signals);
}

/* --- Bad states handed to sigreturn ---------------------------------------*/
enum corrupt {
	BAD_CS,
	BAD_SS,
	BAD_EIP,
	KERNEL_CS,
	NR_CORRUPT
};

static enum corrupt corrupt_what;

static void corrupt(int sig, siginfo_t *info, void *context)
{
	greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)sig;
	(void)info;
	switch (corrupt_what) {
	case BAD_CS:
		g[REG_CS] = 0x1fff;
		break;
	case BAD_SS:
		g[REG_SS] = 0x1fff;
		break;
	case BAD_EIP:
		g[REG_EIP] = (greg_t)0xfffff000u;
		break;
	default:
		g[REG_CS] = 0x60;
		break;
	}
}

static const char *t_bad_sigreturn(void)
{
	for (int i = 0; i < NR_CORRUPT; i++) {
		pid_t pid = fork();
		int status;

		if (!pid) {
			struct sigaction sa = { .sa_sigaction = corrupt,
						.sa_flags = SA_SIGINFO };

			corrupt_what = (enum corrupt)i;
			sigaction(SIGUSR1, &sa, NULL);
			raise(SIGUSR1);
			_exit(0);
		}
		status = wait_status(pid);
		if (!WIFSIGNALED(status))
			return FAIL("case %d: status %#x", i, status);
	}
	return NULL;
}

/* --- What user code may not do --------------------------------------------*/
static int run_forbidden(void (*insn)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		insn();
		_exit(0);
	}
	status = wait_status(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

#define FORBIDDEN(name, code)                                                  \
	static void name(void)                                                 \
	{                                                                      \
		__asm__ volatile(code : : : "eax", "edx", "memory");           \
	}
FORBIDDEN(f_cli, "cli")
FORBIDDEN(f_hlt, "hlt")
FORBIDDEN(f_in, "inb $0x60, %%al")
FORBIDDEN(f_out, "outb %%al, $0x80")
FORBIDDEN(f_cr3, "mov %%cr3, %%eax")
FORBIDDEN(f_lgdt, "lgdt (%%esp)")
FORBIDDEN(f_wrmsr, "wrmsr")
FORBIDDEN(f_int, "int $0x30")
FORBIDDEN(f_kernel, "mov 0xc0100000, %%eax")
FORBIDDEN(f_high, "mov 0xffc00000, %%eax")
FORBIDDEN(f_seg, "mov $0x1ff7, %%eax; mov %%eax, %%ds")

static const char *t_forbidden(void)
{
	static const struct {
		const char *name;
		void (*insn)(void);
	} list[] = { { "cli", f_cli },	     { "hlt", f_hlt },
		     { "in", f_in },	     { "out", f_out },
		     { "mov cr3", f_cr3 },   { "lgdt", f_lgdt },
		     { "wrmsr", f_wrmsr },   { "int 0x30", f_int },
		     { "kernel", f_kernel }, { "4 GB - 4 MB", f_high },
		     { "bad ds", f_seg } };

	for (unsigned int i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		int sig = run_forbidden(list[i].insn);

		if (sig != SIGSEGV)
			return FAIL("%s: signal %d", list[i].name, sig);
	}
	return NULL;
}

/* --- Segments, threads, FPU -----------------------------------------------*/
static int modify_ldt(int func, void *p, unsigned long len)
{
	return (int)syscall(SYS_modify_ldt, func, p, len);
}

static const char *t_ldt(void)
{
	static uint32_t words[4] = { 11, 22, 33, 44 };

	for (unsigned int n = 0; n < 200; n += 7) {
		struct user_desc d = { .entry_number = n,
				       .base_addr =
					       (unsigned int)(uintptr_t)words,
				       .limit = 15,
				       .seg_32bit = 1,
				       .usable = 1 };
		uint32_t got;

		if (modify_ldt(1, &d, sizeof(d)))
			return errno == ENOSYS ? SKIP
					       : FAIL("modify_ldt: %s",
						      strerror(errno));
		__asm__ volatile("mov %1, %%fs; mov %%fs:8, %0"
				 : "=r"(got)
				 : "r"(n << 3 | 7));
		if (got != 33)
			return FAIL("entry %u reads %u", n, got);
		if (!fork()) { /* children have a copy */
			__asm__ volatile("mov %1, %%fs; mov %%fs:4, %0"
					 : "=r"(got)
					 : "r"(n << 3 | 7));
			_exit(got == 22 ? 0 : 1);
		}
		if (wait_status(-1))
			return FAIL("entry %u in a child", n);
	}
	__asm__ volatile("mov %0, %%fs" : : "r"(0));
	return NULL;
}

static __thread uint32_t thread_local = 5;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t counter;

static void *thread_main(void *arg)
{
	uint32_t id = (uint32_t)(uintptr_t)arg;

	thread_local = id;
	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&lock);
		counter++;
		pthread_mutex_unlock(&lock);
		if (i % 50 == 0)
			sched_yield();
		if (thread_local != id)
			return NULL;
	}
	return arg;
}

static const char *t_threads(void)
{
	enum {
		THREADS = 8
	};
	pthread_t t[THREADS];
	void *result;

	counter = 0;
	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&t[i], NULL, thread_main, (void *)(i + 100)))
			return FAIL("pthread_create");
	for (uintptr_t i = 0; i < THREADS; i++) {
		pthread_join(t[i], &result);
		if (result != (void *)(i + 100))
			return FAIL("thread-local storage of thread %u is "
				    "another's",
				    (unsigned int)i);
	}
	return counter == THREADS * 500 && thread_local == 5
		       ? NULL
		       : FAIL("counter %u", counter);
}

/* Two processes with different values in every x87 and SSE register. */
static bool fpu_keeps(double seed)
{
	volatile double x = seed, want; /* rounded to 64 bits each time */
	float v[4], w[4];

	for (int round = 0; round < 200; round++) {
		want = x * 1.25 + 3;
		for (int i = 0; i < 4; i++)
			v[i] = (float)(seed * i + round);
		__asm__ volatile("fldl %0" : : "m"(x));
		if (__builtin_cpu_supports("sse"))
			__asm__ volatile("movups %0, %%xmm5" : : "m"(v));
		syscall(SYS_sched_yield);
		if (__builtin_cpu_supports("sse")) {
			__asm__ volatile("movups %%xmm5, %0" : "=m"(w));
			if (memcmp(v, w, sizeof(v)))
				return false;
		}
		__asm__ volatile("fstpl %0" : "=m"(x));
		x = x * 1.25 + 3;
		if (x != want)
			return false;
		if (x > 1e30)
			x = seed;
	}
	return true;
}

static const char *t_fpu(void)
{
	enum {
		PROCESSES = 4
	};
	int bad = 0;

	for (int i = 0; i < PROCESSES; i++)
		if (!fork())
			_exit(!fpu_keeps(1.5 + i));
	for (int i = 0; i < PROCESSES; i++)
		bad += wait_status(-1) != 0;
	return bad ? FAIL("%d processes lost their registers", bad) : NULL;
}

/* --- Time, sysctl ---------------------------------------------------------*/
static const char *t_clock(void)
{
	struct timespec last, now, half = { 0, 500000000 };
	time_t before = time(NULL);

	clock_gettime(CLOCK_MONOTONIC, &last);
	for (int i = 0; i < 5000; i++) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec < last.tv_sec ||
		    (now.tv_sec == last.tv_sec && now.tv_nsec < last.tv_nsec))
			return FAIL("time went back");
		last = now;
	}
	nanosleep(&half, NULL);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - last.tv_sec) * 1000 +
		    (now.tv_nsec - last.tv_nsec) / 1000000 <
	    500)
		return FAIL("half a second was shorter");
	return time(NULL) >= before && before > 1000000000
		       ? NULL
		       : FAIL("the date is %ld", (long)before);
}

static const char *t_sysctl(void)
{
	char name[32] = "";
	int fd = open("/proc/sys/kernel/hostname", O_RDWR);

	if (fd < 0)
		return SKIP;
	if (write(fd, "vmi-load\n", 9) != 9)
		return FAIL("write: %s", strerror(errno));
	if (gethostname(name, sizeof(name)) || strcmp(name, "vmi-load"))
		return FAIL("the name is %s", name);
	close(fd);
	return NULL;
}

/* --------------------------------------------------------------------------*/
static const struct {
	const char *name;
	const char *(*run)(void);
} tests[] = {
	{ "fork", t_fork },
	{ "copy-on-write", t_copy_on_write },
	{ "exec", t_exec },
	{ "many", t_many },
	{ "pipe", t_pipe },
	{ "signals", t_signals },
	{ "timer", t_timer },
	{ "mprotect", t_mprotect },
	{ "mmap", t_mmap },
	{ "file-mapping", t_file_mapping },
	{ "swap", t_swap },
	{ "single-step", t_single_step },
	{ "breakpoint", t_breakpoint },
	{ "bad-sigreturn", t_bad_sigreturn },
	{ "forbidden", t_forbidden },
	{ "ldt", t_ldt },
	{ "threads", t_threads },
	{ "fpu", t_fpu },
	{ "clock", t_clock },
	{ "sysctl", t_sysctl },
};

static bool wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	unsigned int n = 0, failed = 0;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (argc == 3 && !strcmp(argv[1], "--exit"))
		return atoi(argv[2]);
	if (len <= 0)
		snprintf(self, sizeof(self), "/bin/load");
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const char *error;

		if (!wanted(argc, argv, tests[i].name))
			continue;
		fflush(stdout);
		error = tests[i].run();
		n++;
		if (error == SKIP) {
			printf("ok %u - %s # SKIP not in this kernel\n", n,
			       tests[i].name);
		} else if (error) {
			failed++;
			printf("not ok %u - %s: %s\n", n, tests[i].name, error);
		} else {
			printf("ok %u - %s\n", n, tests[i].name);
		}
	}
	printf("1..%u\n", n);
	return failed != 0;
}
