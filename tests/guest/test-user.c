/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User mode: there by IRET and SYSEXIT, back by every kind of trap, with exact
 * frames.
 */
#include "guest.h"
#include "irq.h"
#include "traps.h"
#include "user.h"
#include "vmi.h"
#include "x86-defs.h"

#define INT_SIZE    2 /* bytes of int n */
#define PATTERN	    0x13579bdf
#define NR_CALLS    500
#define SOFT_ERR    X86_SEL_ERR_IDT
#define FRAME_TOP   (last_trap.at + (uint32_t)sizeof(struct trap_frame))
#define LINUX_FLAGS (X86_EFLAGS_FIXED | X86_EFLAGS_IF)

static const struct trap_frame *frame(void)
{
	return &last_trap.frame;
}

static void check_user(unsigned int vector, uint32_t eip, uint32_t error)
{
	check(last_trap.user);
	check_eq(frame()->vector, vector);
	check_eq(frame()->eip, eip);
	check_eq(frame()->error, error);
	check_eq(frame()->cs & 0xffff, USER_CS);
	check_eq(frame()->ss & 0xffff, USER_DS);
	check_eq(frame()->eflags & X86_EFLAGS_IF, X86_EFLAGS_IF);
	check_eq(frame()->eflags & X86_EFLAGS_VM, 0);
}

/* The trap that @eip makes, at @eip + @after. */
static void traps_with(uint32_t eip, unsigned int vector, uint32_t error,
		       uint32_t after)
{
	user_map();
	user_call(eip, 0, USER_DATA, 0, 0);
	check_user(vector, eip + after, error);
}

TEST("user", "IRET to user mode, int 0x80 back: all registers", AFTER)
{
	struct user_regs r = { .eip = USER(user_syscall),
			       .esp = USER_STACK_TOP,
			       .eax = 0x11111111,
			       .ebx = 0x22222222,
			       .ecx = 0x33333333,
			       .edx = 0x44444444,
			       .esi = 0x55555555,
			       .edi = 0x66666666,
			       .ebp = 0x77777777,
			       .fs = USER_DS,
			       .gs = 0 };

	user_map();
	user_run(&r, false);
	check_user(SYSCALL_VECTOR, r.eip + INT_SIZE, 0);
	check_eq(frame()->eax, r.eax);
	check_eq(frame()->ebx, r.ebx);
	check_eq(frame()->ecx, r.ecx);
	check_eq(frame()->edx, r.edx);
	check_eq(frame()->esi, r.esi);
	check_eq(frame()->edi, r.edi);
	check_eq(frame()->ebp, r.ebp);
	check_eq(frame()->esp, r.esp);
	check_eq(frame()->ds & 0xffff, USER_DS);
	check_eq(frame()->es & 0xffff, USER_DS);
	check_eq(frame()->fs & 0xffff, USER_DS);
	check_eq(frame()->gs & 0xffff, 0);
}

TEST("user", "the frame lies at the top of the stack of UpdateKernelStack",
     AFTER)
{
	static uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
	struct user_regs r = { .eip = USER(user_syscall),
			       .esp = USER_STACK_TOP };
	uint32_t top = (uint32_t)(uintptr_t)stack + STACK_SIZE;

	user_map();
	user_run(&r, false);
	check(FRAME_TOP != top);
	user_run_on(&r, top);
	check_eq(FRAME_TOP, top);
	check_user(SYSCALL_VECTOR, r.eip + INT_SIZE, 0);
	user_run_on(&r, top - 1024);
	check_eq(FRAME_TOP, top - 1024);
}

TEST("user", "UpdateKernelStack, by the call itself", AFTER)
{
	vmi(VMI_CALL_UpdateKernelStack, KERNEL_DS, tss.hw.esp0);
	user_map();
	user_call(USER(user_syscall), 0, 0, 0, 0);
	check_user(SYSCALL_VECTOR, USER(user_syscall) + INT_SIZE, 0);
}

TEST("user", "int 0x80 by a trap gate keeps interrupts on", AFTER)
{
	user_map();
	user_call(USER(user_syscall), 0, 0, 0, 0);
	check_eq(last_trap.flags, X86_EFLAGS_IF);
}

TEST("user", "exceptions by interrupt gates turn interrupts off", AFTER)
{
	user_map();
	user_call(USER(user_int3), 0, 0, 0, 0);
	check_eq(last_trap.flags, 0);
}

TEST("user", "int3", AFTER)
{
	traps_with(USER(user_int3), X86_EXC_BP, 0, 1);
}

TEST("user", "int 3 in two bytes", AFTER)
{
	traps_with(USER(user_int_3), X86_EXC_BP, 0, INT_SIZE);
}

TEST("user", "int 4 in two bytes", AFTER)
{
	traps_with(USER(user_int_4), X86_EXC_OF, 0, INT_SIZE);
}

TEST("user", "into", AFTER)
{
	user_map();
	user_call(USER(user_into), 0, 0, 0, 0);
	check(last_trap.user);
	check_eq(frame()->vector, X86_EXC_OF);
}

/* QEMU 7.2 in long mode (so under Xen): entries of 16 bytes, wrongly. */
static void gate_fault(uint32_t eip, unsigned int n)
{
	user_map();
	user_call(eip, 0, 0, 0, 0);
	if (frame()->error == ((n << 4) | SOFT_ERR) && vmi_active)
		last_trap.frame.error = (n << 3) | SOFT_ERR;
	check_user(X86_EXC_GP, eip, (n << 3) | SOFT_ERR);
}

TEST("user", "int n of a kernel's gate is a protection fault", AFTER)
{
	gate_fault(USER(user_int_81), 0x81);
	gate_fault(USER(user_int_20), IRQ_VECTOR);
	gate_fault(USER(user_int_14), X86_EXC_PF);
}

TEST("user", "ud2", AFTER)
{
	traps_with(USER(user_ud2), X86_EXC_UD, 0, 0);
}

TEST("user", "division by zero", AFTER)
{
	user_map();
	user_call(USER(user_divide), 1, 0, 0, 0);
	check(last_trap.user);
	check_eq(frame()->vector, X86_EXC_DE);
}

TEST("user", "bound", AFTER)
{
	user_map();
	user_call(USER(user_bound), PATTERN, USER_DATA, 0, 0);
	check_user(X86_EXC_BR, USER(user_bound), 0);
}

TEST("user", "privileged instructions are protection faults", AFTER)
{
	traps_with(USER(user_hlt), X86_EXC_GP, 0, 0);
	traps_with(USER(user_cli), X86_EXC_GP, 0, 0);
	traps_with(USER(user_sti), X86_EXC_GP, 0, 0);
	traps_with(USER(user_cr), X86_EXC_GP, 0, 0);
	traps_with(USER(user_wrmsr), X86_EXC_GP, 0, 0);
	traps_with(USER(user_lgdt), X86_EXC_GP, 0, 0);
}

TEST("user", "ports are the kernel's, until SetIOPLMask", AFTER)
{
	const uint32_t scratch = PORT_COM1 + UART_SCR;
	struct user_regs r = { .esp = USER_STACK_TOP,
			       .edx = scratch,
			       .eax = 0x3c };

	user_map();
	outb(scratch, 0);
	r.eip = USER(user_out);
	user_run(&r, false);
	check_user(X86_EXC_GP, r.eip, 0);
	check_eq(inb(scratch), 0);
	vmi(VMI_CALL_SetIOPLMask, X86_EFLAGS_IOPL);
	r.eflags = LINUX_FLAGS | X86_EFLAGS_IOPL; /* Linux does both */
	user_run(&r, false);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(inb(scratch), 0x3c);
	r.eip = USER(user_in);
	r.eax = 0;
	user_run(&r, false);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(frame()->eax & 0xff, 0x3c);
	vmi(VMI_CALL_SetIOPLMask, 0);
	r.eflags = 0;
	r.eip = USER(user_out);
	user_run(&r, false);
	check_user(X86_EXC_GP, r.eip, 0);
}

TEST("user", "a selector of the kernel's cannot be loaded", AFTER)
{
	user_map();
	user_call(USER(user_load_ds), KERNEL_DS, 0, 0, 0);
	check_user(X86_EXC_GP, USER(user_load_ds), KERNEL_DS);
}

TEST("user", "a selector beyond the GDT cannot be loaded", AFTER)
{
	user_map();
	user_call(USER(user_load_ds), 0x123, 0, 0, 0);
	check_user(X86_EXC_GP, USER(user_load_ds), 0x120);
}

TEST("user", "popf changes neither IF nor IOPL", AFTER)
{
	user_map();
	user_call(USER(user_popf), X86_EFLAGS_FIXED | X86_EFLAGS_CF, 0, 0, 0);
	check_user(SYSCALL_VECTOR, frame()->eip, 0);
	check_eq(frame()->eax & (X86_EFLAGS_IF | X86_EFLAGS_CF),
		 X86_EFLAGS_IF | X86_EFLAGS_CF);
	user_call(USER(user_popf), LINUX_FLAGS | X86_EFLAGS_IOPL, 0, 0, 0);
	check_eq(frame()->eflags & X86_EFLAGS_IOPL, 0);
}

TEST("user", "arithmetic and direction flags go there and back", AFTER)
{
	const uint32_t flags = LINUX_FLAGS | X86_EFLAGS_ARITH | X86_EFLAGS_DF;
	struct user_regs r = { .eip = USER(user_syscall),
			       .esp = USER_STACK_TOP,
			       .eflags = flags };

	user_map();
	user_run(&r, false);
	check_eq(frame()->eflags & (X86_EFLAGS_ARITH | X86_EFLAGS_DF),
		 X86_EFLAGS_ARITH | X86_EFLAGS_DF);
}

static bool next_call(struct trap_frame *f)
{
	return f->eip != USER_VA;
}

TEST("user", "many system calls, each returned from by IRET", AFTER)
{
	user_map();
	trap_hook(SYSCALL_VECTOR, next_call);
	user_call(USER(user_many), NR_CALLS, PATTERN, 0, 0);
	check_eq(frame()->vector, X86_EXC_UD);
	check_eq(frame()->ebx, PATTERN);
	check_eq(trap_count[SYSCALL_VECTOR], NR_CALLS);
}

static bool tick(struct trap_frame *f)
{
	(void)f;
	*(volatile uint32_t *)USER_DATA = PATTERN;
	return false;
}

TEST("user", "an interrupt comes to user mode, and it goes on", AFTER)
{
	user_map();
	pic_init();
	pic_unmask(IRQ_TIMER);
	trap_hook(IRQ_VECTOR, tick);
	pit_once(5000);
	user_call(USER(user_wait), 0, USER_DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(frame()->eax, PATTERN);
	check_eq(irq_count[IRQ_TIMER], 1);
}

static struct trap_record from_user;

static bool note_user(struct trap_frame *f)
{
	if (!from_user.frame.vector)
		from_user = last_trap;
	return tick(f);
}

TEST("user", "IRET to user mode delivers what is pending there", AFTER)
{
	memset(&from_user, 0, sizeof(from_user));
	user_map();
	make_pending();
	trap_hook(IRQ_VECTOR, note_user);
	user_call(USER(user_wait), 0, USER_DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(irq_count[IRQ_TIMER], 1);
	check_eq(from_user.user, 1);
	check_eq(from_user.flags, 0);
	check_eq(from_user.frame.eip, USER(user_wait));
	check_eq(from_user.frame.cs & 0xffff, USER_CS);
	check_eq(from_user.frame.eflags & X86_EFLAGS_IF, X86_EFLAGS_IF);
}

TEST("user", "single step: a debug trap after one instruction", AFTER)
{
	struct user_regs r = { .eip = USER(user_step),
			       .esp = USER_STACK_TOP,
			       .eflags = LINUX_FLAGS | X86_EFLAGS_TF };

	user_map();
	user_run(&r, false);
	check_user(X86_EXC_DB, r.eip + 1, 0);
	check_eq(frame()->eflags & X86_EFLAGS_TF, X86_EFLAGS_TF);
}

/* --- SYSENTER and SYSEXIT ------------------------------------------------------- */
static void need_sep(void)
{
	if (!(vmi(VMI_CALL_CPUID, CPUID_LEAF_FEATURES) >> 32 & CPUID_1_EDX_SEP))
		skip("no SYSENTER: CPUID says so");
}

static void set_msr(uint32_t msr, uint32_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"(value), "d"(0));
}

static void set_sysenter_cs(void *arg)
{
	(void)arg;
	set_msr(MSR_SYSENTER_CS, KERNEL_CS);
}

TEST("user", "SYSEXIT to user mode, with interrupts on", AFTER)
{
	struct user_regs r = { .eip = USER(user_syscall),
			       .esp = USER_STACK_TOP - 64 };

	user_map();
	if (guarded(set_sysenter_cs, NULL) != -1)
		skip("no MSR for SYSENTER");
	user_run(&r, true);
	check_user(SYSCALL_VECTOR, r.eip + INT_SIZE, 0);
	check_eq(frame()->esp, r.esp);
	check_eq(frame()->edx, r.eip);
	check_eq(frame()->ecx, r.esp);
}

TEST("user", "SYSEXIT delivers what is pending", AFTER)
{
	struct user_regs r = { .eip = USER(user_syscall),
			       .esp = USER_STACK_TOP };

	user_map();
	if (guarded(set_sysenter_cs, NULL) != -1)
		skip("no MSR for SYSENTER");
	make_pending();
	user_run(&r, true);
	check_eq(irq_count[IRQ_TIMER], 1);
	check_user(SYSCALL_VECTOR, r.eip + INT_SIZE, 0);
}

TEST("user", "sysenter without SEP is an invalid instruction or a fault", AFTER)
{
	if (vmi(VMI_CALL_CPUID, CPUID_LEAF_FEATURES) >> 32 & CPUID_1_EDX_SEP)
		skip("there is SYSENTER");
	user_map();
	user_call(USER(user_sysenter), 0, 0, 0, 0);
	check(last_trap.user);
	check(frame()->vector == X86_EXC_UD || frame()->vector == X86_EXC_GP);
}

TEST("user", "SYSENTER enters the kernel where the MSRs say", AFTER)
{
	extern const uint8_t sysenter_entry[];

	need_sep();
	set_msr(MSR_SYSENTER_CS, KERNEL_CS);
	set_msr(MSR_SYSENTER_ESP, tss.hw.esp0);
	set_msr(MSR_SYSENTER_EIP, (uint32_t)(uintptr_t)sysenter_entry);
	user_map();
	user_call(USER(user_sysenter), PATTERN, 0, 0, 0);
	check_eq(frame()->vector, SYSENTER_VECTOR);
	check_eq(frame()->eax, PATTERN);
	check_eq(frame()->ebp, USER_STACK_TOP);
	check_eq(FRAME_TOP, tss.hw.esp0);
	check_eq(last_trap.flags, 0);
}

/* --- IRET that faults -------------------------------------------------------------- */
static void bad_return(void *arg)
{
	user_run(arg, false);
}

/*
 * The processor faults at the IRET, in the kernel; the specification leaves
 * open what a ROM does, and no kernel can expect a fault inside of it.  So a
 * fault of the code that was to be returned to is right as well.
 */
static void iret_faults(const struct user_regs *r, unsigned int vector,
			uint32_t error)
{
	struct user_regs copy = *r;
	int got;

	user_map();
	got = guarded(bad_return, &copy);
	check_eq(frame()->vector, vector);
	check_eq(frame()->error & X86_SEL_ERR_MASK, error);
	if (last_trap.user) {
		check_eq(frame()->eip, r->eip);
		check_eq(frame()->esp, r->esp);
	} else {
		check_eq((uint32_t)got, vector);
	}
}

TEST("user", "IRET to a code selector that does not exist faults in the kernel",
     AFTER)
{
	const struct user_regs r = { .eip = USER(user_syscall),
				     .esp = USER_STACK_TOP,
				     .cs = SPARE_SEL | 3 };

	iret_faults(&r, X86_EXC_GP, SPARE_SEL);
}

TEST("user",
     "IRET to a stack selector that does not exist faults in the kernel", AFTER)
{
	const struct user_regs r = { .eip = USER(user_syscall),
				     .esp = USER_STACK_TOP,
				     .ss = SPARE_SEL | 3 };

	iret_faults(&r, X86_EXC_GP, SPARE_SEL);
}
