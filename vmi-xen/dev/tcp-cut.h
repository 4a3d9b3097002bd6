/* SPDX-License-Identifier: GPL-2.0-only */
/* Large frames of TCP over IPv4, and cutting them for a driver without TSO. */
#ifndef VMI_DEV_TCP_CUT_H
#define VMI_DEV_TCP_CUT_H

#include "dev/csum.h"
#include "dev/nic.h"

struct tcp_large {
	struct csum_place sum;
	uint16_t headers; /* bytes in front of the data */
	uint16_t segment; /* data of each frame but the last */
	uint32_t data;	  /* bytes, more than none */
	uint32_t count;	  /* frames that it is cut into */
};

/**
 * Is @f a frame of TCP over IPv4, straight in Ethernet, whose parts with
 * @segment bytes of data each are frames?
 */
bool tcp_large(struct tcp_large *t, const struct nic_frame *f,
	       uint16_t segment);
/**
 * Frame @i of those that @f is cut into, to @to, of NIC_FRAME_MAX bytes;
 * returns its length.  Its TCP checksum is blank.
 */
uint32_t tcp_cut(const struct tcp_large *t, const struct nic_frame *f,
		 uint32_t i, uint8_t *to);

#endif
