/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AMD PCnet-PCI II: descriptor rings and frames.  Pure.
 *
 * A frame costs two accesses to each of its descriptors and one to each of its
 * buffers.  The checksum behind a received frame has its room, but is zero:
 * there was no wire that could have bent a bit.
 */
#include "dev/pcnet-private.h"
#include "lib/string.h"

/* Status, the upper half of a descriptor's second word. */
#define D_OWN	0x8000 /* the card's */
#define D_ERR	0x4000
#define D_BUFF	0x0400
#define D_STP	0x0200 /* start of frame */
#define D_ENP	0x0100 /* end of frame */
#define R_PAM	0x0040 /* matched: physical, logical, broadcast address */
#define R_LAFM	0x0020
#define R_BAM	0x0010
#define T_LTINT 0x1000
#define R_FLAGS 0x7ff0 /* what the card writes */
#define T_FLAGS (D_ERR | 0x0800 | 0x0400)

#define T_LCAR	    0x08000000u
#define COUNT_MASK  0xfffu
#define COUNT_MAX   0x1000u
#define DESC_WORDS  4
#define LANCE_SIZE  8
#define DESC_SIZE   16
#define BURST_LIMIT 512u /* descriptors a look: the largest usual ring */

struct descriptor {
	gpa_t at;
	uint32_t base;	 /* the buffer */
	uint32_t room;	 /* its bytes */
	uint16_t status; /* OWN and so on */
	uint16_t count;	 /* the field as it was, beside the status */
	uint32_t result; /* what the card has to say */
};

/* --- Descriptors ----------------------------------------------------------*/
uint32_t pcnet_descriptor(const struct pcnet *p, unsigned int base,
			  uint32_t index)
{
	return csr_pair(p, base) +
	       index * (style(p) == STYLE_LANCE ? LANCE_SIZE : DESC_SIZE);
}

static uint32_t buffer_size(uint32_t field)
{
	uint32_t n = (0u - field) & COUNT_MASK;

	return n ? n : COUNT_MAX;
}

static void read_lance(const struct pcnet *p, struct descriptor *d)
{
	uint32_t high = (uint32_t)(p->csr[CSR_IADR + 1] & 0xff00) << 16;
	uint16_t w[DESC_WORDS];

	p->dma.read(p->dma.opaque, w, d->at, sizeof(w));
	d->base = high | (uint32_t)(w[1] & 0xff) << 16 | w[0];
	d->status = w[1] & 0xff00;
	d->count = w[2];
}

static void read_descriptor(const struct pcnet *p, struct descriptor *d,
			    unsigned int base, uint32_t index)
{
	uint32_t w[DESC_WORDS];

	d->at = pcnet_descriptor(p, base, index);
	if (style(p) == STYLE_LANCE) {
		read_lance(p, d);
	} else {
		p->dma.read(p->dma.opaque, w, d->at, sizeof(w));
		d->base = style(p) == STYLE_BURST ? w[2] : w[0];
		d->status = (uint16_t)(w[1] >> 16);
		d->count = (uint16_t)w[1];
	}
	d->room = buffer_size(d->count);
	d->result = 0;
}

/* Give it back: the status and the result lie side by side. */
static void write_descriptor(const struct pcnet *p, const struct descriptor *d,
			     bool tx)
{
	uint32_t w[2] = { (uint32_t)d->status << 16 | d->count, d->result };
	uint16_t s[3] = { (uint16_t)(d->status | (d->base >> 16 & 0xff)),
			  d->count,
			  (uint16_t)(tx ? d->result >> 16 : d->result) };

	switch (style(p)) {
	case STYLE_LANCE:
		p->dma.write(p->dma.opaque, d->at + 2, s, sizeof(s));
		break;
	case STYLE_BURST:
		w[1] = w[0];
		w[0] = d->result;
		p->dma.write(p->dma.opaque, d->at, w, sizeof(w));
		break;
	default:
		p->dma.write(p->dma.opaque, d->at + 4, w, sizeof(w));
		break;
	}
}

static uint32_t next_index(const struct pcnet *p, unsigned int length,
			   uint32_t index)
{
	return index + 1 < ring_length(p, length) ? index + 1 : 0;
}

/* --- Transmit -------------------------------------------------------------*/
void pcnet_transmit_stop(struct pcnet *p)
{
	p->tx_len = 0;
	p->tx_open = p->tx_too_long = p->tx_waits = false;
}

static void tx_append(struct pcnet *p, const struct descriptor *d)
{
	if (d->room > sizeof(p->tx) - p->tx_len) {
		p->tx_too_long = true;
		return;
	}
	p->dma.read(p->dma.opaque, p->tx + p->tx_len, d->base, d->room);
	p->tx_len += d->room;
}

/* Send p->tx; false: the network has no room. */
static bool tx_send(struct pcnet *p)
{
	if (p->tx_too_long || p->tx_len > FRAME_LEN_MAX + FCS_LEN) {
		p->csr[CSR_STATUS] |= S_BABL;
		return true;
	}
	if (p->csr[CSR_MODE] & M_LOOP) {
		pcnet_receive(p, p->tx, p->tx_len, NULL);
		return true;
	}
	if (p->tx_len < FRAME_LEN_MIN && (p->csr[CSR_FEATURES] & F_APAD)) {
		memset(p->tx + p->tx_len, 0, FRAME_LEN_MIN - p->tx_len);
		p->tx_len = FRAME_LEN_MIN;
	}
	return p->tx_len < HEADER_LEN || nic_send(p->nic, p->tx, p->tx_len);
}

static void tx_done(struct pcnet *p, struct descriptor *d, bool last)
{
	uint16_t x = p->csr[CSR_EXTENDED];
	bool failed = last && !p->nic->link && !(p->csr[CSR_MODE] & M_LOOP);

	d->status &= (uint16_t) ~(D_OWN | T_FLAGS);
	if (failed) {
		d->status |= D_ERR;
		d->result = T_LCAR;
		p->csr[CSR_STATUS] |= S_CERR;
	}
	if (last && !((x & X_TOKINTD) && !failed) &&
	    (!(x & X_LTINTEN) || (d->status & T_LTINT)))
		p->csr[CSR_STATUS] |= S_TINT;
	write_descriptor(p, d, true);
	p->tx_index = next_index(p, CSR_TX_LENGTH, p->tx_index);
}

/* One descriptor; false: no more for now. */
static bool tx_step(struct pcnet *p)
{
	struct descriptor d;

	read_descriptor(p, &d, CSR_TX_BASE, p->tx_index);
	if (!(d.status & D_OWN))
		return false;
	if (!p->tx_waits) {
		if (d.status & D_STP) {
			pcnet_transmit_stop(p);
			p->tx_open = true;
			p->csr[CSR_FEATURES] |= F_TXSTRT;
		}
		if (p->tx_open)
			tx_append(p, &d);
	}
	if (!p->tx_open || !(d.status & D_ENP)) {
		tx_done(p, &d, false);
		return true;
	}
	p->tx_waits = !tx_send(p);
	if (p->tx_waits)
		return false;
	p->tx_open = false;
	tx_done(p, &d, true);
	return true;
}

void pcnet_transmit(struct pcnet *p)
{
	if (!(p->csr[CSR_STATUS] & S_TXON) || suspended(p))
		return;
	for (uint32_t i = 0; i < BURST_LIMIT && tx_step(p); i++)
		;
}

void pcnet_room(void *card)
{
	struct pcnet *p = card;

	pcnet_transmit(p);
	pcnet_irq_update(p);
}

/* --- Which frames are ours ------------------------------------------------*/
#define CRC_POLYNOMIAL 0xedb88320u
#define HASH_SHIFT     26

static uint32_t crc32_of(const uint8_t *data, size_t len)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
	}
	return crc;
}

static bool is_broadcast(const uint8_t *a)
{
	return (a[0] & a[1] & a[2] & a[3] & a[4] & a[5]) == 0xff;
}

static bool logical_match(const struct pcnet *p, const uint8_t *a)
{
	uint32_t hash = crc32_of(a, NIC_MAC_LEN) >> HASH_SHIFT;

	return p->csr[CSR_LADRF + hash / 16] >> hash % 16 & 1;
}

static bool physical_match(const struct pcnet *p, const uint8_t *a)
{
	for (unsigned int i = 0; i < NIC_MAC_LEN; i++)
		if (a[i] != (uint8_t)(p->csr[CSR_PADR + i / 2] >> i % 2 * 8))
			return false;
	return true;
}

/* The match bits; false: not for us. */
static bool accepted(const struct pcnet *p, const uint8_t *a, uint16_t *match)
{
	uint16_t mode = p->csr[CSR_MODE];

	*match = 0;
	if (is_broadcast(a))
		*match = mode & M_DRCVBC ? 0 : R_BAM;
	else if (a[0] & 1)
		*match = logical_match(p, a) ? R_LAFM : 0;
	else if (!(mode & M_DRCVPA) && physical_match(p, a))
		*match = R_PAM;
	return *match || (mode & M_PROM);
}

/* --- Receive --------------------------------------------------------------*/
/* Bytes [from, from + n) of the frame with its padding and checksum. */
static void rx_copy(const struct pcnet *p, gpa_t to, const uint8_t *frame,
		    uint32_t len, uint32_t from, uint32_t n)
{
	static const uint8_t zeros[FRAME_LEN_MIN + FCS_LEN];
	uint32_t data = from < len ? len - from : 0;

	if (data > n)
		data = n;
	if (data)
		p->dma.write(p->dma.opaque, to, frame + from, data);
	if (n > data)
		p->dma.write(p->dma.opaque, to + data, zeros, n - data);
}

static void rx_give_back(struct pcnet *p, struct descriptor *d, uint16_t status)
{
	d->status = (d->status & (uint16_t) ~(D_OWN | R_FLAGS)) | status;
	write_descriptor(p, d, false);
	p->rx_index = next_index(p, CSR_RX_LENGTH, p->rx_index);
}

static void rx_miss(struct pcnet *p)
{
	p->csr[CSR_STATUS] |= S_MISS;
	if (++p->csr[CSR_MISSED] == 0)
		p->csr[CSR_FEATURES] |= F_MFCO;
}

/* False: not even the first descriptor is ours. */
static bool rx_store(struct pcnet *p, const uint8_t *frame, uint32_t len,
		     uint16_t match)
{
	uint32_t total = (len < FRAME_LEN_MIN ? FRAME_LEN_MIN : len) + FCS_LEN;
	uint16_t status = D_STP;
	struct descriptor d;
	uint32_t from = 0, n;

	read_descriptor(p, &d, CSR_RX_BASE, p->rx_index);
	if (!(d.status & D_OWN))
		return false;
	for (;;) {
		n = total - from < d.room ? total - from : d.room;
		rx_copy(p, d.base, frame, len, from, n);
		from += n;
		if (from == total) {
			d.result = total;
			rx_give_back(p, &d, status | D_ENP | match);
			return true;
		}
		struct descriptor next;

		read_descriptor(p, &next, CSR_RX_BASE,
				next_index(p, CSR_RX_LENGTH, p->rx_index));
		if (!(next.status & D_OWN) || next.at == d.at) {
			d.result = from;
			rx_give_back(p, &d, status | D_ENP | D_ERR | D_BUFF);
			return true;
		}
		rx_give_back(p, &d, status);
		d = next;
		status = 0;
	}
}

/* Checksums are no matter of this card: none comes blank to it. */
bool pcnet_receive(void *card, void *frame, uint32_t len,
		   const struct nic_hints *hints)
{
	struct pcnet *p = card;
	uint16_t match;
	bool ok;

	(void)hints;
	if (!(p->csr[CSR_STATUS] & S_RXON) || suspended(p) ||
	    len < HEADER_LEN || len > NIC_FRAME_MAX ||
	    !accepted(p, frame, &match))
		return true; /* as if it had never come by */
	ok = rx_store(p, frame, len, match);
	p->rx_starved = !ok && p->nic->ready;
	if (ok)
		p->csr[CSR_STATUS] |= S_RINT;
	else if (!p->rx_starved)
		rx_miss(p);
	pcnet_irq_update(p);
	return ok;
}
