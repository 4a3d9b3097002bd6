/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels, 2-level ABI (the shim has no other).
 *
 * Handlers run in evtchn_scan(), with upcalls masked, in port order.
 * Hypercalls: event_channel_op.
 */
#include "xen/hypercall.h"
#include "xen/domain.h"
#include "lib/panic.h"
#include <xen/event_channel.h>

#define NR_PORTS      1024
#define BITS_PER_WORD 32
#define NR_WORDS      (NR_PORTS / BITS_PER_WORD)

extern uint8_t shared_info_page[PAGE_SIZE];

struct port {
	evtchn_handler_t fn;
	void *opaque;
};
/* Written before a port is unmasked, by the vCPU that binds it. */
static struct port ports[NR_PORTS];

static struct shared_info *shared(void)
{
	return (struct shared_info *)(void *)shared_info_page;
}

static void mask(evtchn_t port, bool on)
{
	xen_ulong_t *word = &shared()->evtchn_mask[port / BITS_PER_WORD];
	uint32_t bit = BIT(port % BITS_PER_WORD);

	if (on)
		__atomic_or_fetch(word, bit, __ATOMIC_SEQ_CST);
	else
		__atomic_and_fetch(word, ~bit, __ATOMIC_SEQ_CST);
}

void evtchn_handle(evtchn_t port, evtchn_handler_t fn, void *opaque)
{
	struct evtchn_unmask op = { .port = port };

	if (port >= NR_PORTS)
		panic("event channel port %u: Xen's ABI has %u", port,
		      NR_PORTS);
	ports[port].opaque = opaque;
	ports[port].fn = fn;
	hypercall_event_channel_op(EVTCHNOP_unmask, &op);
}

void evtchn_scan(void)
{
	struct shared_info *s = shared();
	struct vcpu_info *info = &s->vcpu_info[0];
	uint32_t words, bits;

	info->evtchn_upcall_pending = 0;
	words = __atomic_exchange_n(&info->evtchn_pending_sel, 0,
				    __ATOMIC_SEQ_CST);
	while (words) {
		uint32_t w = (uint32_t)__builtin_ctz(words);

		words &= words - 1;
		bits = s->evtchn_pending[w] & ~s->evtchn_mask[w];
		while (bits) {
			uint32_t b = (uint32_t)__builtin_ctz(bits);
			struct port *p = &ports[w * BITS_PER_WORD + b];

			bits &= bits - 1;
			__atomic_and_fetch(&s->evtchn_pending[w], ~BIT(b),
					   __ATOMIC_SEQ_CST);
			if (p->fn)
				p->fn(p->opaque);
			else
				mask(w * BITS_PER_WORD + b, true);
		}
	}
}

void evtchn_raise(evtchn_t port)
{
	struct shared_info *s = shared();
	struct vcpu_info *info = &s->vcpu_info[0];

	__atomic_or_fetch(&s->evtchn_pending[port / BITS_PER_WORD],
			  BIT(port % BITS_PER_WORD), __ATOMIC_SEQ_CST);
	__atomic_or_fetch(&info->evtchn_pending_sel, BIT(port / BITS_PER_WORD),
			  __ATOMIC_SEQ_CST);
	info->evtchn_upcall_pending = 1;
}

void evtchn_clear(evtchn_t port)
{
	__atomic_and_fetch(&shared()->evtchn_pending[port / BITS_PER_WORD],
			   ~BIT(port % BITS_PER_WORD), __ATOMIC_SEQ_CST);
}

void evtchn_send(evtchn_t port)
{
	struct evtchn_send op = { .port = port };

	hypercall_event_channel_op(EVTCHNOP_send, &op);
}

evtchn_t evtchn_bind_virq(uint32_t virq, uint32_t vcpu)
{
	struct evtchn_bind_virq op = { .virq = virq, .vcpu = vcpu };
	int rc = hypercall_event_channel_op(EVTCHNOP_bind_virq, &op);

	if (rc)
		panic("bind VIRQ %u: rc %d", virq, rc);
	return op.port;
}

evtchn_t evtchn_alloc(uint32_t remote)
{
	struct evtchn_alloc_unbound op = { .dom = DOMID_SELF,
					   .remote_dom = (domid_t)remote };
	int rc = hypercall_event_channel_op(EVTCHNOP_alloc_unbound, &op);

	if (rc)
		panic("event channel for domain %u: rc %d", remote, rc);
	return op.port;
}

void evtchn_close(evtchn_t port)
{
	struct evtchn_close op = { .port = port };

	mask(port, true);
	ports[port].fn = NULL;
	hypercall_event_channel_op(EVTCHNOP_close, &op);
}
