/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab-stat DOMID: what a domain has used up to now, as one line:
 *
 *	NANOSECONDS HYPERCALLS TRAPS UPCALLS INTERRUPTS
 *
 * The first is its running time, by Xen; the others are the adapter's counters
 * (vmi-xen/lib/counters.h), 0 for a domain without the adapter.  A program for
 * the lab's dom0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include <xenctrl.h>

#include "layout.h"
#define __ASSEMBLER__ /* only its numbers: the structure is the adapter's */
#include "lib/counters.h"

/* Behind the magic, version and size, as struct counters has it. */
struct head {
	char magic[COUNTERS_MAGIC_SIZE];
	uint32_t version, bytes;
	uint32_t calls[COUNTERS_CALLS];
	uint32_t traps[COUNTERS_TRAPS];
	uint32_t hypercalls[COUNTERS_HYPERCALLS];
	uint32_t upcalls, interrupts;
};

static unsigned long sum(const volatile uint32_t *v, unsigned int n)
{
	unsigned long s = 0;

	while (n--)
		s += *v++;
	return s;
}

int main(int argc, char **argv)
{
	uint32_t domid = argc > 1 ? (uint32_t)atoi(argv[1]) : 0;
	xc_interface *x = xc_interface_open(NULL, NULL, 0);
	unsigned long frame, hypercalls = 0, traps = 0;
	unsigned int upcalls = 0, interrupts = 0;
	const struct head *c = NULL;
	xc_dominfo_t info;

	if (!x || xc_domain_getinfo(x, domid, 1, &info) != 1 ||
	    info.domid != domid) {
		fprintf(stderr, "lab-stat: no domain %u\n", domid);
		return 1;
	}
	frame = xc_translate_foreign_address(x, domid, 0, EYES_VA);
	if (frame)
		c = xc_map_foreign_range(x, domid, XC_PAGE_SIZE, PROT_READ,
					 frame);
	if (c && !memcmp(c->magic, COUNTERS_MAGIC, COUNTERS_MAGIC_SIZE) &&
	    c->version == COUNTERS_VERSION) {
		hypercalls = sum(c->hypercalls, COUNTERS_HYPERCALLS);
		traps = sum(c->traps, COUNTERS_TRAPS);
		upcalls = c->upcalls;
		interrupts = c->interrupts;
	}
	printf("%llu %lu %lu %u %u\n", (unsigned long long)info.cpu_time,
	       hypercalls, traps, upcalls, interrupts);
	return 0;
}
