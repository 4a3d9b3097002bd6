/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Large frames of TCP over IPv4: a backend hands them over whole, and a driver
 * that does not want them so gets the frames that were on a wire.  Pure.
 *
 * Each frame repeats the headers; lengths, IP's identification and TCP's
 * sequence number count on, flags that end something are only on the last.
 * Source: RFC 791, 9293, 3168 (CWR).
 */
#include "dev/tcp-cut.h"

#define ETH_HEADER	14u
#define IP_LENGTH	2
#define IP_ID		4
#define TCP_SEQUENCE	4
#define TCP_DATA_OFFSET 12 /* in words, in the upper half */
#define TCP_FLAGS	13
#define TCP_MIN		20u
#define TCP_FIN		0x01
#define TCP_PSH		0x08
#define TCP_CWR		0x80
#define HEADERS_MAX	(ETH_HEADER + 60u + 60u)

static uint32_t get(const uint8_t *p, unsigned int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | *p++;
	return value;
}

static void put(uint8_t *p, unsigned int bytes, uint32_t value)
{
	for (; bytes--; value >>= 8)
		p[bytes] = (uint8_t)value;
}

bool tcp_large(struct tcp_large *t, const struct nic_frame *f, uint16_t segment)
{
	uint8_t head[HEADERS_MAX];
	uint32_t got = nic_gather(f, 0, head, sizeof(head)), headers, tcp;

	if (!segment || !csum_find(head, got, &t->sum) ||
	    t->sum.offset != CSUM_TCP)
		return false;
	tcp = (uint32_t)(head[t->sum.start + TCP_DATA_OFFSET] >> 4) * 4;
	headers = t->sum.start + tcp;
	if (tcp < TCP_MIN || headers >= f->len ||
	    headers + segment > NIC_FRAME_MAX)
		return false;
	t->headers = (uint16_t)headers;
	t->segment = segment;
	t->data = f->len - headers;
	t->count = (t->data + segment - 1) / segment;
	return true;
}

uint32_t tcp_cut(const struct tcp_large *t, const struct nic_frame *f,
		 uint32_t i, uint8_t *to)
{
	uint8_t *ip = to + ETH_HEADER, *tcp = to + t->sum.start;
	uint32_t at = i * t->segment, left = t->data - at;
	uint32_t len = t->headers + (left < t->segment ? left : t->segment);

	nic_gather(f, 0, to, t->headers);
	nic_gather(f, t->headers + at, to + t->headers, len - t->headers);
	put(ip + IP_LENGTH, 2, len - ETH_HEADER);
	put(ip + IP_ID, 2, get(ip + IP_ID, 2) + i);
	put(tcp + TCP_SEQUENCE, 4, get(tcp + TCP_SEQUENCE, 4) + at);
	if (i + 1 < t->count)
		tcp[TCP_FLAGS] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
	if (i)
		tcp[TCP_FLAGS] &= (uint8_t)~TCP_CWR;
	csum_ip(to, &t->sum);
	csum_blank(to, len, &t->sum);
	return len;
}
