/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checksums of TCP and UDP that one side leaves to the other.  Pure.
 *
 * A backend knows where a checksum is by the headers; a virtio driver says it.
 * Where the two differ (VLANs, tunnels, IPv6) the sum is made here.
 * Source: RFC 791, 768, 9293, 1071.
 */
#include "dev/csum.h"

#define ETH_HEADER	 14u
#define ETH_TYPE	 12
#define ETH_IPV4	 0x0800u
#define IP_MIN		 20u
#define IP_FRAGMENT	 6
#define IP_PROTOCOL	 9
#define IP_SUM		 10
#define IP_ADDRESSES	 12 /* both */
#define IP_ADDRESSES_LEN 8
#define IP_MORE_OR_LATE	 0x3fffu /* more fragments, or not the first */
#define PROTO_TCP	 6
#define PROTO_UDP	 17
#define TCP_MIN		 20u
#define UDP_MIN		 8u

static uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

bool csum_find(const uint8_t *frame, uint32_t len, struct csum_place *p)
{
	const uint8_t *ip = frame + ETH_HEADER;
	uint32_t header, least;

	if (len < CSUM_HEADERS || be16(frame + ETH_TYPE) != ETH_IPV4 ||
	    ip[0] >> 4 != 4 || (be16(ip + IP_FRAGMENT) & IP_MORE_OR_LATE))
		return false;
	header = (ip[0] & 0xfu) * 4;
	if (ip[IP_PROTOCOL] == PROTO_TCP) {
		p->offset = CSUM_TCP;
		least = TCP_MIN;
	} else if (ip[IP_PROTOCOL] == PROTO_UDP) {
		p->offset = CSUM_UDP;
		least = UDP_MIN;
	} else {
		return false;
	}
	p->start = (uint16_t)(ETH_HEADER + header);
	return header >= IP_MIN && p->start + least <= len;
}

/* Of @len bytes, at most 64 kB of them: 32 bits hold the carries. */
static uint32_t sum_of(const uint8_t *p, uint32_t len, uint32_t sum)
{
	uint32_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += be16(p + i);
	if (i < len)
		sum += (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

bool csum_fill(uint8_t *frame, uint32_t len, const struct csum_place *p)
{
	uint32_t sum, at = (uint32_t)p->start + p->offset;

	if (at + 2 > len)
		return false;
	sum = sum_of(frame + p->start, len - p->start, 0) ^ 0xffff;
	if (!sum)
		sum = 0xffff; /* UDP: 0 is "none"; to TCP they are the same */
	put16(frame + at, sum);
	return true;
}

void csum_blank(uint8_t *frame, uint32_t len, const struct csum_place *p)
{
	put16(frame + p->start + p->offset,
	      sum_of(frame + ETH_HEADER + IP_ADDRESSES, IP_ADDRESSES_LEN,
		     PROTO_TCP + len - p->start));
}

void csum_ip(uint8_t *frame, const struct csum_place *p)
{
	uint8_t *ip = frame + ETH_HEADER;

	put16(ip + IP_SUM, 0);
	put16(ip + IP_SUM, sum_of(ip, p->start - ETH_HEADER, 0) ^ 0xffff);
}
