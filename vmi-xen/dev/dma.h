/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest memory as a device's bus master sees it. */
#ifndef VMI_DEV_DMA_H
#define VMI_DEV_DMA_H

#include "types.h"

/* Where there is no RAM, reads give all ones and writes are lost. */
struct dma_host {
	void (*read)(void *opaque, void *dst, gpa_t gpa, uint32_t len);
	void (*write)(void *opaque, gpa_t gpa, const void *src, uint32_t len);
	void *opaque;
};

#endif
