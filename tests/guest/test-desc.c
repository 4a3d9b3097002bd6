/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptor tables, TLS, gates, segment limits. */
#include "guest.h"
#include "mm.h"
#include "traps.h"
#include "user.h"
#include "vmi.h"
#include "x86-defs.h"

#define DATA_FLAGS                                                             \
	(X86_DESC_P | X86_DESC_S | X86_DESC_DPL | X86_DESC_DB |                \
	 (X86_TYPE_DATA_RW << X86_DESC_TYPE_SHIFT))
#define LDT_FLAGS   (X86_DESC_P | (X86_TYPE_LDT << X86_DESC_TYPE_SHIFT))
#define PATTERN	    0x600dcafe
#define OTHER	    0x0badf00d
#define SEG_LIMIT   0xff
#define FLAT_LIMIT  0xfffff
#define TLS_SEL(n)  ((uint32_t)(GDT_TLS + (n)) << X86_SEL_INDEX_SHIFT | 3)
#define LDT_ENTRY   2
#define LDT_SEGMENT ((LDT_ENTRY << X86_SEL_INDEX_SHIFT) | X86_SEL_TI | 3)
#define LDT_BYTES   64
#define INT3	    0xcc
#define GATE_TRIED  0x83
#define NEGATIVE    0xfffffffcu /* gs:-4, as glibc's TLS */

extern union x86_desc gdt[GDT_ENTRIES], idt[X86_NR_VECTORS];
extern struct x86_dt_ptr idtr;

static uint32_t addr(const void *p)
{
	return (uint32_t)(uintptr_t)p;
}

static void write_gdt(uint32_t table, uint32_t index, union x86_desc d)
{
	vmi(VMI_CALL_WriteGDTEntry, table, index, d.lo, d.hi);
}

static union x86_desc data_segment(uint32_t base, uint32_t limit)
{
	return x86_seg_desc(base, limit,
			    DATA_FLAGS |
				    (limit == FLAT_LIMIT ? X86_DESC_G : 0));
}

static void load_gs(void *arg)
{
	__asm__ volatile("mov %0, %%gs" : : "r"(arg));
}

static int gs_faults(uint32_t sel)
{
	return guarded(load_gs, (void *)(uintptr_t)sel);
}

static uint32_t through_gs(uint32_t offset)
{
	uint32_t v;

	__asm__ volatile("movl %%gs:(%1), %0" : "=r"(v) : "r"(offset));
	return v;
}

/* A page with PATTERN at @offset; the test's segments have it as their base. */
static uint32_t data_page(uint32_t offset)
{
	map_new(TEST_VA, USER_PAGE);
	memset((void *)TEST_VA, 0, PAGE_SIZE);
	*(volatile uint32_t *)(TEST_VA + offset) = PATTERN;
	return TEST_VA;
}

TEST("desc", "GetGDT and GetIDT give what was set", AFTER)
{
	struct x86_dt_ptr p = { 0, 0 };

	vmi(VMI_CALL_GetGDT, addr(&p));
	check_eq(p.base, addr(gdt));
	check_eq(p.limit, sizeof(gdt) - 1);
	vmi(VMI_CALL_GetIDT, addr(&p));
	check_eq(p.base, addr(idt));
	check_eq(p.limit, X86_NR_VECTORS * X86_DESC_SIZE - 1);
}

TEST("desc", "GetTR and GetLDT give what was set", AFTER)
{
	check_eq((uint16_t)vmi(VMI_CALL_GetTR), TSS_SEL);
	check_eq((uint16_t)vmi(VMI_CALL_GetLDT), 0);
	vmi(VMI_CALL_SetTR, TSS_SEL);
	check_eq((uint16_t)vmi(VMI_CALL_GetTR), TSS_SEL);
}

TEST("desc", "SetGDT of the same table changes nothing", AFTER)
{
	struct x86_dt_ptr p = { sizeof(gdt) - 1, addr(gdt) };

	vmi(VMI_CALL_SetGDT, addr(&p));
	user_map();
	user_call(USER(user_syscall), 0, 0, 0, 0);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
}

TEST("desc", "SetGDT of a copy elsewhere, and back", AFTER)
{
	struct x86_dt_ptr p = { sizeof(gdt) - 1, TEST_VA + PAGE_SIZE };
	const struct x86_dt_ptr old = { sizeof(gdt) - 1, addr(gdt) };
	union x86_desc *copy = (union x86_desc *)(TEST_VA + PAGE_SIZE);

	map_new(TEST_VA + PAGE_SIZE, KERNEL_PAGE);
	memcpy(copy, gdt, sizeof(gdt));
	data_page(0x10);
	copy[GDT_SPARE] = data_segment(TEST_VA, SEG_LIMIT);
	vmi(VMI_CALL_SetGDT, addr(&p));
	check_eq(gs_faults(SPARE_SEL | 3), -1);
	check_eq(through_gs(0x10), PATTERN);
	check_eq(gs_faults(0), -1);
	vmi(VMI_CALL_GetGDT, addr(&p));
	check_eq(p.base, addr(copy));
	vmi(VMI_CALL_SetGDT, addr(&old));
	check_eq((uint32_t)gs_faults(SPARE_SEL | 3), X86_EXC_GP);
	check_eq(last_trap.frame.error & X86_SEL_ERR_MASK, SPARE_SEL);
}

TEST("desc", "WriteGDTEntry: a segment that can be loaded at once", AFTER)
{
	data_page(0x20);
	write_gdt(addr(gdt), GDT_SPARE, data_segment(TEST_VA, SEG_LIMIT));
	check_eq(x86_desc_base(gdt[GDT_SPARE]), TEST_VA);
	check_eq(x86_desc_limit(gdt[GDT_SPARE]), SEG_LIMIT);
	check_eq(gs_faults(SPARE_SEL | 3), -1);
	check_eq(through_gs(0x20), PATTERN);
	gs_faults(0);
	write_gdt(addr(gdt), GDT_SPARE, x86_desc_make(0, 0));
	check_eq(gdt[GDT_SPARE].raw, 0);
	check_eq((uint32_t)gs_faults(SPARE_SEL | 3), X86_EXC_GP);
}

TEST("desc", "WriteGDTEntry: the table named by another address", AFTER)
{
	data_page(0x30);
	map(TEST_VA + 2 * PAGE_SIZE, pa(gdt), KERNEL_PAGE);
	write_gdt(TEST_VA + 2 * PAGE_SIZE, GDT_SPARE,
		  data_segment(TEST_VA, SEG_LIMIT));
	check_eq(x86_desc_base(gdt[GDT_SPARE]), TEST_VA);
	check_eq(gs_faults(SPARE_SEL | 3), -1);
	check_eq(through_gs(0x30), PATTERN);
	gs_faults(0);
	write_gdt(addr(gdt), GDT_SPARE, x86_desc_make(0, 0));
}

TEST("desc", "WriteGDTEntry of memory that is no table only writes", AFTER)
{
	static union x86_desc memory[4];
	const union x86_desc d = data_segment(TEST_VA, SEG_LIMIT);

	write_gdt(addr(memory), 1, d);
	check_eq(x86_desc_base(memory[1]), TEST_VA);
	check_eq(memory[0].raw | memory[2].raw, 0);
	check_eq((uint32_t)gs_faults(SPARE_SEL | 3), X86_EXC_GP);
	memset(memory, 0, sizeof(memory));
}

TEST("desc", "three TLS entries are exchanged, as at a context switch", AFTER)
{
	data_page(0x10);
	map_new(TEST_VA + PAGE_SIZE, USER_PAGE);
	*(volatile uint32_t *)(TEST_VA + PAGE_SIZE + 0x10) = OTHER;
	user_map();
	for (unsigned int round = 0; round < 4; round++) {
		uint32_t base = TEST_VA + (round & 1) * PAGE_SIZE;

		for (unsigned int i = 0; i < 3; i++)
			write_gdt(addr(gdt), GDT_TLS + i,
				  data_segment(base, FLAT_LIMIT));
		for (unsigned int i = 0; i < 3; i++) {
			user_call(USER(user_read_gs), TLS_SEL(i), 0x10, 0, 0);
			check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
			check_eq(last_trap.frame.eax,
				 round & 1 ? OTHER : PATTERN);
			check_eq(last_trap.frame.gs & 0xffff, TLS_SEL(i));
		}
	}
	for (unsigned int i = 0; i < 3; i++)
		write_gdt(addr(gdt), GDT_TLS + i, x86_desc_make(0, 0));
}

TEST("desc", "TLS below its base: negative offsets in a flat segment", AFTER)
{
	data_page(0x100 - 4);
	write_gdt(addr(gdt), GDT_TLS,
		  data_segment(TEST_VA + 0x100, FLAT_LIMIT));
	check_eq(gs_faults(TLS_SEL(0)), -1);
	check_eq(through_gs(NEGATIVE), PATTERN);
	gs_faults(0);
	user_map();
	user_call(USER(user_read_gs), TLS_SEL(0), NEGATIVE, 0, 0);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
	check_eq(last_trap.frame.eax, PATTERN);
	write_gdt(addr(gdt), GDT_TLS, x86_desc_make(0, 0));
}

/* EBP names SS, whatever DS is. */
static uint32_t read_by_ebp(uint32_t at, uint32_t ds)
{
	uint32_t value;

	__asm__ volatile("pushl %%ebp\n\t"
			 "pushl %%ds\n\t"
			 "movl %1, %%ebp\n\t"
			 "movl %2, %%ds\n\t"
			 "movl (%%ebp), %0\n\t"
			 "popl %%ds\n\t"
			 "popl %%ebp"
			 : "=a"(value)
			 : "d"(at), "c"(ds)
			 : "memory");
	return value;
}

TEST("desc", "memory of a device through SS, while DS has a base", AFTER)
{
	const uint32_t at = APIC_VA + APIC_VERSION;
	uint32_t value = *(volatile uint32_t *)at;

	write_gdt(addr(gdt), GDT_SPARE, data_segment(PAGE_SIZE, FLAT_LIMIT));
	check_eq(read_by_ebp(at, KERNEL_DS), value);
	check_eq(read_by_ebp(at, SPARE_SEL | 3), value);
	write_gdt(addr(gdt), GDT_SPARE, x86_desc_make(0, 0));
}

TEST("desc", "GS that user code has loaded is still there after a trap", AFTER)
{
	struct user_regs r = { .eip = USER(user_read_loaded_gs),
			       .esp = USER_STACK_TOP,
			       .ebx = 0x10,
			       .gs = TLS_SEL(1) };

	data_page(0x10);
	user_map();
	write_gdt(addr(gdt), GDT_TLS + 1, data_segment(TEST_VA, FLAT_LIMIT));
	user_run(&r, false);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
	check_eq(last_trap.frame.eax, PATTERN);
	write_gdt(addr(gdt), GDT_TLS + 1, x86_desc_make(0, 0));
}

static union x86_desc ldt[LDT_BYTES / X86_DESC_SIZE]
	__attribute__((aligned(PAGE_SIZE)));

static void set_ldt(bool on)
{
	write_gdt(addr(gdt), GDT_LDT,
		  on ? x86_seg_desc(addr(ldt), sizeof(ldt) - 1, LDT_FLAGS)
		     : x86_desc_make(0, 0));
	vmi(VMI_CALL_SetLDT, on ? LDT_SEL : 0);
}

TEST("desc", "LDT: set, written before and after, taken away", AFTER)
{
	union x86_desc d;

	data_page(0x40);
	memset(ldt, 0, sizeof(ldt));
	d = data_segment(TEST_VA, SEG_LIMIT);
	vmi(VMI_CALL_WriteLDTEntry, addr(ldt), LDT_ENTRY, d.lo, d.hi);
	check_eq(x86_desc_base(ldt[LDT_ENTRY]), TEST_VA);
	set_ldt(true);
	check_eq((uint16_t)vmi(VMI_CALL_GetLDT), LDT_SEL);
	check_eq(gs_faults(LDT_SEGMENT), -1);
	check_eq(through_gs(0x40), PATTERN);
	gs_faults(0);

	d = data_segment(TEST_VA + 0x20, SEG_LIMIT);
	vmi(VMI_CALL_WriteLDTEntry, addr(ldt), LDT_ENTRY, d.lo, d.hi);
	check_eq(gs_faults(LDT_SEGMENT), -1);
	check_eq(through_gs(0x20), PATTERN);
	gs_faults(0);

	set_ldt(false);
	check_eq((uint16_t)vmi(VMI_CALL_GetLDT), 0);
	check_eq((uint32_t)gs_faults(LDT_SEGMENT), X86_EXC_GP);
	check_eq(last_trap.frame.error & ~3u, LDT_SEGMENT & ~3u);
}

TEST("desc", "LDT: a segment in user mode", AFTER)
{
	const union x86_desc d = data_segment(TEST_VA, SEG_LIMIT);

	data_page(0x44);
	user_map();
	memset(ldt, 0, sizeof(ldt));
	vmi(VMI_CALL_WriteLDTEntry, addr(ldt), LDT_ENTRY, d.lo, d.hi);
	set_ldt(true);
	user_call(USER(user_read_gs), LDT_SEGMENT, 0x44, 0, 0);
	set_ldt(false);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
	check_eq(last_trap.frame.eax, PATTERN);
}

static volatile uint32_t gate_reached;
void gate_handler(void);
__asm__(".text\n"
	".globl gate_handler\n"
	"gate_handler:\n"
	"	incl gate_reached\n"
	"	jmp trap_iret\n");

TEST("desc", "WriteIDTEntry: the gate works at once", AFTER)
{
	const union x86_desc old = idt[GATE_TRIED];
	const union x86_desc d =
		x86_gate(KERNEL_CS, addr((void *)(uintptr_t)gate_handler),
			 X86_TYPE_TRAP_GATE32, 0);

	vmi(VMI_CALL_WriteIDTEntry, addr(idt), X86_EXC_BP, d.lo, d.hi);
	check_eq(x86_gate_offset(idt[X86_EXC_BP]), x86_gate_offset(d));
	gate_reached = 0;
	__asm__ volatile("int3" : : : "memory");
	check_eq(gate_reached, 1);
	traps_restore_gate(X86_EXC_BP);
	trap_hook(X86_EXC_BP, NULL);
	check_eq(idt[GATE_TRIED].raw, old.raw);
}

static void user_traps(void *arg)
{
	(void)arg;
	user_call(USER(user_ud2), 0, 0, 0, 0);
}

/* For a processor that is an address, and not the end of the table. */
TEST("desc", "a gate with offset 0 is a gate like any other", AFTER)
{
	const struct x86_dt_ptr p = { X86_NR_VECTORS * X86_DESC_SIZE - 1,
				      TEST_VA };
	const union x86_desc d = x86_gate(KERNEL_CS, 0, X86_TYPE_INT_GATE32, 0);
	union x86_desc *copy = (union x86_desc *)TEST_VA;
	volatile uint8_t *there = (volatile uint8_t *)PAGE_OFFSET;
	uint8_t old = *there; /* low memory is mapped at 0, too */

	user_map();
	map_new(TEST_VA, KERNEL_PAGE);
	memcpy(copy, idt, sizeof(idt));
	copy[X86_EXC_NMI] = d;
	vmi(VMI_CALL_SetIDT, addr(&p));
	user_call(USER(user_ud2), 0, 0, 0, 0);
	vmi(VMI_CALL_SetIDT, addr(&idtr));
	check_eq(last_trap.frame.vector, X86_EXC_UD);

	vmi(VMI_CALL_WriteIDTEntry, addr(idt), X86_EXC_UD, d.lo, d.hi);
	*there = INT3;
	check_eq((uint32_t)guarded(user_traps, NULL), X86_EXC_BP);
	*there = old;
	traps_restore_gate(X86_EXC_UD);
	check_eq(last_trap.frame.eip, 1);
}

TEST("desc", "SetIDT of a copy elsewhere, and back", AFTER)
{
	const struct x86_dt_ptr p = { X86_NR_VECTORS * X86_DESC_SIZE - 1,
				      TEST_VA };
	union x86_desc *copy = (union x86_desc *)TEST_VA;

	map_new(TEST_VA, KERNEL_PAGE);
	memcpy(copy, idt, sizeof(idt));
	copy[X86_EXC_BP] =
		x86_gate(KERNEL_CS, addr((void *)(uintptr_t)gate_handler),
			 X86_TYPE_INT_GATE32, 3);
	gate_reached = 0;
	vmi(VMI_CALL_SetIDT, addr(&p));
	__asm__ volatile("int3" : : : "memory");
	vmi(VMI_CALL_SetIDT, addr(&idtr));
	check_eq(gate_reached, 1);
	check_eq(trap_count[X86_EXC_BP], 0);
}

static uint32_t lsl(uint32_t sel)
{
	uint32_t limit = 0;

	__asm__ volatile("lsl %1, %0" : "+r"(limit) : "r"(sel) : "cc");
	return limit;
}

static bool readable(uint32_t sel)
{
	bool ok;

	__asm__ volatile("verr %w1" : "=@ccz"(ok) : "r"(sel));
	return ok;
}

static bool writable(uint32_t sel)
{
	bool ok;

	__asm__ volatile("verw %w1" : "=@ccz"(ok) : "r"(sel));
	return ok;
}

TEST("desc", "LSL: flat segments reach at least to the hole", ONCE)
{
	uint32_t top = vmi_rom && vmi_rom->virtual_top
			       ? vmi_rom->virtual_top - 1
			       : 0xffffffff;

	check(lsl(KERNEL_DS) >= top);
	check(lsl(USER_DS) >= top);
	check(lsl(USER_CS) >= top);
}

TEST("desc", "VERR and VERW: what is readable, what is writable", ONCE)
{
	check(readable(KERNEL_CS) && readable(KERNEL_DS));
	check(readable(USER_CS) && readable(USER_DS));
	check(writable(KERNEL_DS) && writable(USER_DS));
	check(!writable(KERNEL_CS) && !writable(USER_CS));
	check(!readable(SPARE_SEL) && !writable(SPARE_SEL));
	check(!readable(TSS_SEL));
}

TEST("desc", "LAR: user segments have ring 3, the kernel's its own", ONCE)
{
	uint32_t rights = 0;

	__asm__ volatile("lar %1, %0" : "+r"(rights) : "r"(USER_DS) : "cc");
	check_eq(rights & X86_DESC_DPL, X86_DESC_DPL);
	rights = 0;
	__asm__ volatile("lar %1, %0" : "+r"(rights) : "r"(KERNEL_DS) : "cc");
	check_eq((rights & X86_DESC_DPL) >> X86_DESC_DPL_SHIFT,
		 (uint32_t)(read_cs() & 3));
	check(rights & X86_DESC_WRITABLE);
}
