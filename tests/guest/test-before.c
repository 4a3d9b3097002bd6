/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Before VMI_Init, with the instructions themselves: what the early boot of
 * Linux relies on, emulated or not.  And what VMI_Init must leave.
 */
#include "acpi.h"
#include "guest.h"
#include "irq.h"
#include "pte.h"
#include "traps.h"
#include "vmi.h"
#include "x86-defs.h"

#define WORD	     0x12344321u
#define BIT_AC	     X86_EFLAGS_AC
#define BIT_ID	     X86_EFLAGS_ID
#define TICK_US	     3000
#define NR_TICKS     3
#define SELECTOR_BAD 0x178
#define STACK_LIMIT  0xffffu
#define STACK_START  4
#define DATA_FLAGS                                                             \
	(X86_DESC_P | X86_DESC_S | X86_DESC_DB |                               \
	 (X86_TYPE_DATA_RW << X86_DESC_TYPE_SHIFT))

extern union x86_desc gdt[GDT_ENTRIES];
extern uint8_t boot_pgd[];
extern struct x86_dt_ptr idtr;

static uint32_t flags(void)
{
	uint32_t f;

	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(f));
	return f;
}

static void set_flags(uint32_t f)
{
	__asm__ volatile("pushl %0\n\tpopfl" : : "r"(f) : "cc");
}

TEST("before", "the ring looks like 0 to a kernel that masks CS", BEFORE)
{
	check_eq(read_cs() & ~3, KERNEL_CS);
	check((read_cs() & 3) != 3);
}

TEST("before", "CPUID is told by the flag ID, and AC can be set", BEFORE)
{
	uint32_t was = flags();

	set_flags(was ^ (BIT_AC | BIT_ID));
	check_eq((flags() ^ was) & (BIT_AC | BIT_ID), BIT_AC | BIT_ID);
	set_flags(was);
}

/* By PUSHF and POPF, which do not trap outside ring 0. */
TEST("before", "the interrupt flag is seen, saved and restored", BEFORE)
{
	uint32_t off, on, off_again, restored;

	off = flags();
	__asm__ volatile("sti" : : : "memory");
	on = flags();
	__asm__ volatile("cli" : : : "memory");
	off_again = flags();
	set_flags(on);
	restored = flags();
	set_flags(off);
	check_eq(off & X86_EFLAGS_IF, 0);
	check_eq(on & X86_EFLAGS_IF, X86_EFLAGS_IF);
	check_eq(off_again & X86_EFLAGS_IF, 0);
	check_eq(restored & X86_EFLAGS_IF, X86_EFLAGS_IF);
	check_eq(flags() & X86_EFLAGS_IF, 0);
}

static bool __attribute__((noinline)) interrupts_seen(void)
{
	return flags() & X86_EFLAGS_IF;
}

/* As kernels do: by one PUSHF and one POPF, for ever; others may go unseen then. */
TEST("before", "the interrupt flag is seen and restored, again and again",
     BEFORE)
{
	const uint32_t was = flags();
	unsigned int wrong = 0;

	for (int i = 0; i < 20; i++) {
		bool on = i & 1;

		if (on)
			__asm__ volatile("sti" : : : "memory");
		else
			__asm__ volatile("cli" : : : "memory");
		wrong += interrupts_seen() != on;
		set_flags(was ^ (on ? 0 : X86_EFLAGS_IF));
		wrong += interrupts_seen() == on;
	}
	set_flags(was);
	check_eq(was & X86_EFLAGS_IF, 0);
	check_eq(wrong, 0);
}

TEST("before", "control registers", BEFORE)
{
	uint32_t cr0, cr2, cr3, cr4;

	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	check_eq(cr0 & (X86_CR0_PE | X86_CR0_PG | X86_CR0_WP),
		 X86_CR0_PE | X86_CR0_PG | X86_CR0_WP);
	__asm__ volatile("mov %0, %%cr2" : : "r"(WORD));
	__asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
	check_eq(cr2, WORD);
	__asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
	check_eq(cr3, pa(boot_pgd));
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	check_eq(!!(cr4 & X86_CR4_PAE), GUEST_PAE);
	__asm__ volatile("mov %0, %%cr3" : : "r"(cr3) : "memory");
}

TEST("before", "TS and CLTS", BEFORE)
{
	uint32_t cr0;

	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | X86_CR0_TS));
	__asm__ volatile("clts");
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	check_eq(cr0 & X86_CR0_TS, 0);
	__asm__ volatile("fninit" : : : "memory");
}

static void int3(void *arg)
{
	(void)arg;
	__asm__ volatile("int3" : : : "memory");
}

TEST("before", "int3: the frame shows CS of a kernel", BEFORE)
{
	check_eq((uint32_t)guarded(int3, NULL), X86_EXC_BP);
	check(!last_trap.user);
	check_eq(last_trap.frame.cs & 0xfffc, KERNEL_CS);
}

static bool go_on(struct trap_frame *f)
{
	(void)f;
	return true;
}

TEST("before", "IRET goes back to where an int3 was", BEFORE)
{
	uint32_t before = 1, after = 1;

	trap_hook(X86_EXC_BP, go_on);
	__asm__ volatile("movl %%esp, %0\n\tint3\n\tmovl %%esp, %1"
			 : "=r"(before), "=r"(after)
			 :
			 : "memory");
	check_eq(after, before);
	check_eq(trap_count[X86_EXC_BP], 1);
}

TEST("before", "page faults: error code, CR2, a handler that maps", BEFORE)
{
	check_read_faults(TEST_VA, 0);
	check_write_faults(TEST_VA + 4, X86_PFEC_W);
	map_new(TEST_VA, KERNEL_PAGE);
	check_writes(TEST_VA, WORD);
	check_reads(TEST_VA, WORD);
	map(TEST_VA, marked_frame(~WORD), KERNEL_RO);
	check_reads(TEST_VA, (uint32_t)~WORD);
	/* test_wp_bit() of Linux. */
	check_write_faults(TEST_VA, X86_PFEC_P | X86_PFEC_W);
	unmap(TEST_VA);
	check_read_faults(TEST_VA, 0);
}

static void load_gs(void *arg)
{
	__asm__ volatile("mov %0, %%gs" : : "r"(arg));
}

TEST("before", "a selector that does not exist is a protection fault", BEFORE)
{
	check_eq((uint32_t)guarded(load_gs, (void *)SELECTOR_BAD), X86_EXC_GP);
	check_eq(last_trap.frame.error & X86_SEL_ERR_MASK, SELECTOR_BAD);
}

TEST("before", "descriptors written in memory count after LGDT", BEFORE)
{
	struct x86_dt_ptr p;
	uint32_t word = 0;

	map(TEST_VA, marked_frame(WORD), KERNEL_PAGE);
	gdt[GDT_SPARE] = x86_seg_desc(TEST_VA, PAGE_MASK, DATA_FLAGS);
	p.limit = GDT_ENTRIES * X86_DESC_SIZE - 1;
	p.base = (uint32_t)(uintptr_t)gdt;
	__asm__ volatile("lgdt %0" : : "m"(p));
	check_eq((uint32_t)guarded(load_gs, (void *)SPARE_SEL), (uint32_t)-1);
	__asm__ volatile("movl %%gs:0, %0" : "=r"(word));
	check_eq(word, WORD);
	load_gs(NULL);
	gdt[GDT_SPARE].raw = 0;
	__asm__ volatile("lgdt %0" : : "m"(p));
}

TEST("before", "LIDT of the same table", BEFORE)
{
	trap_hook(X86_EXC_BP, go_on);
	__asm__ volatile("lidt %0" : : "m"(idtr));
	__asm__ volatile("int3" : : : "memory");
	check_eq(trap_count[X86_EXC_BP], 1);
}

static uint32_t step_eip;

static bool note_step(struct trap_frame *f)
{
	step_eip = f->eip;
	f->eflags &= ~(uint32_t)X86_EFLAGS_TF;
	return true;
}

TEST("before", "single step over CLI: a debug trap behind it", BEFORE)
{
	uint32_t behind;

	trap_hook(X86_EXC_DB, note_step);
	__asm__ volatile("movl $1f, %0\n\tpushfl\n\torl %1, (%%esp)\n\t"
			 "popfl\n\tcli\n1:\tnop"
			 : "=&r"(behind)
			 : "i"(X86_EFLAGS_TF)
			 : "cc", "memory");
	check_eq(trap_count[X86_EXC_DB], 1);
	check_eq(step_eip, behind);
}

/* SP goes around; a far return and an IRET in the middle of that. */
static void on_16_bit_stack(uint32_t *after_lret, uint32_t *after_iret)
{
	__asm__ volatile("movl %%esp, %%esi\n\tmovl %%ss, %%edi\n\t"
			 "movl %2, %%eax\n\tmovl %%eax, %%ss\n\t"
			 "movl %5, %%esp\n\t"
			 "pushl %3\n\tpushl $1f\n\tlret\n"
			 "1:\tmovl %%esp, %0\n\t"
			 "pushl %4\n\tpushl %3\n\tpushl $2f\n\tiret\n"
			 "2:\tmovl %%esp, %1\n\t"
			 "movl %%edi, %%ss\n\tmovl %%esi, %%esp"
			 : "=&c"(*after_lret), "=&d"(*after_iret)
			 : "i"(SPARE_SEL), "i"(KERNEL_CS),
			   "i"(X86_EFLAGS_FIXED), "i"(STACK_START)
			 : "eax", "esi", "edi", "cc", "memory");
}

TEST("before", "in a 16-bit stack segment only SP counts", BEFORE)
{
	struct x86_dt_ptr p;
	uint32_t after_lret = 0, after_iret = 0;

	map_new(TEST_VA, KERNEL_PAGE);
	map_new(TEST_VA + STACK_LIMIT - PAGE_MASK, KERNEL_PAGE);
	gdt[GDT_SPARE] = x86_seg_desc(TEST_VA, STACK_LIMIT,
				      DATA_FLAGS & ~(uint32_t)X86_DESC_DB);
	p.limit = GDT_ENTRIES * X86_DESC_SIZE - 1;
	p.base = (uint32_t)(uintptr_t)gdt;
	__asm__ volatile("lgdt %0" : : "m"(p));
	on_16_bit_stack(&after_lret, &after_iret);
	gdt[GDT_SPARE].raw = 0;
	__asm__ volatile("lgdt %0" : : "m"(p));
	check_eq(after_lret & 0xffff, STACK_START);
	check_eq(after_iret & 0xffff, STACK_START);
	check_reads(TEST_VA, X86_EFLAGS_FIXED);
	unmap(TEST_VA);
	unmap(TEST_VA + STACK_LIMIT - PAGE_MASK);
}

static void read_msr(void *arg)
{
	__asm__ volatile("rdmsr" : : "c"(arg) : "eax", "edx");
}

TEST("before", "the MSRs that Linux reads early are there", BEFORE)
{
	check_eq((uint32_t)guarded(read_msr, (void *)MSR_APIC_BASE),
		 (uint32_t)-1);
	check_eq((uint32_t)guarded(read_msr, (void *)MSR_EFER), (uint32_t)-1);
}

TEST("before", "interrupts, by STI, CLI and HLT", BEFORE)
{
	pic_init();
	pic_unmask(IRQ_TIMER);
	pit_periodic(TICK_US);
	delay_us(TICK_US * 2);
	check_eq(irq_count[IRQ_TIMER], 0);
	__asm__ volatile("sti\n\tnop" : : : "memory");
	check(wait_count(&irq_count[IRQ_TIMER], NR_TICKS));
	__asm__ volatile("hlt" : : : "memory");
	__asm__ volatile("cli" : : : "memory");
	check(irq_count[IRQ_TIMER] > NR_TICKS);
	pit_stop();
}

TEST("before", "legacy memory is as after a PC's start", BEFORE)
{
	/* Conventional memory in kB. */
	check(*(const volatile uint16_t *)va(BDA_BASE_KB) >= 512);
	check(*(const volatile uint16_t *)va(BDA_BASE_KB) <= 640);
	check(acpi_table("FACP") != NULL);
	check(acpi_table("NONE") == NULL);
}

TEST("before", "boot_params: the header's magic, the command line", BEFORE)
{
	check(!memcmp(boot_params + 0x202, "HdrS", 4));
	check(strlen(boot_cmdline) < 2048);
}

/* --- After it --------------------------------------------------------------------- */
TEST("rom", "VMI_Init a second time does no harm", ONCE)
{
	typedef uint32_t (*init_t)(uint32_t eax, uint32_t edx, uint32_t ecx);
	init_t init;
	uint16_t cs = read_cs();

	if (!vmi_rom)
		skip("no ROM");
	init = (init_t)(uintptr_t)vmi_rom->vmi_init;
	init(0, 0, 0);
	check_eq(read_cs(), cs);
	check_eq(irq_flag(), 0);
	check_eq((uint32_t)vmi(VMI_CALL_GetCR3), pa(boot_pgd));
}

TEST("rom", "memory that the kernel mapped before VMI_Init is still mapped",
     ONCE)
{
	const uint32_t step = 16 * PAGE_SIZE;

	if (!vmi_rom)
		skip("no ROM");
	for (uint32_t at = 0; at < LOWMEM_SIZE; at += step) {
		uint32_t v;

		check_eq((uint32_t)try_read(PAGE_OFFSET + at, &v),
			 (uint32_t)-1);
	}
}
