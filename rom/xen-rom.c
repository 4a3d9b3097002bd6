/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Builds the Xen ROM: header, PCI and PnP headers, strings, two jumps.
 *
 * Source: VMI specification, ROM detection and data layout; PCI firmware
 * specification (PCIR); Plug and Play BIOS specification ($PnP).
 */
#include "xen-rom.h"
#include "lib/string.h"

/* Instructions, 16 bit: xor %ax, %ax; lret.  AX = 0: no device was found. */
#define INSN16_XOR_AX_0 0x31
#define INSN16_XOR_AX_1 0xc0
#define INSN16_LRET	0xcb
/* Instructions, 32 bit. */
#define INSN_PUSH_IMM32 0x68
#define INSN_RET	0xc3
#define INSN_INT3	0xcc

#define ROM_VERSION_MAJOR 0
#define ROM_VERSION_MINOR 1

/* PCI class 05h, memory controller: what the device is on VMware too. */
#define CLASS_MEMORY	   0x05
#define CLASS_MEMORY_OTHER 0x80
#define PNP_TYPE_MEMORY	   0x05
#define PNP_INDICATOR_NONE 0
#define PNP_DEVICE_ID	   0

static const char license[] = VMI_LICENSE_GPL_V2;
static const char manufacturer[] = "vmi-xen";
static const char product[] = "VMI ROM for Xen";

/* The whole image; what follows it is padding. */
struct xen_rom {
	struct vmi_rom_header header;
	struct vmi_pci_header pci __attribute__((aligned(4)));
	struct vmi_pnp_header pnp __attribute__((aligned(16)));
	char license[sizeof(license)];
	char manufacturer[sizeof(manufacturer)];
	char product[sizeof(product)];
};
_Static_assert(sizeof(struct xen_rom) <= XEN_ROM_SIZE, "fits in its slot");
_Static_assert(XEN_ROM_SIZE % VMI_SCAN_STEP == 0, "whole slots");

/* What is to be added to make the sum of the bytes zero. */
static uint8_t checksum(const void *p, size_t n)
{
	const uint8_t *b = p;
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += b[i];
	return (uint8_t)(0 - sum);
}

/*
 * push $eip; ret: EAX is an argument of get_reloc, and no register is free
 * that a caller could not look at.
 */
static void entry_jump(uint8_t entry[VMI_ROM_ENTRY_SIZE], uint32_t eip)
{
	memset(entry, INSN_INT3, VMI_ROM_ENTRY_SIZE);
	entry[0] = INSN_PUSH_IMM32;
	memcpy(&entry[1], &eip, sizeof(eip));
	entry[1 + sizeof(eip)] = INSN_RET;
}

static void build_header(struct vmi_rom_header *h, uint32_t virtual_top)
{
	h->rom_signature = VMI_ROM_SIGNATURE;
	h->rom_length = XEN_ROM_SIZE / VMI_ROM_UNIT;
	h->rom_entry[0] = INSN16_XOR_AX_0;
	h->rom_entry[1] = INSN16_XOR_AX_1;
	h->rom_entry[2] = INSN16_LRET;
	h->vrom_signature = VMI_VROM_SIGNATURE;
	h->api_minor = VMI_API_MINOR;
	h->api_major = VMI_API_MAJOR;
	h->virtual_top = virtual_top;
	h->license_offs = offsetof(struct xen_rom, license);
	h->pci_header_offs = offsetof(struct xen_rom, pci);
	h->pnp_header_offs = offsetof(struct xen_rom, pnp);
}

static void build_pci(struct vmi_pci_header *p)
{
	p->signature = VMI_PCI_SIGNATURE;
	p->vendor = VMI_PCI_VENDOR;
	p->device = VMI_PCI_DEVICE;
	p->length = VMI_PCI_HEADER_SIZE;
	p->class_code[1] = CLASS_MEMORY_OTHER;
	p->class_code[2] = CLASS_MEMORY;
	p->image_length = XEN_ROM_SIZE / VMI_ROM_UNIT;
	p->rom_version_min = ROM_VERSION_MINOR;
	p->rom_version_maj = ROM_VERSION_MAJOR;
	p->code_type = VMI_PCI_CODE_PC;
	p->indicator = VMI_PCI_LAST_IMAGE;
}

static void build_pnp(struct vmi_pnp_header *p)
{
	p->signature = VMI_PNP_SIGNATURE;
	p->revision = VMI_PNP_REVISION;
	p->length = VMI_PNP_HEADER_SIZE / VMI_PNP_UNIT;
	p->device_id = PNP_DEVICE_ID;
	p->manufacturer_offs = offsetof(struct xen_rom, manufacturer);
	p->product_offs = offsetof(struct xen_rom, product);
	p->type[0] = PNP_TYPE_MEMORY;
	p->type[1] = CLASS_MEMORY_OTHER;
	p->indicators = PNP_INDICATOR_NONE;
	p->checksum = checksum(p, sizeof(*p));
}

size_t xen_rom_build(void *buf, size_t len, uint32_t virtual_top,
		     uint32_t init_eip, uint32_t reloc_eip)
{
	struct xen_rom *rom = buf;

	if (len < XEN_ROM_SIZE)
		return 0;

	memset(rom, 0, XEN_ROM_SIZE);
	build_header(&rom->header, virtual_top);
	build_pci(&rom->pci);
	build_pnp(&rom->pnp);
	memcpy(rom->license, license, sizeof(license));
	memcpy(rom->manufacturer, manufacturer, sizeof(manufacturer));
	memcpy(rom->product, product, sizeof(product));
	entry_jump(rom->header.vmi_init, init_eip);
	entry_jump(rom->header.get_reloc, reloc_eip);
	rom->header.rom_checksum = checksum(rom, XEN_ROM_SIZE);
	return XEN_ROM_SIZE;
}
