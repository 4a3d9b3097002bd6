/* SPDX-License-Identifier: GPL-2.0-only */
/* See counters.h. */
#include "counters.h"
#include "lib/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xenforeignmemory.h>

#define PAGE_BYTES 4096

static uint64_t sum(const uint32_t *v, size_t n)
{
	uint64_t s = 0;

	while (n--)
		s += *v++;
	return s;
}

bool counters_sum(struct sums *s, const void *page, size_t size)
{
	struct counters c;

	memset(s, 0, sizeof(*s));
	if (size < sizeof(c))
		return false;
	memcpy(&c, page, sizeof(c));
	if (memcmp(c.magic, COUNTERS_MAGIC, COUNTERS_MAGIC_SIZE) ||
	    c.version != COUNTERS_VERSION || c.bytes != sizeof(c))
		return false;
	s->known = true;
	s->calls = sum(c.calls, COUNTERS_CALLS);
	s->hypercalls = sum(c.hypercalls, COUNTERS_HYPERCALLS);
	s->traps = sum(c.traps, COUNTERS_TRAPS);
	s->interrupts = c.interrupts;
	return true;
}

static bool frame_number(xen_pfn_t *frame, const char *text)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*frame = strtoul(text, &end, 10);
	return !errno && !*end;
}

void counters_read(struct sums *s, uint32_t domid, const char *frame)
{
	xenforeignmemory_handle *x;
	xen_pfn_t number;
	void *page;
	int error = 0;

	memset(s, 0, sizeof(*s));
	if (!frame_number(&number, frame))
		return;
	x = xenforeignmemory_open(NULL, 0);
	if (!x)
		return;
	page = xenforeignmemory_map(x, domid, PROT_READ, 1, &number, &error);
	if (page) {
		if (!error)
			counters_sum(s, page, PAGE_BYTES);
		xenforeignmemory_unmap(x, page, 1);
	}
	xenforeignmemory_close(x);
}
