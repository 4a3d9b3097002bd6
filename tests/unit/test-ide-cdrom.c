/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CD-ROMs on the IDE controller against ATAPI and MMC, in the sequences of
 * Linux 2.6's ide-cd and of libata with sr: signature, IDENTIFY PACKET DEVICE,
 * packets by the data port and by the bus master, sense, errors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/ide-rig.h"
#include "lib/string.h"

#define CD_DISK	  4000u /* sectors of 512: 1000 of the disc */
#define CD_SECTOR 2048u
#define CHK	  (READY | ERR)
#define COMMANDED 1
#define TO_GUEST  2
#define OVER	  3
#define BUFFER	  0x8000u

static uint8_t reply[65536];
static uint32_t reply_len;

static int start(void **state)
{
	(void)state;
	build_cdrom(CD_DISK, 0);
	return 0;
}

/* PACKET and the command behind it, as @n bytes of a list. */
static void send(const uint8_t *cdb, uint8_t feature, uint16_t limit)
{
	out(DEVICE, 0xa0);
	out(FEATURE, feature);
	out(MID, limit);
	out(HIGH, limit >> 8);
	out(COMMAND, 0xa0);
	assert_false(irq()); /* the command is asked for silently */
	assert_int_equal(in(STATUS), READY | DRQ);
	assert_int_equal(in(COUNT), COMMANDED);
	for (unsigned int i = 0; i < 6; i++)
		data_out((uint16_t)(cdb[2 * i] | cdb[2 * i + 1] << 8));
}

/* All that comes through the data port, and the end. */
static void receive(uint16_t limit)
{
	reply_len = 0;
	for (;;) {
		uint32_t n;

		assert_true(irq());
		if (in(STATUS) != (READY | DRQ))
			break;
		assert_int_equal(in(COUNT), TO_GUEST);
		n = in(MID) | (uint32_t)in(HIGH) << 8;
		assert_in_range(n, 1, limit);
		for (uint32_t i = 0; i < n; i += 2) {
			uint16_t v = data_in();

			memcpy(reply + reply_len + i, &v, n - i < 2 ? 1 : 2);
		}
		reply_len += n;
	}
	assert_int_equal(in(COUNT), OVER);
}

static void packet(const uint8_t *cdb)
{
	send(cdb, 0, 0x8000);
	receive(0x8000);
}

#define run(...) packet((const uint8_t[12]){ __VA_ARGS__ })

static void assert_sense(uint8_t key, uint8_t asc)
{
	assert_int_equal(in(STATUS), key ? CHK : READY);
	assert_int_equal(in(ERROR), key ? key << 4 | ABRT : 0);
	run(0x03, 0, 0, 0, 18);
	assert_int_equal(reply_len, 18);
	assert_int_equal(reply[0], 0x70);
	assert_int_equal(reply[2], key);
	assert_int_equal(reply[12], asc);
}

static uint32_t be32(uint32_t at)
{
	return (uint32_t)reply[at] << 24 | (uint32_t)reply[at + 1] << 16 |
	       (uint32_t)reply[at + 2] << 8 | reply[at + 3];
}

static void assert_sectors(const uint8_t *data, uint32_t lba, uint32_t n)
{
	assert_memory_equal(data, store[4 * lba], n * CD_SECTOR);
}

/* --- The drive ----------------------------------------------------------------*/
static void the_signature_is_atapi(void **state)
{
	(void)state;
	assert_int_equal(in(STATUS), 0);
	assert_int_equal(in(MID), 0x14);
	assert_int_equal(in(HIGH), 0xeb);
	out(COMMAND, 0xec); /* it is no disk */
	assert_failed(ABRT);
	assert_int_equal(in(MID), 0x14);
	out(COMMAND, 0x20);
	assert_failed(ABRT);
	out(MID, 0);
	out(COMMAND, 0x08); /* DEVICE RESET */
	assert_int_equal(in(STATUS), 0);
	assert_int_equal(in(MID), 0x14);
	assert_false(irq());
	out(DEVICE, 0xa0 | SLAVE);
	assert_int_equal(in(STATUS), 0);
}

/* After a reset each drive shows its own signature. */
static void a_slave_beside_nobody(void **state)
{
	(void)state;
	build_cdrom(CD_DISK, 1);
	out(CONTROL, SRST);
	out(CONTROL, 0);
	assert_int_equal(in(MID), 0);
	assert_int_equal(in(HIGH), 0);
	out(DEVICE, 0xa0 | SLAVE);
	assert_int_equal(in(COUNT), 1);
	assert_int_equal(in(MID), 0x14);
	assert_int_equal(in(HIGH), 0xeb);
	assert_int_equal(in(DEVICE), 0xa0 | SLAVE);
	out(DEVICE, 0xa0);
	assert_int_equal(in(MID), 0);
	out(LOW, 5); /* over: the registers are the drives' in common */
	out(DEVICE, 0xa0 | SLAVE);
	assert_int_equal(in(MID), 0);
}

static void identify_says_cdrom(void **state)
{
	uint16_t w[256];

	(void)state;
	out(COMMAND, 0xa1);
	assert_true(irq());
	assert_int_equal(in(STATUS), READY | DRQ);
	for (unsigned int i = 0; i < 256; i++)
		w[i] = data_in();
	assert_int_equal(in(STATUS), READY);
	assert_int_equal(w[0], 0x85c0);
	assert_int_equal(w[27], 'V' << 8 | 'M');
	assert_int_equal(w[49] & 0x0300, 0x0300);
	assert_int_equal(w[60] | w[61], 0); /* no sectors of a disk */
	assert_int_equal(w[88] & 7, 7);
	out(FEATURE, 0x03); /* what both kinds understand */
	out(COUNT, 0x42);
	out(COMMAND, 0xef);
	assert_done();
}

static void a_disk_knows_no_packets(void **state)
{
	(void)state;
	build(SMALL_DISK);
	out(COMMAND, 0xa0);
	assert_failed(ABRT);
	out(COMMAND, 0xa1);
	assert_failed(ABRT);
	out(COMMAND, 0x08);
	assert_failed(ABRT);
}

/* --- Answers ------------------------------------------------------------------*/
static void inquiry_and_capacity(void **state)
{
	(void)state;
	run(0x12, 0, 0, 0, 36);
	assert_int_equal(reply_len, 36);
	assert_int_equal(reply[0], 5);
	assert_int_equal(reply[1], 0x80);
	assert_memory_equal(reply + 8, "VMI-XEN CD-ROM          1.0 ", 28);
	assert_sense(0, 0);
	run(0x12, 0, 0, 0, 5); /* as much as is asked for, and odd */
	assert_int_equal(reply_len, 5);
	run(0x25);
	assert_int_equal(reply_len, 8);
	assert_int_equal(be32(0), 999);
	assert_int_equal(be32(4), CD_SECTOR);
	run(0x00);
	assert_int_equal(reply_len, 0);
	assert_sense(0, 0);
}

static void one_data_track(void **state)
{
	(void)state;
	run(0x43, 0, 0, 0, 0, 0, 0, 0, 100);
	assert_int_equal(reply_len, 20);
	assert_int_equal(reply[1], 18);
	assert_int_equal(reply[2] << 8 | reply[3], 0x0101);
	assert_int_equal(reply[5], 0x14);
	assert_int_equal(reply[6], 1);
	assert_int_equal(be32(8), 0);
	assert_int_equal(reply[14], 0xaa);
	assert_int_equal(be32(16), 1000);
	run(0x43, 2, 0, 0, 0, 0, 0xaa, 0, 12); /* minutes, seconds, frames */
	assert_int_equal(reply_len, 12);
	assert_int_equal(be32(8), 15 << 8 | 25);  /* 1150 frames */
	run(0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0x40); /* the session, old style */
	assert_int_equal(reply_len, 12);
	assert_int_equal(reply[6], 1);
	assert_int_equal(be32(8), 0);
	run(0x43, 0, 1, 0, 0, 0, 0, 0, 12);
	assert_int_equal(reply_len, 12);
	run(0x43, 0, 0, 0, 0, 0, 2, 0, 12);
	assert_sense(5, 0x24);
	run(0x43, 0, 5, 0, 0, 0, 0, 0, 12);
	assert_sense(5, 0x24);
}

static void what_drivers_ask_besides(void **state)
{
	(void)state;
	run(0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 128);
	assert_int_equal(reply_len, 28);
	assert_int_equal(reply[1], 26);
	assert_int_equal(reply[8], 0x2a);
	assert_int_equal(reply[9], 18);
	run(0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 128);
	assert_sense(5, 0x24);
	run(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8);
	assert_int_equal(reply_len, 8);
	assert_int_equal(reply[2], 4);
	assert_int_equal(reply[4] & 0xf, 0);
	assert_int_equal(reply[5], 2);
	run(0x4a, 1, 0, 0, 0x02, 0, 0, 0, 8);
	assert_int_equal(reply_len, 4);
	run(0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8);
	assert_sense(5, 0x24);
	run(0x46, 2, 0, 0, 0, 0, 0, 0, 8);
	assert_int_equal(reply[7], 8);
	run(0x1e, 0, 0, 0, 1);
	assert_sense(0, 0);
	run(0x1b, 0, 0, 0, 2);
	assert_sense(0, 0);
}

static void unknown_commands_have_sense(void **state)
{
	static const uint8_t none[] = { 0x04, 0x15, 0x2a, 0x55, 0xaa, 0xff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		run(none[i]);
		assert_sense(5, 0x20);
		run(0x03, 0, 0, 0, 18); /* told once */
		assert_int_equal(reply[2], 0);
	}
	assert_int_equal(fake.submits, 0);
}

/* --- Sectors ------------------------------------------------------------------*/
static void read_by_the_data_port(void **state)
{
	(void)state;
	run(0x28, 0, 0, 0, 0, 17, 0, 0, 11);
	assert_int_equal(reply_len, 11 * CD_SECTOR);
	assert_sectors(reply, 17, 11);
	assert_int_equal(fake.submits, 3);
	send((const uint8_t[12]){ 0xa8, 0, 0, 0, 0, 3, 0, 0, 0, 2 }, 0, 1000);
	receive(1000);
	assert_int_equal(reply_len, 2 * CD_SECTOR);
	assert_sectors(reply, 3, 2);
	run(0xbe, 0, 0, 0, 0, 9, 0, 0, 1, 0x10);
	assert_sectors(reply, 9, 1);
	run(0xbe, 0, 0, 0, 0, 9, 0, 0, 1, 0xf8);
	assert_sense(5, 0x24);
	run(0x28, 0, 0, 0, 0, 9, 0, 0, 0);
	assert_int_equal(reply_len, 0);
	assert_sense(0, 0);
}

static void read_by_the_bus_master(void **state)
{
	(void)state;
	prd(0, BUFFER, 0x3000, false);
	prd(1, BUFFER + 0x4800, 0x1000, true);
	send((const uint8_t[12]){ 0x28, 0, 0, 0, 0, 40, 0, 0, 8 }, 1, 0);
	assert_false(irq());
	dma(true);
	assert_true(irq());
	assert_int_equal(in(COUNT), OVER);
	assert_int_equal(in(BM + 2) & (ACTIVE | BM_IRQ | BM_ERR), BM_IRQ);
	assert_int_equal(in(STATUS), READY);
	assert_sectors(memory + BUFFER, 40, 6);
	assert_sectors(memory + BUFFER + 0x4800, 46, 2);
	assert_int_equal(fake.submits, 1);
}

static void answers_by_the_bus_master(void **state)
{
	(void)state;
	prd(0, BUFFER, 10, false);
	prd(1, BUFFER + 0x1000, 100, true);
	send((const uint8_t[12]){ 0x12, 0, 0, 0, 36 }, 1, 0);
	dma(true);
	assert_true(irq());
	assert_int_equal(in(STATUS), READY);
	assert_int_equal(in(BM + 2) & (ACTIVE | BM_IRQ | BM_ERR), BM_IRQ);
	assert_memory_equal(memory + BUFFER + 8, "VM", 2);
	assert_memory_equal(memory + BUFFER + 0x1000, "I-XEN CD-ROM", 12);
	assert_int_equal(memory[BUFFER + 0x1000 + 26], 0);
	/* nothing to give: over without the bus master */
	send((const uint8_t[12]){ 0x00 }, 1, 0);
	assert_true(irq());
	assert_int_equal(in(COUNT), OVER);
}

static void beyond_the_end(void **state)
{
	(void)state;
	run(0x28, 0, 0, 0, 3, 0xe7, 0, 0, 2); /* 999 and 1000 */
	assert_sense(5, 0x21);
	run(0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1);
	assert_sense(5, 0x21);
	run(0xa8, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff);
	assert_sense(5, 0x21);
	assert_int_equal(fake.submits, 0);
	run(0x28, 0, 0, 0, 3, 0xe7, 0, 0, 1);
	assert_sectors(reply, 999, 1);
}

static void a_bad_medium(void **state)
{
	(void)state;
	patient = true;
	send((const uint8_t[12]){ 0x28, 0, 0, 0, 0, 1, 0, 0, 1 }, 0, 2048);
	assert_int_equal(in(STATUS), BSY);
	answer(false);
	receive(2048);
	patient = false;
	assert_sense(3, 0x11);
	prd(0, BUFFER, CD_SECTOR, true);
	patient = true;
	send((const uint8_t[12]){ 0x28, 0, 0, 0, 0, 1, 0, 0, 1 }, 1, 0);
	dma(true);
	answer(false);
	assert_true(irq());
	assert_int_equal(in(COUNT), OVER);
	assert_int_equal(in(BM + 2) & (ACTIVE | BM_ERR), 0);
	patient = false;
	assert_sense(3, 0x11);
}

static void reset_while_it_reads(void **state)
{
	(void)state;
	patient = true;
	send((const uint8_t[12]){ 0x28, 0, 0, 0, 0, 1, 0, 0, 1 }, 0, 2048);
	out(CONTROL, SRST);
	out(CONTROL, 0);
	assert_int_equal(in(STATUS), BSY);
	answer(true);
	assert_int_equal(in(STATUS), 0);
	assert_int_equal(in(MID), 0x14);
	assert_false(irq());
	patient = false;
	run(0x28, 0, 0, 0, 0, 1, 0, 0, 1);
	assert_sectors(reply, 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_signature_is_atapi, start),
		cmocka_unit_test_setup(a_slave_beside_nobody, start),
		cmocka_unit_test_setup(identify_says_cdrom, start),
		cmocka_unit_test_setup(a_disk_knows_no_packets, start),
		cmocka_unit_test_setup(inquiry_and_capacity, start),
		cmocka_unit_test_setup(one_data_track, start),
		cmocka_unit_test_setup(what_drivers_ask_besides, start),
		cmocka_unit_test_setup(unknown_commands_have_sense, start),
		cmocka_unit_test_setup(read_by_the_data_port, start),
		cmocka_unit_test_setup(read_by_the_bus_master, start),
		cmocka_unit_test_setup(answers_by_the_bus_master, start),
		cmocka_unit_test_setup(beyond_the_end, start),
		cmocka_unit_test_setup(a_bad_medium, start),
		cmocka_unit_test_setup(reset_while_it_reads, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
