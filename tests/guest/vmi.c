/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding the ROM, patching, calling.  See vmi.h. */
#include "guest.h"
#include "site.h"
#include "traps.h"
#include "vmi.h"
#include "x86-defs.h"

#define OP_CALL	      0xe8
#define OP_JUMP	      0xe9
#define OP_NOP	      0x90
#define MIN_ROM_UNITS 2

_Static_assert(VMI_NR_ENABLE == VMI_CALL_EnableInterrupts, "site.h");
_Static_assert(VMI_NR_DISABLE == VMI_CALL_DisableInterrupts, "site.h");
_Static_assert(VMI_NR_GET_MASK == VMI_CALL_GetInterruptMask, "site.h");
_Static_assert(VMI_NR_SET_MASK == VMI_CALL_SetInterruptMask, "site.h");
_Static_assert(VMI_NR_IRET == VMI_CALL_IRET, "site.h");
_Static_assert(VMI_NR_SYSEXIT == VMI_CALL_SYSEXIT, "site.h");

extern const uint32_t native_calls[VMI_NR_CALLS];

enum vmi_form vmi_form;
const struct vmi_rom_header *vmi_rom;
bool vmi_active;
uint16_t vmi_cs_before, vmi_cs_after;
uint32_t vmi_flag_after[2];
static struct vmi_reloc reloc[VMI_NR_CALLS];

/* --- The ROM ------------------------------------------------------------------ */
static bool text_is(const struct vmi_rom_header *rom, uint16_t offs,
		    const char *text)
{
	return !strcmp((const char *)rom + offs, text);
}

/* As Linux's check_vmi_rom(). */
static bool acceptable(const struct vmi_rom_header *rom)
{
	if (rom->rom_signature != VMI_ROM_SIGNATURE ||
	    rom->vrom_signature != VMI_VROM_SIGNATURE)
		return false;
	if (!rom->pci_header_offs || rom->api_major != VMI_API_MAJOR)
		return false;
	return text_is(rom, rom->license_offs, VMI_LICENSE_GPL) ||
	       text_is(rom, rom->license_offs, VMI_LICENSE_GPL_V2);
}

void vmi_probe(void)
{
	if (option("rom=off"))
		return;
	for (uint32_t at = VMI_SCAN_START; at < VMI_SCAN_END;
	     at += VMI_SCAN_STEP) {
		if (acceptable(va(at))) {
			vmi_rom = va(at);
			return;
		}
	}
}

void vmi_native(void)
{
	for (unsigned int i = 0; i < VMI_NR_CALLS; i++) {
		reloc[i].eip = native_calls[i];
		reloc[i].kind =
			native_calls[i] ? VMI_RELOC_CALL : VMI_RELOC_NONE;
	}
}

/* --- Patching ---------------------------------------------------------------------- */
static void put_rel32(uint8_t *at, uint8_t op, uint32_t target)
{
	uint32_t rel = target - ((uint32_t)(uintptr_t)at + SITE_MIN);

	at[0] = op;
	memcpy(at + 1, &rel, sizeof(rel));
}

static void patch(uint8_t *at, unsigned int len, const struct vmi_reloc *r)
{
	if (r->kind == VMI_RELOC_NONE)
		return;
	memset(at, OP_NOP, len);
	if (r->kind != VMI_RELOC_NOP)
		put_rel32(at, r->kind == VMI_RELOC_CALL ? OP_CALL : OP_JUMP,
			  r->eip);
}

typedef uint64_t (*call3_t)(uint32_t eax, uint32_t edx, uint32_t ecx);

static call3_t entry(uint32_t eip)
{
	return (call3_t)(uintptr_t)eip;
}

static void get_relocations(void)
{
	uint32_t get = (uint32_t)(uintptr_t)vmi_rom->get_reloc;

	for (uint32_t i = 0; i < VMI_NR_CALLS; i++) {
		uint64_t r = entry(get)(i, 0, 0);

		memcpy(&reloc[i], &r, sizeof(r));
	}
}

/*
 * Linux saves the flag by a native pushf before, and restores it by
 * SetInterruptMask after; in any ring but 0 that pushf shows IF set.
 */
void vmi_activate(void)
{
	uint32_t init = (uint32_t)(uintptr_t)vmi_rom->vmi_init;
	uint32_t flags = irq_flag();

	vmi_cs_before = read_cs();
	if ((uint32_t)entry(init)(0, 0, 0) != VMI_INIT_OK) {
		note("VMI_Init failed");
		vmi_native();
		return;
	}
	vmi_cs_after = read_cs();
	get_relocations();
	for (struct vmi_site *s = sites_start; s != sites_end; s++)
		patch((uint8_t *)(uintptr_t)s->at, s->len, &reloc[s->nr]);
	vmi_active = true;
	vmi_flag_after[0] = irq_flag();
	irq_set(flags);
	vmi_flag_after[1] = irq_flag();
	irq_off();
}

bool vmi_offered(unsigned int nr)
{
	return reloc[nr].kind != VMI_RELOC_NONE;
}

void vmi_replace(unsigned int nr, uint32_t target)
{
	reloc[nr].eip = target;
	reloc[nr].kind = VMI_RELOC_CALL;
}

unsigned int vmi_kind(unsigned int nr)
{
	return reloc[nr].kind;
}

uint32_t vmi_target(unsigned int nr)
{
	return reloc[nr].eip;
}

/* --- For the guest's own use ---------------------------------------------------------- */
uint64_t vmi_quick(unsigned int nr, uint32_t eax, uint32_t edx, uint32_t ecx)
{
	if (reloc[nr].kind == VMI_RELOC_CALL)
		return entry(reloc[nr].eip)(eax, edx, ecx);
	return 0;
}

uint32_t vmi_cr2(void)
{
	uint32_t cr2;

	if (vmi_active)
		return (uint32_t)vmi_quick(VMI_CALL_GetCR2, 0, 0, 0);
	__asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
	return cr2;
}

void vmi_kernel_stack(uint32_t esp0)
{
	tss.hw.esp0 = esp0;
	if (vmi_active)
		vmi_quick(VMI_CALL_UpdateKernelStack, KERNEL_DS, esp0, 0);
}

/* --- Calls with everything known --------------------------------------------------------- */
void vmi_patch_site(uint8_t *site, unsigned int nr);
void vmi_patch_site(uint8_t *site, unsigned int nr)
{
	patch(site, SITE_MIN, &reloc[nr]);
}
