/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is on the disk what was written?
 *
 *	disktest verify PATH MB [BLOCK-KB]
 *		writes MB megabytes in a shuffled order with flushes in between,
 *		past the page cache, and reads them back in another one
 *	disktest log PATH MB
 *		writes block after block, flushes, and says "flushed N" each
 *		time; ends when MB megabytes are full
 *	disktest check PATH N
 *		of the first N blocks of a log none is lost
 *	disktest refuses PATH [KB]
 *		a write must fail, KB from the start
 *	disktest unreadable PATH KB
 *		a read must fail
 *	disktest discard PATH KB KB
 *		the second number of kilobytes, from the first on, is not needed
 *	disktest sum PATH
 *		the CRC-32 of all of it, as cksum -a crc32b and Python's zlib
 *	disktest time PATH read|write KB MB
 *		MB megabytes in pieces of KB, past the page cache (benchmarks)
 *
 * Each block holds its number, its generation and a checksum.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK	     4096u
#define MB	     (1u << 20)
#define FLUSH_EVERY  64u   /* pieces */
#define LOG_BATCH    16u   /* blocks between two flushes */
#define STEP	     7919u /* a prime: visits all pieces, in no order */
#define MAX_PIECE    (1u << 20)
#define CRC_INVERTED 0xedb88320u

static uint8_t *buffer; /* as O_DIRECT wants it */
static uint32_t crc_table[256];

static int fail(const char *what, const char *path)
{
	printf("disktest: %s: %s: %s\n", path, what, strerror(errno));
	return 1;
}

static void crc_init(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (c & 1 ? CRC_INVERTED : 0);
		crc_table[i] = c;
	}
}

static uint32_t crc(uint32_t c, const uint8_t *p, size_t n)
{
	c = ~c;
	while (n--)
		c = crc_table[(c ^ *p++) & 0xff] ^ c >> 8;
	return ~c;
}

/* --- Blocks ---------------------------------------------------------------*/
static void fill_block(uint8_t *p, uint32_t number, uint32_t generation)
{
	uint32_t *w = (uint32_t *)(void *)p, x = number * 2654435761u + 1;

	for (uint32_t i = 2; i < BLOCK / 4 - 1; i++)
		w[i] = x = x * 1664525u + 1013904223u + generation;
	w[0] = number;
	w[1] = generation;
	w[BLOCK / 4 - 1] = crc(0, p, BLOCK - 4);
}

static int block_is(const uint8_t *p, uint32_t number, uint32_t generation)
{
	uint8_t expected[BLOCK] __attribute__((aligned(4)));

	fill_block(expected, number, generation);
	return !memcmp(p, expected, BLOCK);
}

/* --- verify ---------------------------------------------------------------*/
static int write_all(int fd, uint32_t pieces, uint32_t piece)
{
	uint32_t per = piece / BLOCK;

	for (uint32_t i = 0; i < pieces; i++) {
		uint32_t n = (uint32_t)((uint64_t)i * STEP % pieces);

		for (uint32_t b = 0; b < per; b++)
			fill_block(buffer + b * BLOCK, n * per + b, i);
		if (pwrite(fd, buffer, piece, (off_t)n * piece) !=
		    (ssize_t)piece)
			return -1;
		if (i % FLUSH_EVERY == FLUSH_EVERY - 1 && fdatasync(fd))
			return -1;
	}
	return fsync(fd);
}

/* Backwards: nothing that reads ahead helps. */
static int read_all(int fd, uint32_t pieces, uint32_t piece)
{
	uint32_t per = piece / BLOCK, bad = 0;

	for (uint32_t i = pieces; i-- > 0;) {
		uint32_t n = (uint32_t)((uint64_t)i * STEP % pieces);

		if (pread(fd, buffer, piece, (off_t)n * piece) !=
		    (ssize_t)piece)
			return -1;
		for (uint32_t b = 0; b < per; b++)
			bad += !block_is(buffer + b * BLOCK, n * per + b, i);
	}
	if (bad)
		printf("disktest: %u blocks are not what was written\n", bad);
	return (int)bad;
}

static int verify(const char *path, uint32_t mb, uint32_t piece)
{
	uint32_t pieces = (uint32_t)((uint64_t)mb * MB / piece);
	int fd = open(path, O_RDWR | O_CREAT | O_DIRECT, 0600), bad;

	if (fd < 0)
		return fail("open", path);
	if (pieces % STEP == 0 || write_all(fd, pieces, piece))
		return fail("write", path);
	bad = read_all(fd, pieces, piece);
	if (bad < 0)
		return fail("read", path);
	close(fd);
	if (!bad)
		printf("disktest: %u MB in pieces of %u kB are as written\n",
		       mb, piece >> 10);
	return bad != 0;
}

/* --- log and check --------------------------------------------------------*/
static int log_blocks(const char *path, uint32_t mb)
{
	uint32_t total = mb * (MB / BLOCK);
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		return fail("open", path);
	for (uint32_t n = 0; n < total; n++) {
		fill_block(buffer, n, 0);
		if (pwrite(fd, buffer, BLOCK, (off_t)n * BLOCK) !=
		    (ssize_t)BLOCK)
			return fail("write", path);
		if (n % LOG_BATCH != LOG_BATCH - 1)
			continue;
		if (fdatasync(fd))
			return fail("fdatasync", path);
		printf("disktest: flushed %u\n", n + 1);
		fflush(stdout);
	}
	close(fd);
	return 0;
}

static int check(const char *path, uint32_t total)
{
	int fd = open(path, O_RDONLY);
	uint32_t lost = 0;

	if (fd < 0)
		return fail("open", path);
	for (uint32_t n = 0; n < total; n++)
		lost += pread(fd, buffer, BLOCK, (off_t)n * BLOCK) !=
				(ssize_t)BLOCK ||
			!block_is(buffer, n, 0);
	close(fd);
	printf("disktest: %u of %u flushed blocks are lost\n", lost, total);
	return lost != 0;
}

/* --- Others ---------------------------------------------------------------*/
static int must_fail(const char *path, int write_it, uint32_t kb)
{
	int fd = open(path, (write_it ? O_WRONLY : O_RDONLY) | O_DIRECT);
	off_t at = (off_t)kb << 10;

	if (fd < 0 && errno == ENOENT)
		return fail("open", path);
	memset(buffer, 0, BLOCK);
	if (fd >= 0 &&
	    (write_it ? pwrite(fd, buffer, BLOCK, at)
		      : pread(fd, buffer, BLOCK, at)) == (ssize_t)BLOCK &&
	    !(write_it && fsync(fd))) {
		printf("disktest: %s: it succeeded\n", path);
		return 1;
	}
	printf("disktest: %s fails: %s\n", path, strerror(errno));
	return 0;
}

static int discard(const char *path, uint64_t kb, uint64_t len)
{
	uint64_t range[] = { kb << 10, len << 10 };
	int fd = open(path, O_RDWR);

	if (fd < 0)
		return fail("open", path);
	if (ioctl(fd, BLKDISCARD, range))
		return fail("discard", path);
	printf("disktest: %s: discarded\n", path);
	close(fd);
	return 0;
}

static int sum(const char *path)
{
	int fd = open(path, O_RDONLY);
	uint32_t c = 0;
	ssize_t n;

	if (fd < 0)
		return fail("open", path);
	while ((n = read(fd, buffer, MAX_PIECE)) > 0)
		c = crc(c, buffer, (size_t)n);
	if (n < 0)
		return fail("read", path);
	printf("disktest: %s sum %08x\n", path, c);
	close(fd);
	return 0;
}

static int timed(const char *path, int write_it, uint32_t piece, uint32_t mb)
{
	uint32_t pieces = (uint32_t)((uint64_t)mb * MB / piece);
	int fd = open(path, (write_it ? O_RDWR : O_RDONLY) | O_DIRECT);

	if (fd < 0)
		return fail("open", path);
	for (uint32_t i = 0; i < pieces; i++) {
		off_t at = (off_t)i * piece;
		ssize_t n = write_it ? pwrite(fd, buffer, piece, at)
				     : pread(fd, buffer, piece, at);

		if (n != (ssize_t)piece)
			return fail(write_it ? "write" : "read", path);
	}
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	uint32_t n = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;

	crc_init();
	buffer = mmap(NULL, MAX_PIECE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffer == MAP_FAILED)
		return fail("mmap", "memory");
	if (!strcmp(what, "verify") && argc > 3)
		return verify(argv[2], n,
			      argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10)
						 << 10
				       : 4 * BLOCK);
	if (!strcmp(what, "log") && argc > 3)
		return log_blocks(argv[2], n);
	if (!strcmp(what, "check") && argc > 3)
		return check(argv[2], n);
	if (!strcmp(what, "refuses"))
		return must_fail(argv[2], 1, n);
	if (!strcmp(what, "unreadable"))
		return must_fail(argv[2], 0, n);
	if (!strcmp(what, "discard") && argc > 4)
		return discard(argv[2], n, strtoul(argv[4], NULL, 10));
	if (!strcmp(what, "sum"))
		return sum(argv[2]);
	if (!strcmp(what, "time") && argc > 5)
		return timed(argv[2], !strcmp(argv[3], "write"),
			     (uint32_t)strtoul(argv[4], NULL, 10) << 10,
			     (uint32_t)strtoul(argv[5], NULL, 10));
	fprintf(stderr,
		"disktest: verify, log, check, refuses, unreadable, discard, sum or time\n");
	return 2;
}
