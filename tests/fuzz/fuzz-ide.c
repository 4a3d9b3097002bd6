/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whatever a guest does to the IDE controller, and whenever its disks answer:
 * each request is one that a disk may get (disk.h), lies within the disk, and
 * stays untouched until its answer.
 */
#include "../mock/fake-disk.h"
#include "../mock/must.h"
#include "dev/ide.h"
#include "lib/string.h"

#define NR_DISKS 4
#define MOST_OPS 2000

struct input {
	const uint8_t *p, *end;
};

struct bench {
	struct board board;
	struct ide ide;
	struct fake_disk fake[NR_DISKS];
	struct input in;
};

static uint32_t take(struct input *in, unsigned int bytes)
{
	uint32_t v = 0;

	for (unsigned int i = 0; i < bytes && in->p < in->end; i++)
		v |= (uint32_t)*in->p++ << 8 * i;
	return v;
}

/* --- Disks ----------------------------------------------------------------*/
static bool in_its_buffer(const struct disk_request *r,
			  const struct disk_seg *s)
{
	const struct ide_channel *c = r->opaque;

	return s->local >= c->data &&
	       s->local + s->len <= c->data + sizeof(c->data);
}

static void answer(struct bench *b, uint32_t which)
{
	struct fake_disk *f = &b->fake[which % NR_DISKS];
	struct disk_request *r;

	if (!f->nr_waiting)
		return;
	r = fake_disk_take(f, 0);
	if (r->op == DISK_READ)
		for (uint32_t i = 0; i < r->nr_segs; i++)
			if (r->seg[i].local)
				memset(r->seg[i].local, 0x5a, r->seg[i].len);
	r->done(r, !(which & 0x80));
}

/* --- The guest ------------------------------------------------------------*/
static void mem_read(void *opaque, void *dst, gpa_t gpa, uint32_t len)
{
	struct bench *b = opaque;
	uint8_t *p = dst;

	(void)gpa;
	for (uint32_t i = 0; i < len; i++)
		p[i] = (uint8_t)take(&b->in, 1);
}

static void mem_write(void *opaque, gpa_t gpa, const void *src, uint32_t len)
{
	static uint8_t memory[PAGE_SIZE];

	(void)opaque;
	must((gpa & PAGE_MASK) + len <= PAGE_SIZE);
	memcpy(memory + (gpa & PAGE_MASK), src, len);
}

static const uint16_t bases[] = { 0x1f0, 0x170,	      0x3f6,
				  0x376, IDE_BM_BASE, IDE_BM_BASE + 8 };

static uint16_t port(struct input *in)
{
	uint32_t n = take(in, 1);

	return (uint16_t)(bases[(n & 7) % ARRAY_SIZE(bases)] + (n >> 3 & 7));
}

/* A command as a driver gives it, so that its inside is reached. */
static void give_command(struct bench *b)
{
	static const uint8_t codes[] = { 0x20, 0x24, 0x25, 0x29, 0x30, 0x34,
					 0x35, 0x39, 0xc4, 0xc5, 0xc6, 0xc8,
					 0xca, 0x06, 0xec, 0xa0 };
	uint32_t v = take(&b->in, 4);
	uint16_t at = v & 1 ? 0x1f0 : 0x170;

	board_out(&b->board, at + 6, 1, (v & 2 ? 0xe0 : 0xa0) | (v << 2 & 16));
	board_out(&b->board, at + 5, 1, 0);
	board_out(&b->board, at + 4, 1, 0);
	board_out(&b->board, at + 3, 1, v >> 8);
	board_out(&b->board, at + 2, 1, v >> 16 & 0x3f);
	board_out(&b->board, at + 1, 1, v >> 16 & 1);
	board_out(&b->board, at + 7, 1, codes[v >> 24 & 15]);
}

/* Move a block through the data port. */
static void move_data(struct bench *b)
{
	uint32_t v = take(&b->in, 2);
	uint16_t at = v & 1 ? 0x1f0 : 0x170;

	for (uint32_t i = 0; i < (v >> 4 & 0x3ff); i++)
		if (v & 2)
			board_out(&b->board, at, 4, i);
		else
			board_in(&b->board, at, 4);
}

/* A packet command, with what random bytes seldom hit. */
static void give_packet(struct bench *b)
{
	static const uint8_t codes[] = { 0x03, 0x12, 0x25, 0x28, 0x43,
					 0x46, 0x4a, 0x5a, 0xa8, 0xbe };
	uint32_t v = take(&b->in, 4);
	uint8_t cdb[IDE_CDB_SIZE] = { codes[(v >> 4) % ARRAY_SIZE(codes)],
				      (uint8_t)(v >> 8),
				      0,
				      0,
				      (uint8_t)(v >> 16),
				      (uint8_t)(v >> 24),
				      (uint8_t)(v >> 12),
				      0,
				      (uint8_t)(v >> 20),
				      (uint8_t)v };

	board_out(&b->board, 0x176, 1, 0xb0); /* the CD-ROM */
	board_out(&b->board, 0x171, 1, v & 1);
	board_out(&b->board, 0x174, 1, v >> 24);
	board_out(&b->board, 0x175, 1, v & 2 ? 8 : 0);
	board_out(&b->board, 0x177, 1, 0xa0);
	for (unsigned int i = 0; i < sizeof(cdb); i += 2)
		board_out(&b->board, 0x170, 2,
			  (uint32_t)cdb[i] | (uint32_t)cdb[i + 1] << 8);
}

enum {
	OUT,
	IN,
	COMMAND,
	DATA,
	ANSWER,
	PACKET,
	START,
	RESET
};

/* Bus master and reset bit, on and off. */
static void start(struct bench *b)
{
	uint32_t v = take(&b->in, 1);

	board_out(&b->board, IDE_BM_BASE + (v & 8), 1, v >> 7);
}

static void reset(struct bench *b)
{
	uint32_t v = take(&b->in, 1);

	board_out(&b->board, v & 1 ? 0x3f6 : 0x376, 1, v & 4);
}

static void operation(struct bench *b)
{
	uint32_t op = take(&b->in, 1);
	unsigned int size = 1u << (op >> 3) % 3;
	uint16_t at;

	switch (op & 7) {
	case OUT:
		at = port(&b->in);
		board_out(&b->board, at, size, take(&b->in, size));
		break;
	case IN:
		board_in(&b->board, port(&b->in), size);
		break;
	case COMMAND:
		give_command(b);
		break;
	case DATA:
		move_data(b);
		break;
	case START:
		start(b);
		break;
	case RESET:
		reset(b);
		break;
	case PACKET:
		give_packet(b);
		break;
	default:
		answer(b, take(&b->in, 1));
		break;
	}
}

static void check_channel(const struct ide_channel *c)
{
	must(c->pos <= c->len && c->len <= sizeof(c->data));
	if (c->busy)
		must(c->target);
}

/* --- Power on ---------------------------------------------------------------*/
static void build(struct bench *b)
{
	static const uint64_t sizes[NR_DISKS] = { 300, 1ull << 40, 70000,
						  1000 };
	const struct dma_host dma = { mem_read, mem_write, b };

	memset(&b->ide, 0, sizeof(b->ide));
	bare_board(&b->board);
	for (unsigned int i = 0; i < NR_DISKS; i++) {
		fake_disk_init(&b->fake[i], sizes[i], i == 3, 1);
		b->fake[i].disk.read_only = i >= 2;
		b->fake[i].disk.can_discard = i < 2;
		b->fake[i].local_ok = in_its_buffer;
		ide_attach(&b->ide, i & 1, i >> 1, &b->fake[i].disk);
	}
	ide_init(&b->ide, &b->board, &dma);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bench b;

	build(&b);
	b.in = (struct input){ data, data + size };
	for (unsigned int i = 0; b.in.p < b.in.end && i < MOST_OPS; i++) {
		operation(&b);
		check_channel(&b.ide.ch[0]);
		check_channel(&b.ide.ch[1]);
	}
	return 0;
}
