/* SPDX-License-Identifier: GPL-2.0-only */
/* The ROM's header, VMI_Init's outcome, relocations. */
#include "guest.h"
#include "vmi.h"
#include "x86-defs.h"

#define RPL	       3
#define NR_BEYOND      1000
#define PRINTABLE_MIN  ' '
#define PRINTABLE_MAX  '~'
#define HOLE_ALIGNMENT 0x400000

static const struct vmi_rom_header *rom(void)
{
	if (!vmi_rom)
		skip("no ROM");
	return vmi_rom;
}

static uint8_t sum(const void *p, uint32_t n)
{
	const uint8_t *b = p;
	uint8_t s = 0;

	while (n--)
		s = (uint8_t)(s + *b++);
	return s;
}

static void check_string(uint16_t offs)
{
	const char *s = (const char *)rom() + offs;

	check(offs >= VMI_ROM_HEADER_SIZE);
	check(*s);
	for (; *s; s++)
		check(*s >= PRINTABLE_MIN && *s <= PRINTABLE_MAX);
}

TEST("rom", "header", BEFORE)
{
	const struct vmi_rom_header *h = rom();
	uint32_t at = pa(h);

	check_eq(h->api_major, VMI_API_MAJOR);
	check_eq(h->api_minor, VMI_API_MINOR);
	check(h->rom_length > 0);
	check(at + h->rom_length * VMI_ROM_UNIT <= VMI_SCAN_END);
	check_eq(sum(h, h->rom_length * VMI_ROM_UNIT), 0);
	check_string(h->license_offs);
}

TEST("rom", "virtual_top leaves room for kernel and fixmap", BEFORE)
{
	uint32_t top = rom()->virtual_top;

	check_eq(top % HOLE_ALIGNMENT, 0);
	check(top > TEST_VA + HOLE_ALIGNMENT || top == 0);
}

TEST("rom", "PCI header", BEFORE)
{
	const struct vmi_pci_header *p =
		(const void *)((const uint8_t *)rom() + rom()->pci_header_offs);

	check_eq(p->signature, VMI_PCI_SIGNATURE);
	check_eq(p->vendor, VMI_PCI_VENDOR);
	check_eq(p->device, VMI_PCI_DEVICE);
	check_eq(p->code_type, VMI_PCI_CODE_PC);
	check_eq(p->image_length, rom()->rom_length);
	check(p->indicator & VMI_PCI_LAST_IMAGE);
}

TEST("rom", "PnP header", BEFORE)
{
	const struct vmi_pnp_header *p =
		(const void *)((const uint8_t *)rom() + rom()->pnp_header_offs);

	check_eq(p->signature, VMI_PNP_SIGNATURE);
	check_eq(sum(p, p->length * VMI_PNP_UNIT), 0);
	check_string(p->manufacturer_offs);
	check_string(p->product_offs);
}

TEST("rom", "VMI_Init returns, in a ring below user mode", ONCE)
{
	rom();
	check(vmi_active);
	check((vmi_cs_after & RPL) <= 2);
	check_eq(vmi_cs_after & ~RPL, KERNEL_CS);
	check_eq(read_cs(), vmi_cs_after);
	/* Before, it may run where it likes; Linux does not look. */
	check_eq(vmi_cs_before & ~RPL, KERNEL_CS);
}

TEST("rom", "interrupts are still off after VMI_Init", ONCE)
{
	rom();
	check_eq(vmi_flag_after[0], 0);
}

TEST("rom", "SetInterruptMask with an old pushf's value leaves them off", ONCE)
{
	rom();
	check_eq(vmi_flag_after[1], 0);
}

TEST("rom", "relocations are of a known kind, below the hole or in it", ONCE)
{
	rom();
	for (unsigned int i = 0; i < VMI_NR_CALLS; i++) {
		unsigned int kind = vmi_kind(i);

		check(kind <= VMI_RELOC_NOP);
		if (kind == VMI_RELOC_CALL || kind == VMI_RELOC_JUMP)
			check(vmi_target(i) >= PAGE_OFFSET);
	}
}

TEST("rom", "calls that Linux patches without asking are offered", ONCE)
{
	static const uint8_t needed[] = {
		VMI_CALL_IRET,
		VMI_CALL_SYSEXIT,
		VMI_CALL_EnableInterrupts,
		VMI_CALL_DisableInterrupts,
		VMI_CALL_GetInterruptMask,
		VMI_CALL_SetInterruptMask,
	};

	rom();
	for (unsigned int i = 0; i < ARRAY_SIZE(needed); i++) {
		check(vmi_kind(needed[i]) != VMI_RELOC_NONE);
		check(vmi_kind(needed[i]) != VMI_RELOC_NOP);
	}
}

TEST("rom", "undocumented calls are not offered", ONCE)
{
	rom();
	check_eq(vmi_kind(VMI_CALL_MachineToPhysical), VMI_RELOC_NONE);
	check_eq(vmi_kind(VMI_CALL_PhysicalToMachine), VMI_RELOC_NONE);
	check_eq(vmi_kind(VMI_CALL_SetCallbacks), VMI_RELOC_NONE);
}

typedef uint64_t (*reloc_t)(uint32_t nr);

TEST("rom", "get_reloc of numbers that do not exist says NONE", ONCE)
{
	reloc_t get = (reloc_t)(uintptr_t)rom()->get_reloc;

	check_eq((get(VMI_NR_CALLS) >> 32) & 0xff, VMI_RELOC_NONE);
	check_eq((get(NR_BEYOND) >> 32) & 0xff, VMI_RELOC_NONE);
	check_eq((get(0xffffffff) >> 32) & 0xff, VMI_RELOC_NONE);
}

TEST("rom", "get_reloc answers the same twice", ONCE)
{
	reloc_t get = (reloc_t)(uintptr_t)rom()->get_reloc;

	for (unsigned int i = 0; i < VMI_NR_CALLS; i++) {
		uint64_t r = get(i);

		check_eq((uint32_t)r, vmi_target(i));
		check_eq((r >> 32) & 0xff, vmi_kind(i));
	}
}
