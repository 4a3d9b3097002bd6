/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI API 3.0 as a guest and a ROM see it: the ROM's header, calling
 * convention, flags and structures.  The calls themselves: vmi-calls.def.
 *
 * Sources: "Paravirtualization API Version 2.0" (VMware, 2006) and the client,
 * Linux 2.6.21 to 2.6.36; where they differ, the client is right.
 *
 * Convention: EAX, EDX, ECX, then the stack ([ESP+4] at entry is the first
 * word), the caller pops; results in EAX or EDX:EAX.  CS, SS, DS, ES flat
 * (IRET, SYSEXIT and the interrupt-flag calls: CS and SS only).
 */
#ifndef VMI_ABI_H
#define VMI_ABI_H

#include "types.h"

#define VMI_API_MAJOR 3
#define VMI_API_MINOR 0
#define VMI_NR_CALLS  74

/* --- Where a guest looks for a ROM, and what it calls there -------------------- */
#define VMI_SCAN_START 0xc0000
#define VMI_SCAN_END   0xe0000
#define VMI_SCAN_STEP  2048

#define VMI_ROM_SIGNATURE  0xaa55     /* 55 AA */
#define VMI_VROM_SIGNATURE 0x696d5663 /* "cVmi" */
#define VMI_ROM_UNIT	   512	      /* rom_length counts these */

/* Byte offsets of struct vmi_rom_header. */
#define VMI_ROM_OFF_SIGNATURE	0x00
#define VMI_ROM_OFF_LENGTH	0x02
#define VMI_ROM_OFF_ENTRY	0x03
#define VMI_ROM_OFF_CHECKSUM	0x07
#define VMI_ROM_OFF_VROM	0x08
#define VMI_ROM_OFF_API_MINOR	0x0c
#define VMI_ROM_OFF_API_MAJOR	0x0d
#define VMI_ROM_OFF_JUMP_SLOTS	0x0e
#define VMI_ROM_OFF_VIRTUAL_TOP 0x10
#define VMI_ROM_OFF_LICENSE	0x16
#define VMI_ROM_OFF_PCI		0x18
#define VMI_ROM_OFF_PNP		0x1a
#define VMI_ROM_OFF_INIT	0x80
#define VMI_ROM_OFF_GET_RELOC	0x88
#define VMI_ROM_ENTRY_SIZE	8
#define VMI_ROM_HEADER_SIZE	0x90

#define VMI_PCI_SIGNATURE   0x52494350 /* "PCIR" */
#define VMI_PCI_VENDOR	    0x15ad     /* VMware */
#define VMI_PCI_DEVICE	    0x0801     /* its VMI device */
#define VMI_PCI_CODE_PC	    0	       /* code type: PC-AT */
#define VMI_PCI_LAST_IMAGE  0x80
#define VMI_PCI_HEADER_SIZE 0x18
#define VMI_PNP_SIGNATURE   0x506e5024 /* "$PnP" */
#define VMI_PNP_REVISION    1
#define VMI_PNP_HEADER_SIZE 0x20
#define VMI_PNP_UNIT	    16 /* its length counts these */

#define VMI_LICENSE_GPL	   "GPL" /* one of the two, or Linux refuses */
#define VMI_LICENSE_GPL_V2 "GPL v2"

/* --- VMI_Init: result in EAX --------------------------------------------------- */
#define VMI_INIT_OK   0
#define VMI_INIT_FAIL 0xffffffff /* guest carries on natively */

/* --- get_reloc: EAX = call number; EAX = address, DL = kind ---------------------- */
#define VMI_RELOC_NONE 0 /* not offered: leave the native code */
#define VMI_RELOC_CALL 1
#define VMI_RELOC_JUMP 2
#define VMI_RELOC_NOP  3

/* --- Page-table calls: level and flags ------------------------------------------ */
#define VMI_PAGE_PT    0x01
#define VMI_PAGE_PD    0x02
#define VMI_PAGE_PDP   0x04
#define VMI_PAGE_PML4  0x08
#define VMI_PAGE_LEVEL 0x0f
/* SetPxE, SetPxELong, UpdatePxE, UpdatePxELong */
#define VMI_PAGE_CURRENT_AS 0x10 /* bits 31-12: linear address that it maps */
#define VMI_PAGE_DEFER	    0x20 /* may wait for the next TLB invalidation */
#define VMI_PAGE_VA	    0xfffff000
/* AllocatePage, ReleasePage */
#define VMI_PAGE_PAE	0x10
#define VMI_PAGE_CLONE	0x20
#define VMI_PAGE_ZEROED 0x40 /* not to be trusted: Linux sets it always */

/* FlushTLB */
#define VMI_FLUSH_TLB	 0x01
#define VMI_FLUSH_GLOBAL 0x02

/* SetLinearMapping */
#define VMI_NR_LINEAR_SLOTS 4

/* SetLazyMode; the modes never nest */
#define VMI_LAZY_NONE 0
#define VMI_LAZY_MMU  1
#define VMI_LAZY_CPU  2

/* Reboot */
#define VMI_REBOOT_SOFT 0
#define VMI_REBOOT_HARD 1

/* --- Time --------------------------------------------------------------------------- */
#define VMI_CYCLES_REAL	     0
#define VMI_CYCLES_AVAILABLE 1
#define VMI_CYCLES_STOLEN    2
#define VMI_NR_CYCLES	     3

#define VMI_ALARM_COUNTER    0x000000ff /* VMI_CYCLES_* */
#define VMI_ALARM_PERIODIC   0x00000100
#define VMI_ALARM_WIRED_LVTT 0x00010000 /* else IRQ 0 of the 8259 */

/* --- SetInitialAPState: byte offsets of struct vmi_ap_state ------------------------------ */
#define VMI_AP_CR0	  0x00
#define VMI_AP_CR2	  0x04
#define VMI_AP_CR3	  0x08
#define VMI_AP_CR4	  0x0c
#define VMI_AP_EFER	  0x10
#define VMI_AP_EIP	  0x18
#define VMI_AP_EFLAGS	  0x1c
#define VMI_AP_EAX	  0x20
#define VMI_AP_EBX	  0x24
#define VMI_AP_ECX	  0x28
#define VMI_AP_EDX	  0x2c
#define VMI_AP_ESP	  0x30
#define VMI_AP_EBP	  0x34
#define VMI_AP_ESI	  0x38
#define VMI_AP_EDI	  0x3c
#define VMI_AP_CS	  0x40
#define VMI_AP_SS	  0x42
#define VMI_AP_DS	  0x44
#define VMI_AP_ES	  0x46
#define VMI_AP_FS	  0x48
#define VMI_AP_GS	  0x4a
#define VMI_AP_LDTR	  0x4c
#define VMI_AP_GDTR_LIMIT 0x4e
#define VMI_AP_GDTR_BASE  0x50
#define VMI_AP_IDTR_BASE  0x54
#define VMI_AP_IDTR_LIMIT 0x58
#define VMI_AP_SIZE	  0x5a

#ifndef __ASSEMBLER__

#define VMI_CALL(nr, name, ...) VMI_CALL_##name = (nr),
enum vmi_call {
#include "vmi-calls.def"
};

/* Contract classes of vmi-calls.def. */
enum vmi_class {
	VMI_CLASS_STD,
	VMI_CLASS_FLAGS,
	VMI_CLASS_FRAME,
	VMI_CLASS_NORET,
	VMI_CLASS_NONE,
};

struct vmi_rom_header {
	uint16_t rom_signature;	 /* VMI_ROM_SIGNATURE */
	uint8_t rom_length;	 /* VMI_ROM_UNITs */
	uint8_t rom_entry[4];	 /* 16-bit code that the BIOS calls */
	uint8_t rom_checksum;	 /* makes the bytes' sum 0; Linux: rom_pad0 */
	uint32_t vrom_signature; /* VMI_VROM_SIGNATURE */
	uint8_t api_minor, api_major;
	uint8_t jump_slots; /* fixed 32-byte slots of older APIs; 0 */
	uint8_t reserved1;
	uint32_t virtual_top; /* the hypervisor owns linear space from here */
	uint16_t reserved2;
	uint16_t license_offs; /* offsets in the image */
	uint16_t pci_header_offs;
	uint16_t pnp_header_offs;
	uint32_t rom_pad3;
	uint8_t reserved3[96];
	uint8_t vmi_init[VMI_ROM_ENTRY_SIZE];  /* code */
	uint8_t get_reloc[VMI_ROM_ENTRY_SIZE]; /* code */
} __attribute__((packed));

struct vmi_pci_header {
	uint32_t signature; /* VMI_PCI_SIGNATURE */
	uint16_t vendor, device;
	uint16_t vpd;
	uint16_t length; /* of this structure */
	uint8_t revision;
	uint8_t class_code[3]; /* interface, subclass, base */
	uint16_t image_length; /* VMI_ROM_UNITs */
	uint8_t rom_version_min, rom_version_maj;
	uint8_t code_type; /* VMI_PCI_CODE_PC */
	uint8_t indicator; /* VMI_PCI_LAST_IMAGE */
	uint16_t reserved;
} __attribute__((packed));

struct vmi_pnp_header {
	uint32_t signature; /* VMI_PNP_SIGNATURE */
	uint8_t revision;
	uint8_t length; /* VMI_PNP_UNITs */
	uint16_t next;	/* offset of the next such header, 0 */
	uint8_t reserved1;
	uint8_t checksum; /* makes this header's sum 0 */
	uint32_t device_id;
	uint16_t manufacturer_offs, product_offs; /* strings */
	uint8_t type[3];
	uint8_t indicators;
	uint16_t boot_connection, disconnect, bootstrap_entry; /* 0: none */
	uint16_t reserved2;
	uint16_t resources;
} __attribute__((packed));

/* What get_reloc returns in EDX:EAX. */
struct vmi_reloc {
	uint32_t eip;
	uint8_t kind; /* VMI_RELOC_* */
	uint8_t reserved[3];
} __attribute__((packed));

struct vmi_ap_state {
	uint32_t cr0, cr2, cr3, cr4;
	uint64_t efer;
	uint32_t eip, eflags;
	uint32_t eax, ebx, ecx, edx, esp, ebp, esi, edi;
	uint16_t cs, ss, ds, es, fs, gs, ldtr;
	uint16_t gdtr_limit;
	uint32_t gdtr_base, idtr_base;
	uint16_t idtr_limit;
} __attribute__((packed));

#define VMI_AT(type, field, off)                                               \
	_Static_assert(offsetof(struct type, field) == (off), #type "." #field)
VMI_AT(vmi_rom_header, rom_signature, VMI_ROM_OFF_SIGNATURE);
VMI_AT(vmi_rom_header, rom_length, VMI_ROM_OFF_LENGTH);
VMI_AT(vmi_rom_header, rom_entry, VMI_ROM_OFF_ENTRY);
VMI_AT(vmi_rom_header, rom_checksum, VMI_ROM_OFF_CHECKSUM);
VMI_AT(vmi_rom_header, vrom_signature, VMI_ROM_OFF_VROM);
VMI_AT(vmi_rom_header, api_minor, VMI_ROM_OFF_API_MINOR);
VMI_AT(vmi_rom_header, api_major, VMI_ROM_OFF_API_MAJOR);
VMI_AT(vmi_rom_header, jump_slots, VMI_ROM_OFF_JUMP_SLOTS);
VMI_AT(vmi_rom_header, virtual_top, VMI_ROM_OFF_VIRTUAL_TOP);
VMI_AT(vmi_rom_header, license_offs, VMI_ROM_OFF_LICENSE);
VMI_AT(vmi_rom_header, pci_header_offs, VMI_ROM_OFF_PCI);
VMI_AT(vmi_rom_header, pnp_header_offs, VMI_ROM_OFF_PNP);
VMI_AT(vmi_rom_header, vmi_init, VMI_ROM_OFF_INIT);
VMI_AT(vmi_rom_header, get_reloc, VMI_ROM_OFF_GET_RELOC);
_Static_assert(sizeof(struct vmi_rom_header) == VMI_ROM_HEADER_SIZE, "ROM");
VMI_AT(vmi_pci_header, vendor, 0x04);
VMI_AT(vmi_pci_header, device, 0x06);
VMI_AT(vmi_pci_header, rom_version_min, 0x12);
VMI_AT(vmi_pci_header, rom_version_maj, 0x13);
_Static_assert(sizeof(struct vmi_pci_header) == VMI_PCI_HEADER_SIZE, "PCI");
VMI_AT(vmi_pnp_header, manufacturer_offs, 0x0e);
VMI_AT(vmi_pnp_header, product_offs, 0x10);
_Static_assert(sizeof(struct vmi_pnp_header) == VMI_PNP_HEADER_SIZE, "PnP");
_Static_assert(sizeof(struct vmi_reloc) == sizeof(uint64_t), "reloc");
VMI_AT(vmi_ap_state, cr0, VMI_AP_CR0);
VMI_AT(vmi_ap_state, cr2, VMI_AP_CR2);
VMI_AT(vmi_ap_state, cr3, VMI_AP_CR3);
VMI_AT(vmi_ap_state, cr4, VMI_AP_CR4);
VMI_AT(vmi_ap_state, efer, VMI_AP_EFER);
VMI_AT(vmi_ap_state, eip, VMI_AP_EIP);
VMI_AT(vmi_ap_state, eflags, VMI_AP_EFLAGS);
VMI_AT(vmi_ap_state, eax, VMI_AP_EAX);
VMI_AT(vmi_ap_state, ebx, VMI_AP_EBX);
VMI_AT(vmi_ap_state, ecx, VMI_AP_ECX);
VMI_AT(vmi_ap_state, edx, VMI_AP_EDX);
VMI_AT(vmi_ap_state, esp, VMI_AP_ESP);
VMI_AT(vmi_ap_state, ebp, VMI_AP_EBP);
VMI_AT(vmi_ap_state, esi, VMI_AP_ESI);
VMI_AT(vmi_ap_state, edi, VMI_AP_EDI);
VMI_AT(vmi_ap_state, cs, VMI_AP_CS);
VMI_AT(vmi_ap_state, ss, VMI_AP_SS);
VMI_AT(vmi_ap_state, ds, VMI_AP_DS);
VMI_AT(vmi_ap_state, es, VMI_AP_ES);
VMI_AT(vmi_ap_state, fs, VMI_AP_FS);
VMI_AT(vmi_ap_state, gs, VMI_AP_GS);
VMI_AT(vmi_ap_state, ldtr, VMI_AP_LDTR);
VMI_AT(vmi_ap_state, gdtr_limit, VMI_AP_GDTR_LIMIT);
VMI_AT(vmi_ap_state, gdtr_base, VMI_AP_GDTR_BASE);
VMI_AT(vmi_ap_state, idtr_base, VMI_AP_IDTR_BASE);
VMI_AT(vmi_ap_state, idtr_limit, VMI_AP_IDTR_LIMIT);
_Static_assert(sizeof(struct vmi_ap_state) == VMI_AP_SIZE, "AP state");

/* 74 rows, numbered 0-73 in this order. */
#define VMI_CALL(nr, name, ...) +1
_Static_assert((0
#include "vmi-calls.def"
		) == VMI_NR_CALLS,
	       "vmi-calls.def has 74 rows");
#define VMI_CALL(nr, name, ...) VMI_ROW_##name,
enum vmi_call_row {
#include "vmi-calls.def"
};
#define VMI_CALL(nr, name, ...)                                                \
	_Static_assert((nr) == (int)VMI_ROW_##name, #name ": row and number");
#include "vmi-calls.def"

#endif /* !__ASSEMBLER__ */
#endif
