/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace ring: what happened last.
 *
 * Exceptions that come to the adapter and interrupts are always kept, for
 * about 12 instructions each, and without their time: where Xen emulates the
 * TSC, as under the shim on many hosts, reading it costs more than all the
 * rest.  VMI calls and hypercalls are kept only when vmi_trace= asks for them:
 * get_reloc then hands out entries that note each call first, and so untraced
 * calls cost nothing.
 *
 *	vmi_trace=NAME[,NAME...]  traps irqs calls hypercalls: keep these in
 *				  the ring and print them, one line each
 *	ring			  do not print them
 *
 * The ring lies behind the counters page, in pages that each say which one
 * they are, and is read as that is; a panic prints its last events.
 */
#ifndef VMI_LIB_TRACE_H
#define VMI_LIB_TRACE_H

#define TRACE_PAGES	4
#define TRACE_MAGIC	"vmitrace" /* without its NUL */
#define TRACE_EVENT	16 /* bytes; the first of a page is its header */
#define TRACE_PAGE_SIZE 0x1000
#define TRACE_NR_SHIFT	16

/* Kinds of events, and what a and b are. */
#define TRACE_TRAP	1 /* vector: EIP, error code or (#PF) CR2 */
#define TRACE_IRQ	2 /* vector: EIP that it interrupts, its flags */
#define TRACE_CALL	3 /* VMI call: return address, EAX */
#define TRACE_HYPERCALL 4 /* hypercall: first argument, result */

#ifndef __ASSEMBLER__
#include "types.h"
#include "lib/counters.h"

struct trace_event {
	uint32_t tsc;  /* low word; 0 without vmi_trace= */
	uint32_t what; /* kind, and its number from TRACE_NR_SHIFT on */
	uint32_t a, b;
};

struct trace_page {
	char magic[8];
	uint32_t page, pages;
	struct trace_event events[TRACE_PAGE_SIZE / TRACE_EVENT - 1];
};

extern struct trace_page trace_ring[TRACE_PAGES];

/* BIT(kind): what vmi_trace= wants kept, and printed. */
extern uint32_t trace_kept, trace_shown;

/** Start of day: the ring is empty. */
void trace_init(void);
/** Choose by the words of vmi_trace=; false at an unknown one. */
bool trace_configure(const char *words, size_t len);
/** Note an event, and print it if that was asked for. */
void trace_add(unsigned int kind, unsigned int nr, uint32_t a, uint32_t b);
/** What is left to do after an event was written at trace_next: @next. */
void trace_after(uint32_t next);
/** Print the last @n events. */
void trace_print(unsigned int n);

/** The same, inlined: 11 instructions without vmi_trace=. */
static inline void trace_note(unsigned int kind, unsigned int nr, uint32_t a,
			      uint32_t b)
{
	struct trace_event *e =
		(struct trace_event *)(uintptr_t)counters.trace_next;
	uint32_t next = counters.trace_next + TRACE_EVENT;

	e->tsc = 0;
	e->what = kind | nr << TRACE_NR_SHIFT;
	e->a = a;
	e->b = b;
	if (__builtin_expect(!(next & (TRACE_PAGE_SIZE - 1)) || trace_kept, 0))
		trace_after(next);
	else
		counters.trace_next = next;
}

static inline bool trace_wants(unsigned int kind)
{
	return __builtin_expect(trace_kept & BIT(kind), 0);
}

#endif
#endif
