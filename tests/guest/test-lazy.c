/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lazy sections of the processor's state, as at a switch of processes: what
 * they change is in force at their end, the last of each kind counts, and they
 * need one hypercall.
 */
#include "eyes.h"
#include "guest.h"
#include "pte.h"
#include "traps.h"
#include "user.h"
#include "vmi.h"
#include "x86-defs.h"

#define DATA_FLAGS                                                             \
	(X86_DESC_P | X86_DESC_S | X86_DESC_DPL | X86_DESC_DB |                \
	 (X86_TYPE_DATA_RW << X86_DESC_TYPE_SHIFT))
#define SEG_LIMIT  0xff
#define LDT_FLAGS  (X86_DESC_P | (X86_TYPE_LDT << X86_DESC_TYPE_SHIFT))
#define NR_TLS	   3
#define NR_LDT	   8
#define TLS_SEL	   ((uint32_t)GDT_TLS << X86_SEL_INDEX_SHIFT | 3)
#define FRAME_TOP  (last_trap.at + (uint32_t)sizeof(struct trap_frame))
#define PATTERN(n) (0x600dca00u + (n))

extern union x86_desc gdt[GDT_ENTRIES];

static void lazy(uint32_t mode)
{
	vmi(VMI_CALL_SetLazyMode, mode);
}

/* Segment @i has its base at page @page of two, which say which they are. */
static void write_tls(uint32_t i, uint32_t page)
{
	const union x86_desc d =
		x86_seg_desc(TEST_VA + page * PAGE_SIZE, SEG_LIMIT, DATA_FLAGS);

	vmi(VMI_CALL_WriteGDTEntry, (uint32_t)(uintptr_t)gdt, GDT_TLS + i, d.lo,
	    d.hi);
}

static void two_pages(void)
{
	for (uint32_t i = 0; i < 2; i++) {
		map_new(TEST_VA + i * PAGE_SIZE, USER_PAGE);
		*(volatile uint32_t *)(TEST_VA + i * PAGE_SIZE) = PATTERN(i);
	}
	user_map();
}

static void check_tls(uint32_t i, uint32_t page)
{
	user_call(USER(user_read_gs), TLS_SEL + i * X86_DESC_SIZE, 0, 0, 0);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
	check_eq(last_trap.frame.eax, PATTERN(page));
}

static void no_tls(void)
{
	for (uint32_t i = 0; i < NR_TLS; i++)
		vmi(VMI_CALL_WriteGDTEntry, (uint32_t)(uintptr_t)gdt,
		    GDT_TLS + i, 0, 0);
}

static void use_fpu(void *arg)
{
	(void)arg;
	__asm__ volatile("fldpi\n\tfstp %%st(0)" : : : "memory");
}

static void set_ts(bool ts)
{
	uint32_t cr0 = (uint32_t)vmi(VMI_CALL_GetCR0) & ~(uint32_t)X86_CR0_TS;

	vmi(VMI_CALL_SetCR0, ts ? cr0 | X86_CR0_TS : cr0);
}

TEST("lazy", "segments, stack and TS of one section, in force at its end",
     AFTER)
{
	static uint8_t stack[1024] __attribute__((aligned(16)));
	uint32_t top = (uint32_t)(uintptr_t)stack + sizeof(stack);
	uint32_t esp0 = tss.hw.esp0;
	struct user_regs r = { .eip = USER(user_syscall),
			       .esp = USER_STACK_TOP };

	two_pages();
	for (uint32_t round = 0; round < 4; round++) {
		bool odd = round & 1;

		lazy(VMI_LAZY_CPU);
		for (uint32_t i = 0; i < NR_TLS; i++)
			write_tls(i, (round + i) & 1);
		tss.hw.esp0 = odd ? esp0 : top;
		vmi(VMI_CALL_UpdateKernelStack, KERNEL_DS, tss.hw.esp0);
		set_ts(odd);
		lazy(VMI_LAZY_NONE);
		user_run_as_it_is(&r);
		check_eq(FRAME_TOP, tss.hw.esp0);
		check_eq((uint32_t)guarded(use_fpu, NULL),
			 odd ? X86_EXC_NM : (uint32_t)-1);
		for (uint32_t i = 0; i < NR_TLS; i++)
			check_tls(i, (round + i) & 1);
	}
	set_ts(false);
	no_tls();
}

TEST("lazy", "a segment that is changed, and changed back", AFTER)
{
	two_pages();
	write_tls(0, 0);
	check_tls(0, 0);
	lazy(VMI_LAZY_CPU);
	write_tls(0, 1);
	write_tls(0, 0);
	lazy(VMI_LAZY_NONE);
	check_tls(0, 0);
	lazy(VMI_LAZY_CPU);
	write_tls(0, 0);
	write_tls(0, 1);
	write_tls(1, 0);
	lazy(VMI_LAZY_NONE);
	check_tls(0, 1);
	check_tls(1, 0);
	no_tls();
}

TEST("lazy", "CLTS of a section, and the FPU used in it", AFTER)
{
	set_ts(true);
	check_eq((uint32_t)guarded(use_fpu, NULL), X86_EXC_NM);
	lazy(VMI_LAZY_CPU);
	vmi(VMI_CALL_CLTS);
	check_eq((uint32_t)guarded(use_fpu, NULL), (uint32_t)-1);
	lazy(VMI_LAZY_NONE);
	check_eq((uint32_t)guarded(use_fpu, NULL), (uint32_t)-1);
}

/* Some of it has been sent when the rest comes. */
TEST("lazy", "traps, CR3 and another mode inside of a section", AFTER)
{
	two_pages();
	lazy(VMI_LAZY_CPU);
	write_tls(0, 0);
	write_tls(1, 0);
	set_ts(true);
	inb(PORT_PIC1_DATA);
	write_tls(0, 1);
	set_ts(false);
	check_read_faults(TEST_VA + 2 * PAGE_SIZE, 0);
	check_eq((uint32_t)guarded(use_fpu, NULL), (uint32_t)-1);
	vmi(VMI_CALL_SetCR3, (uint32_t)vmi(VMI_CALL_GetCR3));
	write_tls(2, 1);
	set_ts(true);
	lazy(VMI_LAZY_MMU);
	write_tls(1, 1);
	write_tls(2, 0);
	lazy(VMI_LAZY_NONE);
	check_tls(0, 1);
	check_tls(1, 1);
	check_tls(2, 0);
	check_eq((uint32_t)guarded(use_fpu, NULL), X86_EXC_NM);
	set_ts(false);
	no_tls();
}

TEST("lazy", "entries of page tables and state in one section", AFTER)
{
	pte_t *p;

	two_pages();
	p = pte_of(TEST_VA, true);
	lazy(VMI_LAZY_MMU);
	write_tls(0, 0);
	write_tls(1, 1);
	vmi_set(p, p[1], VMI_PAGE_PT); /* both segments show page 1 */
	lazy(VMI_LAZY_NONE);
	vmi(VMI_CALL_InvalPage, TEST_VA);
	check_tls(0, 1);
	check_tls(1, 1);
	no_tls();
}

static union x86_desc ldt[NR_LDT] __attribute__((aligned(PAGE_SIZE)));

static void set_ldt(bool on)
{
	const union x86_desc d = x86_seg_desc((uint32_t)(uintptr_t)ldt,
					      sizeof(ldt) - 1, LDT_FLAGS);

	vmi(VMI_CALL_WriteGDTEntry, (uint32_t)(uintptr_t)gdt, GDT_LDT,
	    on ? d.lo : 0, on ? d.hi : 0);
	vmi(VMI_CALL_SetLDT, on ? LDT_SEL : 0);
}

TEST("lazy", "an LDT, and more than fit in one multicall", AFTER)
{
	union x86_desc d;

	two_pages();
	for (uint32_t round = 0; round < 2; round++) {
		lazy(VMI_LAZY_CPU);
		set_ldt(true);
		for (uint32_t i = 0; i < NR_TLS; i++)
			write_tls(i, (round + i) & 1);
		for (uint32_t i = 0; i < NR_LDT; i++) {
			d = x86_seg_desc(TEST_VA +
						 ((round + i) & 1) * PAGE_SIZE,
					 SEG_LIMIT, DATA_FLAGS);
			vmi(VMI_CALL_WriteLDTEntry, (uint32_t)(uintptr_t)ldt, i,
			    d.lo, d.hi);
		}
		vmi(VMI_CALL_UpdateKernelStack, KERNEL_DS, tss.hw.esp0);
		set_ts(false);
		lazy(VMI_LAZY_NONE);
		for (uint32_t i = 0; i < NR_TLS; i++)
			check_tls(i, (round + i) & 1);
		for (uint32_t i = 0; i < NR_LDT; i++) {
			user_call(USER(user_read_gs),
				  i << X86_SEL_INDEX_SHIFT | X86_SEL_TI | 3, 0,
				  0, 0);
			check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
			check_eq(last_trap.frame.eax, PATTERN((round + i) & 1));
		}
		set_ldt(false);
	}
	no_tls();
}

TEST("cost", "a lazy section of the state is one hypercall, an empty one none",
     AFTER)
{
	uint32_t before;

	if (!eyes_find())
		skip("no counters page");
	two_pages();
	for (uint32_t round = 0; round < 2; round++) {
		before = eyes_hypercalls();
		lazy(VMI_LAZY_CPU);
		for (uint32_t i = 0; i < NR_TLS; i++)
			write_tls(i, round);
		vmi(VMI_CALL_UpdateKernelStack, KERNEL_DS, tss.hw.esp0);
		set_ts(!round);
		check_eq(eyes_hypercalls() - before, 0);
		lazy(VMI_LAZY_NONE);
		check_eq(eyes_hypercalls() - before, 1);
	}
	before = eyes_hypercalls();
	lazy(VMI_LAZY_CPU);
	write_tls(0, 1);
	lazy(VMI_LAZY_NONE);
	check_eq(eyes_hypercalls() - before, 0);
	no_tls();
}
