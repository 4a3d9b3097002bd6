/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load: debugging, segments, registers, and what user code may not do.
 */
#include "load.h"
#include <asm/ldt.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/io.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <ucontext.h>

/* --- Debugging ---*/
LOAD_TEST(single_step, "single-step")
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

LOAD_TEST(breakpoint, "breakpoint")
{
	struct sigaction sa = { .sa_handler = count_signal };

	sigaction(SIGTRAP, &sa, NULL);
	load_signals = 0;
	for (int i = 0; i < 100; i++)
		__asm__ volatile("int3");
	return load_signals == 100 ? NULL
				   : FAIL("%d of 100", (int)load_signals);
}

static volatile uint32_t watched;

/*
 * Within one page: where the instruction after the write is not present yet,
 * QEMU takes its page fault before the debug trap, which is lost on Xen then.
 */
__attribute__((noinline, aligned(64))) static void write_watched(uint32_t value)
{
	watched = value;
}

LOAD_TEST(watchpoint, "watchpoint")
{
	/* DR7: breakpoint 0 enabled, on writes of four bytes. */
	const long control = 1 | 0xd0000;
	pid_t pid = fork();
	int status, hits = 0;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		for (uint32_t i = 0; i < 5; i++) {
			write_watched(i);
			getppid();
		}
		_exit(0);
	}
	wait_status(pid);
	if (ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[0]),
		   &watched) ||
	    ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[7]),
		   control)) {
		kill(pid, SIGKILL);
		wait_status(pid);
		return LOAD_SKIP;
	}
	for (;;) {
		ptrace(PTRACE_CONT, pid, 0, 0);
		status = wait_status(pid);
		if (!WIFSTOPPED(status))
			break;
		if (WSTOPSIG(status) != SIGTRAP)
			return FAIL("stopped by signal %d", WSTOPSIG(status));
		hits++;
	}
	return hits == 5 && !status ? NULL
				    : FAIL("%d of 5, status %#x", hits, status);
}

/* --- Bad states handed to sigreturn ---*/
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

LOAD_TEST(bad_sigreturn, "bad-sigreturn")
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

/* --- What user code may not do ---*/
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

LOAD_TEST(forbidden, "forbidden")
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
		int sig = signal_of(list[i].insn);

		if (sig != SIGSEGV)
			return FAIL("%s: signal %d", list[i].name, sig);
	}
	return NULL;
}

/* Exceptions of arithmetic and of bounds, each by its own vector. */
FORBIDDEN(e_divide, "xor %%edx, %%edx; xor %%eax, %%eax; div %%eax")
FORBIDDEN(e_overflow, "mov $0x7fffffff, %%eax; inc %%eax; into")
FORBIDDEN(e_bound, "push $0; push $0; mov $5, %%eax; bound %%eax, (%%esp)")
FORBIDDEN(e_undefined, "ud2")

static void e_x87(void)
{
	const uint16_t all_on = 0x0340;

	__asm__ volatile("fninit; fldcw %0; fldz; fld1; fdivp; fwait"
			 :
			 : "m"(all_on));
}

LOAD_TEST(exceptions, "exceptions")
{
	static const struct {
		const char *name;
		void (*insn)(void);
		int signal;
	} list[] = {
		{ "div", e_divide, SIGFPE },   { "into", e_overflow, SIGSEGV },
		{ "bound", e_bound, SIGSEGV }, { "ud2", e_undefined, SIGILL },
		{ "x87", e_x87, SIGFPE },
	};

	for (unsigned int i = 0; i < COUNT(list); i++) {
		int sig = signal_of(list[i].insn);

		if (sig != list[i].signal)
			return FAIL("%s: signal %d", list[i].name, sig);
	}
	return NULL;
}

/*
 * Virtual 8086 mode: kernels have it or not, and under a hypervisor it may be
 * refused; but whoever asks for it must not harm the kernel.
 */
static void enter_vm86(void)
{
	static uint8_t state[256]; /* struct vm86_struct, all zero */

	syscall(SYS_vm86old, state);
}

LOAD_TEST(vm86, "vm86")
{
	for (int i = 0; i < 10; i++)
		signal_of(enter_vm86);
	return signal_of(e_undefined) == SIGILL
		       ? NULL
		       : FAIL("processes do not end as before");
}

/* Port 0x80 exists on every PC and does nothing. */
static void write_port(void)
{
	__asm__ volatile("outb %%al, $0x80" : : "a"(0));
}

static void write_port_allowed(void)
{
	if (ioperm(0x80, 1, 1))
		_exit(1);
	write_port();
}

static void write_port_iopl(void)
{
	if (iopl(3))
		_exit(1);
	write_port();
}

LOAD_TEST(ports, "ports")
{
	if (ioperm(0x80, 1, 1) && errno == ENOSYS)
		return LOAD_SKIP;
	ioperm(0x80, 1, 0);
	if (signal_of(write_port) != SIGSEGV)
		return FAIL("a port was written without a right to it");
	if (signal_of(write_port_allowed))
		return FAIL("ioperm has no effect");
	if (signal_of(write_port_iopl))
		return FAIL("iopl has no effect");
	return signal_of(write_port) == SIGSEGV
		       ? NULL
		       : FAIL("a right to a port reached another process");
}

/* --- Segments, threads, FPU ---*/
static int modify_ldt(int func, void *p, unsigned long len)
{
	return (int)syscall(SYS_modify_ldt, func, p, len);
}

LOAD_TEST(ldt, "ldt")
{
	static uint32_t words[4] = { 11, 22, 33, 44 };

	for (unsigned int n = 0; n < 200; n += 7) {
		struct user_desc d = { .entry_number = n,
				       .base_addr =
					       (unsigned int)(uintptr_t)words,
				       .limit = 15,
				       .seg_32bit = 1,
				       .useable = 1 };
		uint32_t got;

		if (modify_ldt(1, &d, sizeof(d)))
			return errno == ENOSYS ? LOAD_SKIP
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

LOAD_TEST(threads, "threads")
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

LOAD_TEST(fpu, "fpu")
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
