/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace ring.  See trace.h. */
#include "lib/trace.h"
#include "lib/asm.h"
#include "lib/counters.h"
#include "lib/log.h"
#include "lib/string.h"

struct trace_page trace_ring[TRACE_PAGES]
	__attribute__((section(".eyes.ring"), aligned(TRACE_PAGE_SIZE)));
uint32_t trace_kept, trace_shown;
static bool printing; /* printing makes hypercalls, too */

static const char *const kind_names[] = {
	[TRACE_TRAP] = "traps",
	[TRACE_IRQ] = "irqs",
	[TRACE_CALL] = "calls",
	[TRACE_HYPERCALL] = "hypercalls",
};
static const char *const kind_words[] = {
	[TRACE_TRAP] = "trap",
	[TRACE_IRQ] = "irq",
	[TRACE_CALL] = "call",
	[TRACE_HYPERCALL] = "hypercall",
};

void trace_init(void)
{
	for (uint32_t i = 0; i < TRACE_PAGES; i++) {
		memcpy(trace_ring[i].magic, TRACE_MAGIC,
		       sizeof(trace_ring[i].magic));
		trace_ring[i].page = i;
		trace_ring[i].pages = TRACE_PAGES;
	}
	counters.trace_next = (uint32_t)(uintptr_t)trace_ring[0].events;
}

/* --- vmi_trace= -----------------------------------------------------------*/
static bool word_is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !strncmp(word, name, len);
}

bool trace_configure(const char *words, size_t len)
{
	bool console = true;
	unsigned int kind;
	size_t n;

	while (len) {
		for (n = 0; n < len && words[n] != ','; n++)
			;
		for (kind = 1; kind < ARRAY_SIZE(kind_names); kind++)
			if (word_is(words, n, kind_names[kind]))
				break;
		if (kind < ARRAY_SIZE(kind_names))
			trace_kept |= BIT(kind);
		else if (word_is(words, n, "ring"))
			console = false;
		else
			return false;
		n += n < len; /* the comma */
		words += n;
		len -= n;
	}
	if (console)
		trace_shown = trace_kept;
	return true;
}

/* --- Events ---------------------------------------------------------------*/
#define KIND(e) ((e)->what & (BIT(TRACE_NR_SHIFT) - 1))

static void show(const struct trace_event *e)
{
	log_raw("vmi-xen: trace: %10u %s %u %08x %08x", e->tsc,
		kind_words[KIND(e)], e->what >> TRACE_NR_SHIFT, e->a, e->b);
}

static uint32_t tsc_low(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return low;
}

void trace_after(uint32_t next)
{
	struct trace_event *e =
		(struct trace_event *)(uintptr_t)counters.trace_next;

	if (!(next & (TRACE_PAGE_SIZE - 1))) {
		if (next == (uint32_t)(uintptr_t)(trace_ring + TRACE_PAGES))
			next = (uint32_t)(uintptr_t)trace_ring;
		next += TRACE_EVENT; /* behind the page's header */
	}
	counters.trace_next = next;
	e->tsc = trace_kept ? tsc_low() : 0;
	if ((trace_shown & BIT(KIND(e))) && !printing) {
		printing = true;
		show(e);
		printing = false;
	}
}

void trace_add(unsigned int kind, unsigned int nr, uint32_t a, uint32_t b)
{
	trace_note(kind, nr, a, b);
}

void trace_print(unsigned int n)
{
	const uint32_t all = TRACE_PAGES * ARRAY_SIZE(trace_ring[0].events);
	uint32_t next = counters.trace_next - (uint32_t)(uintptr_t)trace_ring;
	/* Its number among all events of the ring. */
	uint32_t at = next / TRACE_EVENT - next / TRACE_PAGE_SIZE - 1;

	if (!counters.trace_next)
		return;
	trace_shown = 0;
	for (; n; n--) {
		uint32_t i = (at + all - n) % all;
		const struct trace_event *e =
			&trace_ring[i / ARRAY_SIZE(trace_ring[0].events)]
				 .events[i % ARRAY_SIZE(trace_ring[0].events)];

		if (e->what)
			show(e);
	}
}
