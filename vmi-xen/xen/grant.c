/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grant references.
 *
 * Hypercalls: grant_table_op setup_table, once, with all frames that we want;
 * entries are memory.
 * Source: xen/grant_table.h.
 */
#include "xen/hypercall.h"
#include "xen/grant.h"
#include "xen/domain.h"
#include "layout.h"
#include "lib/log.h"
#include "lib/panic.h"
#include <xen/grant_table.h>

#define NR_FRAMES	  GRANT_PAGES
#define ENTRIES_PER_FRAME (PAGE_SIZE / sizeof(struct grant_entry_v1))
#define MAX_ENTRIES	  (NR_FRAMES * ENTRIES_PER_FRAME)

static struct {
	uint32_t nr; /* entries mapped */
	uint32_t nr_free;
	uint16_t head; /* free list, 0 ends it */
	uint16_t next[MAX_ENTRIES];
} grants;

static volatile struct grant_entry_v1 *entry(grant_t g)
{
	return (volatile struct grant_entry_v1 *)GRANT_VA + g;
}

static void put(grant_t g)
{
	grants.next[g] = grants.head;
	grants.head = (uint16_t)g;
	grants.nr_free++;
}

/* Map as many frames as Xen gives; the limit is the toolstack's. */
static uint32_t setup(xen_pfn_t *frames)
{
	struct gnttab_query_size q = { .dom = DOMID_SELF };
	struct gnttab_setup_table s = { .dom = DOMID_SELF };
	uint32_t n = NR_FRAMES;

	if (hypercall_grant_table_op(GNTTABOP_query_size, &q, 1) == 0 &&
	    q.status == GNTST_okay && q.max_nr_frames < n)
		n = q.max_nr_frames;
	s.nr_frames = n;
	set_xen_guest_handle(s.frame_list, frames);
	if (hypercall_grant_table_op(GNTTABOP_setup_table, &s, 1) ||
	    s.status != GNTST_okay)
		return 0;
	return n;
}

void grant_init(struct machine *m)
{
	xen_pfn_t frames[NR_FRAMES];
	uint32_t n = setup(frames);

	(void)m;
	if (!n) {
		log_warn(BOOT,
			 "Xen gives no grant table: no disks, no network");
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		xen_map(GRANT_VA + i * PAGE_SIZE, mfn((uint32_t)frames[i]),
			true);
	grants.nr = n * (uint32_t)ENTRIES_PER_FRAME;
	for (grant_t g = grants.nr - 1; g >= GNTTAB_NR_RESERVED_ENTRIES; g--)
		if (entry(g)->flags == GTF_invalid)
			put(g);
}

grant_t grant_access(uint32_t domid, mfn_t m, bool read_only)
{
	grant_t g = grants.head;

	if (!g)
		return GRANT_NONE;
	grants.head = grants.next[g];
	grants.nr_free--;
	entry(g)->frame = mfn_x(m);
	entry(g)->domid = (domid_t)domid;
	barrier();
	entry(g)->flags =
		(uint16_t)(GTF_permit_access | (read_only ? GTF_readonly : 0));
	return g;
}

bool grant_end(grant_t g)
{
	volatile struct grant_entry_v1 *e = entry(g);
	uint16_t flags = e->flags;

	do {
		if (flags & (GTF_reading | GTF_writing))
			return false;
	} while (!__atomic_compare_exchange_n(&e->flags, &flags, GTF_invalid,
					      false, __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	put(g);
	return true;
}

uint32_t grant_free(void)
{
	return grants.nr_free;
}
