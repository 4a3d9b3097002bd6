/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt flag: EnableInterrupts, DisableInterrupts, GetInterruptMask,
 * SetInterruptMask, Halt, and what traps and IRET do to it.
 */
#include "guest.h"
#include "irq.h"
#include "traps.h"
#include "vmi.h"
#include "x86-defs.h"

#define IF	  X86_EFLAGS_IF
#define TICK_US	  2000
#define NR_TICKS  5
#define NR_ROUNDS 1000
#define NR_SPINS  (1u << 26)
#define TRIED                                                                  \
	(X86_EFLAGS_FIXED | X86_EFLAGS_CF | X86_EFLAGS_SF | X86_EFLAGS_OF |    \
	 X86_EFLAGS_PF)

static uint32_t mask(void)
{
	return (uint32_t)vmi(VMI_CALL_GetInterruptMask) & IF;
}

TEST("flags", "enable and disable are seen by GetInterruptMask", AFTER)
{
	check_eq(mask(), 0);
	vmi(VMI_CALL_EnableInterrupts);
	check_eq(mask(), IF);
	vmi(VMI_CALL_EnableInterrupts);
	check_eq(mask(), IF);
	vmi(VMI_CALL_DisableInterrupts);
	check_eq(mask(), 0);
	vmi(VMI_CALL_DisableInterrupts);
	check_eq(mask(), 0);
}

TEST("flags", "SetInterruptMask takes bit 9 and no other", AFTER)
{
	vmi(VMI_CALL_SetInterruptMask, IF);
	check_eq(mask(), IF);
	vmi(VMI_CALL_SetInterruptMask, 0);
	check_eq(mask(), 0);
	vmi(VMI_CALL_SetInterruptMask, X86_EFLAGS_FIXED | X86_EFLAGS_ZF | IF);
	check_eq(mask(), IF);
	vmi(VMI_CALL_SetInterruptMask, X86_EFLAGS_FIXED | X86_EFLAGS_ARITH);
	check_eq(mask(), 0);
}

TEST("flags", "save, disable and restore, many times", AFTER)
{
	for (unsigned int i = 0; i < NR_ROUNDS; i++) {
		uint32_t want = i & 1 ? IF : 0, saved;

		vmi(VMI_CALL_SetInterruptMask, want);
		saved = mask();
		vmi(VMI_CALL_DisableInterrupts);
		vmi(VMI_CALL_SetInterruptMask, saved);
		if (mask() != want)
			test_abort();
	}
}

TEST("flags", "the kernel's own patched places do the same", ONCE)
{
	irq_on();
	check_eq(irq_flag(), IF);
	irq_off();
	check_eq(irq_flag(), 0);
	irq_set(IF);
	check_eq(irq_flag(), IF);
	irq_set(0);
	check_eq(irq_flag(), 0);
}

TEST("flags", "EnableInterrupts delivers what is pending", AFTER)
{
	make_pending();
	check_eq(irq_count[IRQ_TIMER], 0);
	vmi(VMI_CALL_EnableInterrupts);
	check_eq(irq_count[IRQ_TIMER], 1);
	check(!pic_requested(IRQ_TIMER));
	check(!pic_in_service(IRQ_TIMER));
	vmi(VMI_CALL_DisableInterrupts);
	check_eq(irq_count[IRQ_TIMER], 1);
}

TEST("flags", "SetInterruptMask delivers what is pending", AFTER)
{
	make_pending();
	vmi(VMI_CALL_SetInterruptMask, 0);
	check_eq(irq_count[IRQ_TIMER], 0);
	vmi(VMI_CALL_SetInterruptMask, IF);
	check_eq(irq_count[IRQ_TIMER], 1);
}

/* After the call nothing that could help, as where Linux waits for a lock. */
static void check_spinning(void (*enable)(void))
{
	for (unsigned int i = 0; i < NR_TICKS; i++) {
		make_pending();
		irq_count[IRQ_TIMER] = 0;
		enable();
		for (uint32_t n = 0; n < NR_SPINS; n++)
			if (*(volatile uint32_t *)&irq_count[IRQ_TIMER])
				break;
		check_eq(irq_count[IRQ_TIMER], 1);
		irq_off();
	}
}

static void enable_by_mask(void)
{
	irq_set(IF);
}

TEST("flags", "what is pending comes to code that only spins", ONCE)
{
	check_spinning(irq_on);
	check_spinning(enable_by_mask);
}

TEST("flags", "nothing is delivered while the flag is clear", AFTER)
{
	make_pending();
	for (unsigned int i = 0; i < NR_TICKS; i++) {
		mask();
		vmi(VMI_CALL_DisableInterrupts);
		delay_us(TICK_US);
	}
	check_eq(irq_count[IRQ_TIMER], 0);
	check(pic_requested(IRQ_TIMER));
}

TEST("flags", "nothing is delivered while the PIC masks it", AFTER)
{
	make_pending();
	pic_mask_all();
	vmi(VMI_CALL_EnableInterrupts);
	delay_us(TICK_US);
	check_eq(irq_count[IRQ_TIMER], 0);
	pic_unmask(IRQ_TIMER);
	check(wait_count(&irq_count[IRQ_TIMER], 1));
	check_eq(irq_count[IRQ_TIMER], 1);
}

TEST("flags", "interrupts come while code runs and makes no call", AFTER)
{
	pic_init();
	pic_unmask(IRQ_TIMER);
	pit_periodic(TICK_US);
	vmi(VMI_CALL_EnableInterrupts);
	for (uint32_t i = 0; i < 1u << 31; i++)
		if (*(volatile uint32_t *)&irq_count[IRQ_TIMER] >= NR_TICKS)
			break;
	vmi(VMI_CALL_DisableInterrupts);
	pit_stop();
	check(irq_count[IRQ_TIMER] >= NR_TICKS);
}

static struct trap_record at_interrupt;

static bool note_interrupt(struct trap_frame *f)
{
	(void)f;
	at_interrupt = last_trap;
	return false;
}

TEST("flags", "a handler runs with the flag clear; its frame has it set", AFTER)
{
	make_pending();
	trap_hook(IRQ_VECTOR, note_interrupt);
	vmi(VMI_CALL_EnableInterrupts);
	check_eq(irq_count[IRQ_TIMER], 1);
	check_eq(at_interrupt.flags, 0);
	check_eq(at_interrupt.frame.eflags & IF, IF);
	check_eq(at_interrupt.frame.cs & 0xffff, read_cs());
	/* IRET has set it again. */
	check_eq(mask(), IF);
}

static bool go_on(struct trap_frame *f)
{
	(void)f;
	at_interrupt = last_trap;
	return true;
}

static void breakpoint(void)
{
	__asm__ volatile("int3" : : : "memory");
}

static void system_call(void)
{
	__asm__ volatile("int $0x80" : : : "memory");
}

TEST("flags", "interrupt gate from the kernel: clear inside, as before after",
     AFTER)
{
	trap_hook(X86_EXC_BP, go_on);
	breakpoint();
	check_eq(at_interrupt.flags, 0);
	check_eq(at_interrupt.frame.eflags & IF, 0);
	check_eq(mask(), 0);
	vmi(VMI_CALL_EnableInterrupts);
	breakpoint();
	check_eq(at_interrupt.flags, 0);
	check_eq(at_interrupt.frame.eflags & IF, IF);
	check_eq(mask(), IF);
}

TEST("flags", "trap gate from the kernel: the flag stays", AFTER)
{
	trap_hook(SYSCALL_VECTOR, go_on);
	system_call();
	check_eq(at_interrupt.flags, 0);
	check_eq(mask(), 0);
	vmi(VMI_CALL_EnableInterrupts);
	system_call();
	check_eq(at_interrupt.flags, IF);
	check_eq(mask(), IF);
}

static bool set_flag(struct trap_frame *f)
{
	f->eflags |= IF;
	return true;
}

static bool clear_flag(struct trap_frame *f)
{
	f->eflags &= ~(uint32_t)IF;
	return true;
}

TEST("flags", "IRET to the kernel takes the flag of its frame", AFTER)
{
	trap_hook(X86_EXC_BP, set_flag);
	breakpoint();
	check_eq(mask(), IF);
	trap_hook(X86_EXC_BP, clear_flag);
	breakpoint();
	check_eq(mask(), 0);
}

TEST("flags", "IRET that sets the flag delivers what is pending", AFTER)
{
	make_pending();
	trap_hook(X86_EXC_BP, set_flag);
	breakpoint();
	check_eq(irq_count[IRQ_TIMER], 1);
	check_eq(mask(), IF);
}

static uint32_t depth, deepest;

static bool nest(struct trap_frame *f)
{
	(void)f;
	irq_count[IRQ_TIMER]++;
	outb(PORT_PIC1_CMD, PIC_EOI);
	if (++depth > deepest)
		deepest = depth;
	if (depth == 1) {
		irq_on();
		wait_count(&irq_count[IRQ_TIMER], 2);
		irq_off();
	}
	depth--;
	return true;
}

TEST("flags", "a handler that enables interrupts is interrupted", AFTER)
{
	depth = deepest = 0;
	pic_init();
	pic_unmask(IRQ_TIMER);
	trap_hook(IRQ_VECTOR, nest);
	pit_periodic(TICK_US);
	vmi(VMI_CALL_EnableInterrupts);
	check(wait_count(&irq_count[IRQ_TIMER], 2));
	vmi(VMI_CALL_DisableInterrupts);
	pit_stop();
	check_eq(deepest, 2);
}

TEST("flags", "Halt wakes by an interrupt, with the flag set", AFTER)
{
	pic_init();
	pic_unmask(IRQ_TIMER);
	pit_once(TICK_US);
	vmi(VMI_CALL_Halt);
	check_eq(irq_count[IRQ_TIMER], 1);
	check_eq(mask(), IF);
}

TEST("flags", "Halt returns at once when something is pending", AFTER)
{
	make_pending();
	vmi(VMI_CALL_Halt);
	check_eq(irq_count[IRQ_TIMER], 1);
	check_eq(mask(), IF);
}

TEST("flags", "arithmetic flags of interrupted code survive", AFTER)
{
	uint32_t before, after;

	make_pending();
	trap_hook(X86_EXC_BP, set_flag);
	__asm__ volatile("pushl %2\n\t"
			 "popfl\n\t"
			 "pushfl\n\t"
			 "popl %0\n\t"
			 "int3\n\t"
			 "pushfl\n\t"
			 "popl %1"
			 : "=&r"(before), "=&r"(after)
			 : "r"(TRIED)
			 : "memory");
	check_eq(after & X86_EFLAGS_ARITH, before & X86_EFLAGS_ARITH);
	check_eq(irq_count[IRQ_TIMER], 1);
}
