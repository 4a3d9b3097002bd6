/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Large frames of TCP, cut: the frames together hold what was cut, each with
 * its own lengths, numbers, flags and checksums; what is no such frame is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/tcp-cut.h"

#define IP	    14u
#define ID	    0xfffeu /* counts on past its end */
#define SEQUENCE    0xfffff000u
#define FIN_PSH_ACK 0x19
#define CWR	    0x80
#define SEGMENT	    1400u

static uint8_t bytes[NIC_JOINT_MAX], cut[NIC_FRAME_MAX];
static struct nic_frame f;

static uint32_t get(const uint8_t *p, unsigned int n)
{
	uint32_t value = 0;

	while (n--)
		value = value << 8 | *p++;
	return value;
}

static void put(uint8_t *p, unsigned int n, uint32_t value)
{
	for (; n--; value >>= 8)
		p[n] = (uint8_t)value;
}

/* Pieces of @piece bytes of the frame. */
static void pieces(uint32_t len, uint32_t piece)
{
	f.len = len;
	for (f.n = 0; len; f.n++) {
		uint32_t some = len < piece ? len : piece;

		f.piece[f.n].at = bytes + (f.len - len);
		f.piece[f.n].len = some;
		len -= some;
	}
}

/* @ip and @tcp: lengths of the headers. */
static void make(uint32_t data, uint32_t ip, uint32_t tcp, uint32_t piece)
{
	uint32_t len = IP + ip + tcp + data;
	uint8_t *t = bytes + IP + ip;

	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 31 + (i >> 8));
	put(bytes + 12, 2, 0x0800);
	bytes[IP] = (uint8_t)(0x40 | ip / 4);
	put(bytes + IP + 4, 2, ID);
	put(bytes + IP + 6, 2, 0x4000);
	bytes[IP + 9] = 6;
	put(t + 4, 4, SEQUENCE);
	t[12] = (uint8_t)(tcp / 4 << 4);
	t[13] = FIN_PSH_ACK | CWR;
	pieces(len, piece);
}

static uint32_t folded(const uint8_t *p, uint32_t len, uint32_t sum)
{
	for (uint32_t i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void check_cut(uint32_t data, uint32_t ip, uint32_t tcp, uint32_t i,
		      const struct tcp_large *t, uint32_t len)
{
	const uint32_t headers = IP + ip + tcp, at = i * SEGMENT;
	const bool last = i + 1 == t->count;
	const uint8_t *h = cut + IP + ip;
	struct csum_place p;

	assert_int_equal(len, headers + (last ? data - at : SEGMENT));
	assert_memory_equal(cut + headers, bytes + headers + at, len - headers);
	assert_int_equal(get(cut + IP + 2, 2), len - IP);
	assert_int_equal(get(cut + IP + 4, 2), (ID + i) & 0xffff);
	assert_int_equal(folded(cut + IP, ip, 0), 0xffff);
	assert_int_equal(get(h + 4, 4), SEQUENCE + at);
	assert_int_equal(h[13], (i ? 0 : CWR) | (last ? FIN_PSH_ACK : 0x10));
	assert_true(csum_find(cut, len, &p));
	assert_true(csum_fill(cut, len, &p));
	assert_int_equal(
		folded(cut + IP + 12, 8,
		       6 + len - IP - ip + folded(h, len - IP - ip, 0)),
		0xffff);
}

static void cut_all(uint32_t data, uint32_t ip, uint32_t tcp, uint32_t piece)
{
	struct tcp_large t;

	make(data, ip, tcp, piece);
	assert_true(tcp_large(&t, &f, SEGMENT));
	assert_int_equal(t.headers, IP + ip + tcp);
	assert_int_equal(t.count, (data + SEGMENT - 1) / SEGMENT);
	for (uint32_t i = 0; i < t.count; i++)
		check_cut(data, ip, tcp, i, &t, tcp_cut(&t, &f, i, cut));
}

static void parts_are_the_whole(void **state)
{
	(void)state;
	cut_all(20000, 20, 32, PAGE_SIZE);
	cut_all(65535 - 40, 20, 20, PAGE_SIZE);
	cut_all(2 * SEGMENT, 20, 20, PAGE_SIZE);
	cut_all(2 * SEGMENT + 1, 60, 28, 1000);
	cut_all(1, 24, 60, PAGE_SIZE);
	cut_all(SEGMENT - 40, 60, 60, 101); /* headers lie in two pieces */
}

static void what_is_no_tcp_is_none(void **state)
{
	struct tcp_large t;

	(void)state;
	make(20000, 20, 20, PAGE_SIZE);
	assert_false(tcp_large(&t, &f, 0));
	assert_false(tcp_large(&t, &f, NIC_FRAME_MAX - 53));
	assert_true(tcp_large(&t, &f, NIC_FRAME_MAX - 54));
	bytes[IP + 20 + 12] = 4 << 4; /* a TCP header too short */
	assert_false(tcp_large(&t, &f, SEGMENT));
	make(20000, 20, 20, PAGE_SIZE);
	bytes[IP + 9] = 17; /* UDP */
	assert_false(tcp_large(&t, &f, SEGMENT));
	make(20000, 20, 20, PAGE_SIZE);
	bytes[12] = 0x86; /* IPv6 */
	assert_false(tcp_large(&t, &f, SEGMENT));
	make(20000, 20, 20, PAGE_SIZE);
	bytes[IP + 6] = 0x20; /* a fragment */
	assert_false(tcp_large(&t, &f, SEGMENT));
	make(0, 20, 20, PAGE_SIZE); /* no data */
	assert_false(tcp_large(&t, &f, SEGMENT));
	make(20, 20, 60, PAGE_SIZE); /* ends in the headers */
	pieces(IP + 20 + 59, PAGE_SIZE);
	assert_false(tcp_large(&t, &f, SEGMENT));
	pieces(IP + 1, 7);
	assert_false(tcp_large(&t, &f, SEGMENT));
}

static void pieces_are_gathered(void **state)
{
	(void)state;
	make(1000, 20, 20, 100);
	assert_int_equal(nic_gather(&f, 0, cut, NIC_FRAME_MAX), f.len);
	assert_memory_equal(cut, bytes, f.len);
	assert_int_equal(nic_gather(&f, 250, cut, 400), 400);
	assert_memory_equal(cut, bytes + 250, 400);
	assert_int_equal(nic_gather(&f, 300, cut, 100), 100);
	assert_memory_equal(cut, bytes + 300, 100);
	assert_int_equal(nic_gather(&f, f.len - 1, cut, 10), 1);
	assert_int_equal(nic_gather(&f, f.len, cut, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_the_whole),
		cmocka_unit_test(what_is_no_tcp_is_none),
		cmocka_unit_test(pieces_are_gathered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
