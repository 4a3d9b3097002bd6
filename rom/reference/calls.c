/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls that are one instruction or a store: processor, descriptors, page
 * tables.  The guest is in ring 0 and its page tables are the real ones, so
 * there is nothing to announce and nothing to queue.
 *
 * Arguments come in EAX, EDX, ECX and on the stack: regparm(3).  The table of
 * calls promises that EBX, ESI, EDI, EBP survive, as C does.
 */
#include "ref.h"
#include "calls.h"
#include "x86-insn.h"

/* --- Descriptor tables ------------------------------------------------------------ */
void ref_SetGDT(const struct x86_dt_ptr *p)
{
	x86_lgdt(p);
}
void ref_SetIDT(const struct x86_dt_ptr *p)
{
	x86_lidt(p);
}
void ref_SetLDT(uint32_t sel)
{
	x86_lldt((uint16_t)sel);
}

/* Dword 1 of a TSS descriptor: 1001b is available, 1011b busy. */
#define TSS_BUSY 0x200

static uint32_t *descriptor(uint32_t sel)
{
	struct x86_dt_ptr gdt;

	x86_sgdt(&gdt);
	return x86_ptr(gdt.base + (sel & X86_SEL_INDEX));
}

/* A guest may name the TSS that is loaded already: hypervisors allow it. */
void ref_SetTR(uint32_t sel)
{
	if (sel & X86_SEL_INDEX)
		descriptor(sel)[1] &= ~(uint32_t)TSS_BUSY;
	x86_ltr((uint16_t)sel);
}

void ref_GetGDT(struct x86_dt_ptr *p)
{
	x86_sgdt(p);
}
void ref_GetIDT(struct x86_dt_ptr *p)
{
	x86_sidt(p);
}
uint32_t ref_GetLDT(void)
{
	return x86_sldt();
}
uint32_t ref_GetTR(void)
{
	return x86_str();
}

static void write_entry(uint32_t *table, uint32_t index, uint32_t low,
			uint32_t high)
{
	table[index * 2] = low;
	table[index * 2 + 1] = high;
}
void ref_WriteGDTEntry(uint32_t *table, uint32_t index, uint32_t low,
		       uint32_t high)
{
	write_entry(table, index, low, high);
}
void ref_WriteLDTEntry(uint32_t *table, uint32_t index, uint32_t low,
		       uint32_t high)
{
	write_entry(table, index, low, high);
}
void ref_WriteIDTEntry(uint32_t *table, uint32_t index, uint32_t low,
		       uint32_t high)
{
	write_entry(table, index, low, high);
}

/*
 * In the TSS that the task register names; there may be none yet.  ss0 stays
 * what it is.
 */
void ref_UpdateKernelStack(uint32_t ss0, uint32_t esp0)
{
	const uint32_t *desc;
	uint32_t base;

	(void)ss0;
	if (!(x86_str() & X86_SEL_INDEX))
		return;
	desc = descriptor(x86_str());
	base = desc[0] >> 16 | (desc[1] & 0xff) << 16 | (desc[1] & 0xff000000);
	*(volatile uint32_t *)x86_ptr(base + X86_TSS_ESP0) = esp0;
}

/* --- Control and debug registers ---------------------------------------------------- */
void ref_SetCR0(uint32_t v)
{
	x86_write_cr0(v);
}
void ref_SetCR2(uint32_t v)
{
	x86_write_cr2(v);
}
void ref_SetCR3(uint32_t v)
{
	x86_write_cr3(v);
}
void ref_SetCR4(uint32_t v)
{
	x86_write_cr4(v);
}
uint32_t ref_GetCR0(void)
{
	return x86_read_cr0();
}
uint32_t ref_GetCR2(void)
{
	return x86_read_cr2();
}
uint32_t ref_GetCR3(void)
{
	return x86_read_cr3();
}
uint32_t ref_GetCR4(void)
{
	return x86_read_cr4();
}
void ref_CLTS(void)
{
	x86_clts();
}
void ref_WBINVD(void)
{
	x86_wbinvd();
}
uint64_t ref_RDTSC(void)
{
	return x86_rdtsc();
}

/* 4 and 5 are 6 and 7; while CR4.DE is set they would fault, and are nothing. */
static uint32_t dr_number(uint32_t nr)
{
	return (nr == 4 || nr == 5) && !(x86_read_cr4() & X86_CR4_DE) ? nr + 2
								      : nr;
}

void ref_SetDR(uint32_t nr, uint32_t v)
{
	nr = dr_number(nr);
	if (nr == 0)
		x86_write_dr0(v);
	else if (nr == 1)
		x86_write_dr1(v);
	else if (nr == 2)
		x86_write_dr2(v);
	else if (nr == 3)
		x86_write_dr3(v);
	else if (nr == 6)
		x86_write_dr6(v);
	else if (nr == 7)
		x86_write_dr7(v);
}

uint32_t ref_GetDR(uint32_t nr)
{
	nr = dr_number(nr);
	if (nr == 0)
		return x86_read_dr0();
	if (nr == 1)
		return x86_read_dr1();
	if (nr == 2)
		return x86_read_dr2();
	if (nr == 3)
		return x86_read_dr3();
	if (nr == 6)
		return x86_read_dr6();
	return nr == 7 ? x86_read_dr7() : 0;
}

void ref_SetIOPLMask(uint32_t mask)
{
	uint32_t flags = x86_read_flags() & ~X86_EFLAGS_IOPL;

	x86_write_flags(flags | (mask & X86_EFLAGS_IOPL));
}

/* --- Page tables --------------------------------------------------------------------- */
void ref_SetPxE(uint32_t value, volatile uint32_t *entry)
{
	*entry = value;
}

/* At once: the processor must never see half of an entry. */
void ref_SetPxELong(uint32_t low, uint32_t high, volatile uint64_t *entry)
{
	uint64_t old = *entry;

	__asm__ volatile("1: lock cmpxchg8b (%1)\n\t"
			 "jnz 1b"
			 : "+A"(old)
			 : "D"(entry), "b"(low), "c"(high)
			 : "memory", "cc");
}

/* The tables are the real ones: what the guest has done is done. */
void ref_UpdatePxE(void)
{
}
void ref_UpdatePxELong(void)
{
}
void ref_AllocatePage(void)
{
}
void ref_ReleasePage(void)
{
}
void ref_SetLinearMapping(void)
{
}
void ref_SetLazyMode(void)
{
}

void ref_InvalPage(uint32_t va)
{
	x86_invlpg(va);
}

void ref_FlushTLB(uint32_t flags)
{
	uint32_t cr4 = x86_read_cr4();

	if ((flags & VMI_FLUSH_GLOBAL) && (cr4 & X86_CR4_PGE)) {
		x86_write_cr4(cr4 & ~(uint32_t)X86_CR4_PGE);
		x86_write_cr4(cr4);
	} else {
		x86_write_cr3(x86_read_cr3());
	}
}

/* --- Halt and the end ----------------------------------------------------------------- */
void ref_Halt(void)
{
	time_service();
	x86_sti_hlt();
}

void ref_Shutdown(void)
{
	for (;;) {
		x86_cli();
		x86_hlt();
	}
}

/* The keyboard controller's pulse, then the chip set's; the last resort. */
void ref_Reboot(void)
{
	struct x86_dt_ptr none = { 0, 0 };

	outb(KBD_CMD_RESET, PORT_KBD_CMD);
	outb(RESET_HARD, PORT_RESET);
	x86_lidt(&none);
	x86_ud2();
}
