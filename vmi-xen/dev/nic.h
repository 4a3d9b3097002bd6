/* SPDX-License-Identifier: GPL-2.0-only */
/* What a network card's model and the network behind it ask of each other. */
#ifndef VMI_DEV_NIC_H
#define VMI_DEV_NIC_H

#include "types.h"
#include "lib/string.h"

#define NIC_FRAME_MAX 1536u  /* bytes, without the checksum */
#define NIC_LARGE_MAX 65535u /* of a frame that is to be cut: 16 bits tell it */
#define NIC_MAC_LEN   6
/* Pages of a frame, the last one partly. */
#define NIC_MAX_PAGES ((NIC_LARGE_MAX + PAGE_SIZE - 1) / PAGE_SIZE)
/* Pieces of a large frame that comes: IP's 65,535 bytes and what is before. */
#define NIC_PIECES    17u
#define NIC_JOINT_MAX (NIC_PIECES * PAGE_SIZE)

/* What is left to do, or known, about a frame. */
struct nic_hints {
	bool blank; /* TCP's or UDP's checksum (csum.h) is to be filled in */
	bool good;  /* received only: it is right, or the frame was never out */
	uint16_t segment; /* TCP over IPv4: cut into so much data each; 0: no */
};

/* A frame that came, in its pieces; none is empty. */
struct nic_frame {
	uint32_t len, n; /* bytes, pieces */
	struct {
		uint8_t *at;
		uint32_t len;
	} piece[NIC_PIECES];
};

struct nic {
	uint8_t mac[NIC_MAC_LEN];
	bool link;
	bool can_cut; /* frames of up to NIC_LARGE_MAX, with hints.segment */
	/**
	 * The model's, before the network connects: receive() may get frames
	 * whose checksum is blank, and there will be a receive_large().
	 */
	bool takes_blank;
	/**
	 * Pages for a frame of @len bytes, to be filled and then sent; NULL
	 * when there is no room: it is to be tried again after room().
	 */
	uint8_t *const *(*pages)(struct nic *n, uint32_t len);
	/** Send what was written into pages(). */
	void (*send)(struct nic *n, uint32_t len, const struct nic_hints *h);
	/**
	 * The card has buffers again for frames that it has refused; NULL: what
	 * is refused is lost.
	 */
	void (*ready)(struct nic *n);
	/**
	 * The card's: a frame came.  False: no buffer; where there is a ready()
	 * the frame is kept until then.  The frame is the card's to change.
	 */
	bool (*receive)(void *card, void *frame, uint32_t len,
			const struct nic_hints *h);
	/**
	 * The same for a frame in several pieces, or a large one of TCP that is
	 * not cut (hints.segment, hints.blank).  NULL: the card wants none.  A
	 * frame that is refused comes again, and no other before it but after
	 * link_changed().
	 */
	bool (*receive_large)(void *card, const struct nic_frame *f,
			      const struct nic_hints *h);
	/** The card's: frames have gone, others can be sent. */
	void (*room)(void *card);
	/** The card's: link has changed; NULL: it looks by itself. */
	void (*link_changed)(void *card);
	void *card;
};

/** Bytes [@from, @from + @len) of @f, as many as there are; returns those. */
static inline uint32_t nic_gather(const struct nic_frame *f, uint32_t from,
				  void *to, uint32_t len)
{
	uint32_t done = 0;

	for (uint32_t i = 0; i < f->n && done < len; i++) {
		uint32_t some = f->piece[i].len;

		if (from >= some) {
			from -= some;
			continue;
		}
		some -= from;
		some = some < len - done ? some : len - done;
		memcpy((uint8_t *)to + done, f->piece[i].at + from, some);
		done += some;
		from = 0;
	}
	return done;
}

/** Send a frame as it is. False: no room, again after room(). */
static inline bool nic_send(struct nic *n, const void *frame, uint32_t len)
{
	static const struct nic_hints as_it_is;
	uint8_t *const *page = n->pages(n, len);

	if (!page)
		return false;
	memcpy(page[0], frame, len);
	n->send(n, len, &as_it_is);
	return true;
}

#endif
