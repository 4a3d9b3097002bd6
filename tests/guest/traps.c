/* SPDX-License-Identifier: GPL-2.0-only */
/* See traps.h. */
#include "guest.h"
#include "traps.h"
#include "vmi.h"
#include "x86-defs.h"

#define ENTRY_SIZE  16
#define USER_FLAGS  (X86_EFLAGS_FIXED | X86_EFLAGS_IF)
#define NR_IRQS	    16
#define SLAVE_FIRST 8

extern union x86_desc idt[X86_NR_VECTORS], gdt[GDT_ENTRIES];
extern uint8_t trap_entries[];
void trap_c(struct trap_frame *f);
void __noreturn frame_enter(struct trap_frame *f);
void __noreturn sysexit_enter(uint32_t eip, uint32_t esp);

struct trap_record last_trap;
uint32_t trap_count[X86_NR_VECTORS];
uint32_t irq_count[NR_IRQS];
struct guest_tss tss;
static trap_hook_t hooks[X86_NR_VECTORS];
static uint8_t trap_stack[STACK_SIZE] __attribute__((aligned(16)));
static struct {
	struct context context;
	bool active;
} guard, user;

void trap_hook(unsigned int vector, trap_hook_t hook)
{
	hooks[vector] = hook;
}

void traps_reset(void)
{
	memset(hooks, 0, sizeof(hooks));
	memset(trap_count, 0, sizeof(trap_count));
	memset(irq_count, 0, sizeof(irq_count));
	guard.active = user.active = false;
	tss.hw.iomap = TSS_NO_PORTS;
}

static union x86_desc own_gate(unsigned int i)
{
	bool user_may = i == X86_EXC_BP || i == X86_EXC_OF || i == X86_EXC_BR ||
			i == SYSCALL_VECTOR;

	return x86_gate(KERNEL_CS,
			(uint32_t)(uintptr_t)trap_entries + i * ENTRY_SIZE,
			i == SYSCALL_VECTOR ? X86_TYPE_TRAP_GATE32
					    : X86_TYPE_INT_GATE32,
			user_may ? 3 : 0);
}

void traps_restore_gate(unsigned int vector)
{
	const union x86_desc d = own_gate(vector);

	vmi(VMI_CALL_WriteIDTEntry, (uint32_t)(uintptr_t)idt, vector, d.lo,
	    d.hi);
}

void traps_init(void)
{
	for (unsigned int i = 0; i < X86_NR_VECTORS; i++)
		idt[i] = own_gate(i);
	tss.hw.ss0 = KERNEL_DS;
	tss.hw.esp0 = (uint32_t)(uintptr_t)trap_stack + STACK_SIZE;
	tss.hw.iomap = TSS_NO_PORTS;
	gdt[GDT_TSS] = x86_seg_desc(
		(uint32_t)(uintptr_t)&tss, sizeof(tss) - 1,
		X86_DESC_P | (X86_TYPE_TSS32 << X86_DESC_TYPE_SHIFT));
	__asm__ volatile("ltr %w0" : : "r"(TSS_SEL));
}

/* The 8259's: acknowledge, count. */
static void interrupt(unsigned int irq)
{
	irq_count[irq]++;
	if (irq >= SLAVE_FIRST)
		outb(PORT_PIC2_CMD, PIC_EOI);
	outb(PORT_PIC1_CMD, PIC_EOI);
}

static void record(struct trap_record *t, const struct trap_frame *f)
{
	memset(t, 0, sizeof(*t));
	t->user = (f->cs & 3) == 3 || (f->eflags & X86_EFLAGS_VM);
	memcpy(&t->frame, f,
	       t->user ? sizeof(*f) : offsetof(struct trap_frame, esp));
	t->at = (uint32_t)(uintptr_t)f;
	t->flags = irq_flag();
	if (f->vector == X86_EXC_PF)
		t->cr2 = vmi_cr2();
}

static void __noreturn unexpected(const struct trap_frame *f)
{
	note("trap %u, error %#x, at %#x:%#x, flags %#x, cr2 %#x", f->vector,
	     f->error, f->cs & 0xffff, f->eip, f->eflags, last_trap.cr2);
	test_abort();
}

void trap_c(struct trap_frame *f)
{
	struct trap_record mine;

	trap_count[f->vector]++;
	record(&mine, f);
	last_trap = mine;
	if (hooks[f->vector] && hooks[f->vector](f))
		return;
	if (f->vector - IRQ_VECTOR < NR_IRQS) {
		interrupt(f->vector - IRQ_VECTOR);
		return;
	}
	irq_off();
	last_trap = mine; /* a trap gate lets interrupts come */
	if (last_trap.user && user.active)
		context_jump(&user.context, 1);
	if (!last_trap.user && guard.active)
		context_jump(&guard.context, 1);
	unexpected(f);
}

int guarded(void (*fn)(void *), void *arg)
{
	int vector = -1;

	guard.active = true;
	if (!context_save(&guard.context))
		fn(arg);
	else
		vector = (int)last_trap.frame.vector;
	guard.active = false;
	return vector;
}

static void __noreturn user_enter(const struct user_regs *r, bool sysexit)
{
	struct trap_frame f = { 0 };

	f.eax = r->eax;
	f.ebx = r->ebx;
	f.ecx = r->ecx;
	f.edx = r->edx;
	f.esi = r->esi;
	f.edi = r->edi;
	f.ebp = r->ebp;
	f.ds = r->ds ? r->ds : USER_DS;
	f.es = r->es ? r->es : USER_DS;
	f.fs = r->fs;
	f.gs = r->gs;
	f.eip = r->eip;
	f.cs = r->cs ? r->cs : USER_CS;
	f.eflags = r->eflags ? r->eflags : USER_FLAGS;
	f.esp = r->esp;
	f.ss = r->ss ? r->ss : USER_DS;
	if (sysexit)
		sysexit_enter(f.eip, f.esp);
	frame_enter(&f);
}

static void run(const struct user_regs *r, bool sysexit)
{
	user.active = true;
	if (!context_save(&user.context))
		user_enter(r, sysexit);
	user.active = false;
	/* User code may have left its own. */
	__asm__ volatile("mov %0, %%fs\n\tmov %1, %%gs"
			 :
			 : "r"(PERCPU_DS), "r"(0));
}

void user_run(const struct user_regs *r, bool sysexit)
{
	vmi_kernel_stack((uint32_t)(uintptr_t)trap_stack + STACK_SIZE);
	run(r, sysexit);
}

void user_run_as_it_is(const struct user_regs *r)
{
	run(r, false);
}

void user_run_on(const struct user_regs *r, uint32_t esp0)
{
	tss.hw.esp0 = esp0;
	vmi(VMI_CALL_UpdateKernelStack, KERNEL_DS, esp0);
	run(r, false);
}
