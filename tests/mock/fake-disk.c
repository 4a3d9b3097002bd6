/* SPDX-License-Identifier: GPL-2.0-only */
/* See fake-disk.h. */
#include "fake-disk.h"
#include "must.h"
#include "lib/string.h"

#define RAM_KB 1024

/* --- Requests -------------------------------------------------------------*/
static void check_segment(const struct fake_disk *f,
			  const struct disk_request *r,
			  const struct disk_seg *s)
{
	must(s->len && s->len <= PAGE_SIZE);
	if (s->local)
		must(!f->local_ok || f->local_ok(r, s));
	else
		must((s->gpa & PAGE_MASK) + s->len <= PAGE_SIZE);
}

static void check_request(const struct fake_disk *f,
			  const struct disk_request *r)
{
	const struct disk *d = &f->disk;
	uint32_t bytes = 0;

	must(r->done);
	if (r->op == DISK_FLUSH) {
		must(!r->nr_segs);
		return;
	}
	if (r->op == DISK_DISCARD) {
		must(!r->nr_segs && r->count && !d->read_only);
		must(r->sector < d->sectors &&
		     r->count <= d->sectors - r->sector && d->can_discard);
		return;
	}
	must(r->op == DISK_READ || (r->op == DISK_WRITE && !d->read_only));
	must(r->nr_segs && r->nr_segs <= DISK_MAX_SEGS);
	for (uint32_t i = 0; i < r->nr_segs; i++) {
		check_segment(f, r, &r->seg[i]);
		bytes += r->seg[i].len;
	}
	must(bytes % DISK_SECTOR_SIZE == 0);
	must(r->sector < d->sectors);
	must(bytes / DISK_SECTOR_SIZE <= d->sectors - r->sector);
}

static void submit(struct disk *d, struct disk_request *r)
{
	struct fake_disk *f = (struct fake_disk *)(void *)d; /* its first */

	must(f->nr_waiting < f->most);
	for (unsigned int i = 0; i < f->nr_waiting; i++)
		must(f->waiting[i] != r);
	check_request(f, r);
	memcpy(&f->copy[f->nr_waiting], r, sizeof(*r));
	memcpy(&f->last, r, sizeof(*r));
	f->waiting[f->nr_waiting++] = r;
	f->submits++;
}

struct disk_request *fake_disk_take(struct fake_disk *f, unsigned int i)
{
	struct disk_request *r = f->waiting[i];
	unsigned int after;

	must(i < f->nr_waiting);
	must(!memcmp(r, &f->copy[i], sizeof(*r)));
	after = --f->nr_waiting - i;
	memmove(&f->waiting[i], &f->waiting[i + 1],
		after * sizeof(f->waiting[0]));
	memmove(&f->copy[i], &f->copy[i + 1], after * sizeof(f->copy[0]));
	return r;
}

void fake_disk_init(struct fake_disk *f, uint64_t sectors, bool cdrom,
		    unsigned int most)
{
	must(most <= FAKE_DISK_MOST);
	/* The requests are large, and a fuzzer does this often. */
	f->disk = (struct disk){ .sectors = sectors,
				 .cdrom = cdrom,
				 .read_only = cdrom,
				 .submit = submit };
	f->most = most;
	f->local_ok = NULL;
	f->nr_waiting = f->submits = 0;
}

/* --- A board --------------------------------------------------------------*/
static uint64_t no_time(void *opaque)
{
	(void)opaque;
	return 1;
}

static void no_byte(void *opaque, uint8_t byte)
{
	(void)opaque;
	(void)byte;
}

static void no_end(void *opaque)
{
	(void)opaque;
}

void bare_board(struct board *b)
{
	const struct board_host host = { .now = no_time,
					 .epoch_ns = no_time,
					 .serial = no_byte,
					 .power_off = no_end,
					 .reset = no_end };

	board_init(b, &host, RAM_KB);
}
