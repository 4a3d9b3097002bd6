/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a frame has TCP's or UDP's checksum, and what it must be. */
#ifndef VMI_DEV_CSUM_H
#define VMI_DEV_CSUM_H

#include "types.h"

/* Bytes of a frame that csum_find() looks at. */
#define CSUM_HEADERS 34u
#define CSUM_TCP     16u /* csum_place.offset of TCP */
#define CSUM_UDP     6u

struct csum_place {
	uint16_t start;	 /* where what is summed begins, in the frame */
	uint16_t offset; /* from there: the checksum */
};

/**
 * Is it TCP or UDP, whole, over IPv4, straight in Ethernet?  @frame: at least
 * its first CSUM_HEADERS bytes, or all @len.
 */
bool csum_find(const uint8_t *frame, uint32_t len, struct csum_place *p);
/**
 * Fill in a checksum that is blank, which means: it holds the sum of the
 * pseudo-header.  False: @p lies outside the frame.
 */
bool csum_fill(uint8_t *frame, uint32_t len, const struct csum_place *p);

/**
 * Leave the checksum of TCP blank: the sum of the pseudo-header, for the TCP
 * header and data in @frame, which ends behind them at @len.
 */
void csum_blank(uint8_t *frame, uint32_t len, const struct csum_place *p);
/** Make the checksum of the IPv4 header that ends at @p's start. */
void csum_ip(uint8_t *frame, const struct csum_place *p);

#endif
