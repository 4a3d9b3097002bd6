/* SPDX-License-Identifier: GPL-2.0-only */
/* What a network card's model and the network behind it ask of each other. */
#ifndef VMI_DEV_NIC_H
#define VMI_DEV_NIC_H

#include "types.h"

#define NIC_FRAME_MAX 1536u /* bytes, without the checksum */
#define NIC_MAC_LEN   6

struct nic {
	uint8_t mac[NIC_MAC_LEN];
	bool link;
	/**
	 * Send a frame of @len bytes. Returns false when there is no room: it
	 * is to be tried again after room().
	 */
	bool (*send)(struct nic *n, const void *frame, uint32_t len);
	/**
	 * The card has buffers again for frames that it has refused; NULL: what
	 * is refused is lost.
	 */
	void (*ready)(struct nic *n);
	/**
	 * The card's: a frame came.  False: no buffer; where there is a ready()
	 * the frame is kept until then.
	 */
	bool (*receive)(void *card, const void *frame, uint32_t len);
	/** The card's: frames can be sent again. */
	void (*room)(void *card);
	/** The card's: link has changed; NULL: it looks by itself. */
	void (*link_changed)(void *card);
	void *card;
};

#endif
