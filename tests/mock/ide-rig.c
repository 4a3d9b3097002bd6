/* SPDX-License-Identifier: GPL-2.0-only */
/* The IDE controller on a board, for its unit tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "guest-memory.h"
#include "ide-rig.h"
#include "lib/string.h"

static struct board board;
struct ide ide;
struct fake_disk fake;
uint8_t store[NR_STORED][SECTOR], memory[MEMORY];
bool patient;
static struct guest_memory guest = { .ram = memory,
				     .size = MEMORY,
				     .strict = true };

/* --- The disk -----------------------------------------------------------------*/
/* Do what the request says. */
static void move(const struct disk_request *r)
{
	uint64_t at = r->sector * SECTOR;

	for (uint32_t i = 0; i < r->nr_segs; i++) {
		const struct disk_seg *s = &r->seg[i];
		uint8_t *p = s->local ? s->local : memory + s->gpa;
		uint8_t *on_disk = store[0] + at % sizeof(store);

		assert_true(s->local || s->gpa + s->len <= MEMORY);
		memcpy(r->op == DISK_READ ? p : on_disk,
		       r->op == DISK_READ ? on_disk : p, s->len);
		at += s->len;
	}
}

void answer(bool ok)
{
	struct disk_request *r;

	assert_int_equal(fake.nr_waiting, 1);
	r = fake_disk_take(&fake, 0);
	if (ok && r->op != DISK_FLUSH)
		move(r);
	r->done(r, ok);
}

static void settle(void)
{
	while (fake.nr_waiting && !patient)
		answer(true);
}

void out(uint16_t port, uint32_t value)
{
	board_out(&board, port, 1, value);
	settle();
}

uint8_t in(uint16_t port)
{
	return (uint8_t)board_in(&board, port, 1);
}

void out32(uint16_t port, uint32_t value)
{
	board_out(&board, port, 4, value);
	settle();
}

uint32_t in32(uint16_t port)
{
	return board_in(&board, port, 4);
}

uint16_t data_in(void)
{
	uint16_t v = (uint16_t)board_in(&board, TASK, 2);

	settle();
	return v;
}

void data_out(uint16_t v)
{
	board_out(&board, TASK, 2, v);
	settle();
}

/* IRQ 14 as the 8259 sees it. */
bool irq(void)
{
	board_out(&board, 0xa0, 1, 0x0a);
	return board_in(&board, 0xa0, 1) & 0x40;
}

static void power_on(uint64_t sectors, bool cdrom, unsigned int unit)
{
	const struct dma_host dma = guest_memory_dma(&guest);

	memset(&ide, 0, sizeof(ide));
	memset(memory, 0, sizeof(memory));
	patient = false;
	fake_disk_init(&fake, sectors, cdrom, 1);
	for (uint32_t i = 0; i < NR_STORED; i++)
		for (uint32_t j = 0; j < SECTOR; j++)
			store[i][j] = (uint8_t)(i * 7 + j + (j >> 8));
	bare_board(&board);
	ide_attach(&ide, 0, unit, &fake.disk);
	ide_init(&ide, &board, &dma);
}

void build(uint64_t sectors)
{
	power_on(sectors, false, 0);
}

void build_cdrom(uint64_t sectors, unsigned int unit)
{
	power_on(sectors, true, unit);
}

void task28(uint8_t command, uint32_t sector, uint8_t count)
{
	out(DEVICE, LBA | sector >> 24);
	out(COUNT, count);
	out(LOW, sector);
	out(MID, sector >> 8);
	out(HIGH, sector >> 16);
	out(COMMAND, command);
}

void task48(uint8_t command, uint64_t sector, uint16_t count)
{
	out(DEVICE, LBA);
	out(COUNT, count >> 8);
	out(LOW, (uint32_t)(sector >> 24));
	out(MID, (uint32_t)(sector >> 32));
	out(HIGH, (uint32_t)(sector >> 40));
	out(COUNT, count);
	out(LOW, (uint32_t)sector);
	out(MID, (uint32_t)(sector >> 8));
	out(HIGH, (uint32_t)(sector >> 16));
	out(COMMAND, command);
}

void read_block(uint32_t sector, uint32_t n)
{
	for (uint32_t i = 0; i < n * SECTOR / 2; i++) {
		uint16_t v = data_in();

		assert_memory_equal(&v, store[sector] + 2 * i, 2);
	}
}

void write_block(uint32_t seed, uint32_t n)
{
	for (uint32_t i = 0; i < n * SECTOR / 2; i++)
		data_out((uint16_t)(seed + i));
}

void check_written(uint32_t sector, uint32_t seed, uint32_t n)
{
	for (uint32_t i = 0; i < n * SECTOR / 2; i++) {
		uint16_t v = (uint16_t)(seed + i);

		assert_memory_equal(store[sector] + 2 * i, &v, 2);
	}
}

void identify(uint16_t w[256])
{
	out(COMMAND, 0xec);
	assert_true(irq());
	assert_int_equal(in(STATUS), READY | DRQ);
	for (int i = 0; i < 256; i++)
		w[i] = data_in();
	assert_int_equal(in(STATUS), READY);
}

void dma(bool to_memory)
{
	out32(BM + 4, TABLE);
	out(BM + 2, BM_IRQ | BM_ERR);
	out(BM, to_memory ? TO_MEM : 0);
	out(BM, START | (to_memory ? TO_MEM : 0));
}

void prd(unsigned int n, uint32_t address, uint32_t len, bool last_one)
{
	uint32_t e[] = { address, (len & 0xffff) | (uint32_t)last_one << 31 };

	memcpy(memory + TABLE + 8 * n, e, sizeof(e));
}
