/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The domain's console: Xen's byte rings.
 *
 * A ring without a reader must not block the guest: a write waits some time for
 * room, then what comes is dropped until there is room.
 *
 * A guest writes byte by byte, and an event for each would wake dom0 as often
 * (in the shim each costs milliseconds of an emulated machine).  So the reader
 * is told of whole lines, of a ring that is half full, and of what else there is
 * when something happens anyway (console_flush()).
 * Hypercalls: event_channel_op (send), sched_op (yield); console_io before the
 * ring exists (a debug build of Xen prints it).
 */
#include "xen/hypercall.h"
#include "xen/domain.h"
#include <xen/io/console.h>

/*
 * Much longer than xenconsoled leaves a ring alone that has sent many events,
 * 200 ms: on a busy host dom0 comes late, too.
 */
#define WAIT_NS 2000000000ull

extern uint8_t console_page[PAGE_SIZE];

/* Set once, by console_init(). */
static struct xencons_interface *ring;
static evtchn_t ring_port;
/* The reader has not been told of the last bytes. */
static bool event_owed;
/* A write has waited in vain: the next ones do not, until there is room. */
static bool nobody_reads;

void console_init(const struct xen_info *x)
{
	ring = (struct xencons_interface *)(void *)console_page;
	ring_port = x->console_port;
}

evtchn_t console_port(void)
{
	return ring_port;
}

uint32_t console_room(void)
{
	return (uint32_t)sizeof(ring->out) - (ring->out_prod - ring->out_cons);
}

static uint32_t put(const char *text, size_t len)
{
	uint32_t n = 0, prod = ring->out_prod, room = console_room();

	if (room > sizeof(ring->out)) /* indices are the other side's too */
		return 0;
	while (n < len && n < room) {
		ring->out[MASK_XENCONS_IDX(prod + n, ring->out)] = text[n];
		n++;
	}
	barrier();
	ring->out_prod = prod + n;
	event_owed = event_owed || n;
	if (n < len || text[n - 1] == '\n' || room - n < sizeof(ring->out) / 2)
		console_flush();
	return n;
}

void console_flush(void)
{
	if (!event_owed)
		return;
	event_owed = false;
	evtchn_send(ring_port);
}

void console_write(const char *text, size_t len)
{
	uint64_t until = 0, now;

	if (!ring) {
		hypercall_console_io(CONSOLEIO_write, (uint32_t)len, text);
		return;
	}
	while (len) {
		uint32_t n = put(text, len);

		text += n;
		len -= n;
		if (n) {
			nobody_reads = false;
			continue;
		}
		if (nobody_reads)
			return;
		now = xen_time_ns();
		if (!until)
			until = now + WAIT_NS;
		nobody_reads = now > until;
		xen_yield();
	}
}

int console_read(void)
{
	uint32_t cons = ring->in_cons;
	int c;

	if (cons == ring->in_prod)
		return -1;
	barrier();
	c = (uint8_t)ring->in[MASK_XENCONS_IDX(cons, ring->in)];
	barrier();
	ring->in_cons = cons + 1;
	evtchn_send(ring_port);
	return c;
}
