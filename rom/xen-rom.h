/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Xen ROM: the option-ROM image that the adapter puts into the guest's
 * ROM area.  VMI_Init and get_reloc are called in place and lead into the
 * adapter; nothing else in it is code that a 32-bit guest runs.
 */
#ifndef VMI_XEN_ROM_H
#define VMI_XEN_ROM_H

#include "vmi-abi.h"

/* Bytes of the image: one slot of the guest's scan. */
#define XEN_ROM_SIZE 2048

/**
 * Write the image.
 * @buf, @len:   memory for it, at least XEN_ROM_SIZE bytes.
 * @virtual_top: first linear address that the guest must leave alone, page
 *		 aligned.
 * @init_eip:    linear address of VMI_Init: called with nothing, EAX = result.
 * @reloc_eip:   linear address of get_reloc: EAX = call, EDX:EAX = vmi_reloc.
 * Both are jumped to with all registers as the guest had them, and return to
 * the guest's caller by a near return.
 * Returns the image's size, or 0 when @len is too small.
 * Pure: the same arguments give the same bytes.
 */
size_t xen_rom_build(void *buf, size_t len, uint32_t virtual_top,
		     uint32_t init_eip, uint32_t reloc_eip);

#endif
