/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads and checks a VMI ROM image: any maker's, nothing is trusted.
 *
 * What is checked is what the specification demands, what Linux's probe
 * refuses, and what a BIOS needs to take the image at all.
 */
#ifndef VMI_ROMPARSE_H
#define VMI_ROMPARSE_H

#include "vmi-abi.h"

/*
 * ROM_PROBLEM(id, name, severity, sentence).  An error: a guest or a BIOS
 * refuses the ROM, or it cannot work.  A warning: odd, but it may work.
 */
/* clang-format off */
#define ROM_PROBLEMS \
	ROM_PROBLEM(TOO_SHORT, "too-short", ERROR, \
		    "the file is shorter than the header") \
	ROM_PROBLEM(SIGNATURE, "signature", ERROR, \
		    "it does not start with 55 AA") \
	ROM_PROBLEM(VROM_SIGNATURE, "vmi-signature", ERROR, \
		    "no \"cVmi\": an option ROM, but not of VMI") \
	ROM_PROBLEM(LENGTH, "length", ERROR, \
		    "its length is less than the header's") \
	ROM_PROBLEM(TRUNCATED, "truncated", ERROR, \
		    "the file is shorter than its header says") \
	ROM_PROBLEM(TOO_LARGE, "too-large", ERROR, \
		    "it does not fit between C0000 and DFFFF") \
	ROM_PROBLEM(TRAILING, "trailing", WARNING, \
		    "the file is longer than its header says") \
	ROM_PROBLEM(CHECKSUM, "checksum", ERROR, \
		    "its bytes do not sum up to 0 (a BIOS refuses it)") \
	ROM_PROBLEM(ENTRY, "bios-entry", ERROR, \
		    "no code for the BIOS at 03h") \
	ROM_PROBLEM(API_MAJOR, "api-version", ERROR, \
		    "not API 3 (Linux refuses it)") \
	ROM_PROBLEM(API_MINOR, "api-minor", WARNING, \
		    "a newer minor API version than 3.0") \
	ROM_PROBLEM(LICENSE, "license-missing", ERROR, \
		    "no license string (Linux refuses it)") \
	ROM_PROBLEM(LICENSE_GPL, "license-not-gpl", ERROR, \
		    "license is neither \"GPL\" nor \"GPL v2\" (Linux refuses it)") \
	ROM_PROBLEM(PCI, "pci-header", ERROR, \
		    "no PCI header (Linux refuses it)") \
	ROM_PROBLEM(PCI_SIGNATURE, "pci-signature", ERROR, \
		    "the PCI header does not start with PCIR") \
	ROM_PROBLEM(PCI_IDS, "pci-ids", WARNING, \
		    "not 15AD:0801 (Linux: ROM from unknown manufacturer)") \
	ROM_PROBLEM(PCI_LENGTH, "pci-length", WARNING, \
		    "the PCI header says another length of the image") \
	ROM_PROBLEM(PCI_LAST, "pci-last-image", WARNING, \
		    "the PCI header says that more images follow") \
	ROM_PROBLEM(PNP, "pnp-header", ERROR, \
		    "the PnP header is outside the image") \
	ROM_PROBLEM(PNP_NONE, "pnp-none", WARNING, \
		    "no PnP header: nameless, and BIOSes may not call it") \
	ROM_PROBLEM(PNP_SIGNATURE, "pnp-signature", ERROR, \
		    "the PnP header does not start with $PnP") \
	ROM_PROBLEM(PNP_CHECKSUM, "pnp-checksum", WARNING, \
		    "the PnP header's bytes do not sum up to 0") \
	ROM_PROBLEM(MANUFACTURER, "manufacturer", ERROR, \
		    "the manufacturer's string is outside the image") \
	ROM_PROBLEM(PRODUCT, "product", ERROR, \
		    "the product's string is outside the image") \
	ROM_PROBLEM(TOP_ALIGN, "virtual-top-unaligned", ERROR, \
		    "virtual_top is not on a page boundary") \
	ROM_PROBLEM(TOP_ZERO, "virtual-top-zero", WARNING, \
		    "virtual_top is 0: nothing is reserved for the hypervisor") \
	ROM_PROBLEM(TOP_LOW, "virtual-top-low", WARNING, \
		    "virtual_top leaves less than 256 MB to a kernel at 3 GB") \
	ROM_PROBLEM(INIT, "vmi-init", ERROR, \
		    "no code for VMI_Init at 80h") \
	ROM_PROBLEM(GET_RELOC, "get-reloc", ERROR, \
		    "no code for get_reloc at 88h") \
	ROM_PROBLEM(OVERLAP, "overlap", ERROR, \
		    "a string or header lies over the ROM header's own fields")
/* clang-format on */

enum rom_problem {
#define ROM_PROBLEM(id, name, severity, sentence) ROM_##id,
	ROM_PROBLEMS
#undef ROM_PROBLEM
		ROM_NR_PROBLEMS
};
_Static_assert((int)ROM_NR_PROBLEMS <= 32, "one bit each");

/* A string of the image; p is NULL when there is none. */
struct rom_string {
	const char *p;
	size_t len;
};

struct rom_info {
	struct vmi_rom_header header; /* zero beyond the file's end */
	uint32_t size;		      /* by the header, in bytes */
	uint8_t sum;		      /* of its bytes */
	bool has_pci, has_pnp;
	struct vmi_pci_header pci;
	struct vmi_pnp_header pnp;
	struct rom_string license, manufacturer, product;
	uint32_t problems; /* BIT(enum rom_problem) */
};

/**
 * Parse @len bytes at @buf into @info.  Strings point into @buf.
 * Returns true when there is no error; warnings do not count.  Never reads
 * outside @buf, whatever is in it.
 */
bool rom_parse(const void *buf, size_t len, struct rom_info *info);

/** Short name of a problem, for scripts. */
const char *rom_problem_name(enum rom_problem p);
/** The same as a sentence. */
const char *rom_problem_text(enum rom_problem p);
bool rom_problem_is_error(enum rom_problem p);

#endif
