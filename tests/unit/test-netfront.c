/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A network backend that comes, closes and comes back; frames to it and from it,
 * and what only a backend says that wants to do harm.  How frames are put together
 * out of slots is test-netfront-join's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/netfront-rig.h"
#include "lib/string.h"

#define LEN 100u

/* The card. */
static unsigned int frames, larges, rooms, links;
static bool refuses;
static uint32_t last_len;
static uint8_t last_byte;
static struct nic_hints last_hints;

static const struct nic_hints plain;

static bool receive(void *card, void *frame, uint32_t len,
		    const struct nic_hints *h)
{
	assert_ptr_equal(card, &frames);
	if (refuses)
		return false;
	frames++;
	last_len = len;
	last_byte = *(uint8_t *)frame;
	last_hints = *h;
	return true;
}

static bool receive_large(void *card, const struct nic_frame *f,
			  const struct nic_hints *h)
{
	assert_ptr_equal(card, &frames);
	if (refuses)
		return false;
	larges++;
	last_len = f->len;
	last_byte = f->piece[f->n - 1].at[f->piece[f->n - 1].len - 1];
	last_hints = *h;
	return true;
}

static void room(void *card)
{
	(void)card;
	rooms++;
}

static void link_changed(void *card)
{
	(void)card;
	links++;
}

static int set_up(void **state)
{
	struct nic *n = rig_nic();

	(void)state;
	n->card = &frames;
	n->receive = receive;
	n->receive_large = receive_large;
	n->room = room;
	n->link_changed = link_changed;
	refuses = false;
	rig_connect();
	assert_true(n->link);
	frames = larges = rooms = links = 0;
	rig_warnings = rig_errors = rig_kicks = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_key("feature-sg", "1");
	rig_key("online", "1");
	rig_state(XENBUS_CLOSING);
	rig_state(XENBUS_CLOSED);
	rig_soft();
	assert_int_equal(rig_said("state"), XENBUS_INITIALISING);
	assert_int_equal(rig_grants_used(), 0);
	assert_false(rig_nic()->link);
	return 0;
}

/* --- The handshake --------------------------------------------------------*/
static void connects(void **state)
{
	static const uint8_t mac[] = { 0x00, 0x16, 0x3e, 0x0a, 0xbc, 0xff };

	(void)state;
	assert_memory_equal(rig_nic()->mac, mac, sizeof(mac));
	assert_int_equal(rig_said("request-rx-copy"), 1);
	assert_int_equal(rig_said("feature-rx-notify"), 1);
	assert_int_equal(rig_said("feature-no-csum-offload"), 0);
	assert_int_equal(rig_said("feature-sg"), 1);
	assert_int_equal(rig_said("feature-gso-tcpv4"), 1);
	assert_int_equal(rig_said("state"), XENBUS_CONNECTED);
	assert_true(rig_nic()->can_cut);
	assert_int_equal(rig_offered(), RX_PAGES);
	assert_null(netfront_nic(1));
}

static void backend_without_large_frames(void **state)
{
	(void)state;
	tear_down(NULL);
	rig_key("feature-sg", "0");
	rig_connect();
	assert_true(rig_nic()->link);
	assert_false(rig_nic()->can_cut);
}

/* It would take our pages for its own. */
static void backend_that_does_not_copy(void **state)
{
	(void)state;
	tear_down(NULL);
	rig_key("feature-rx-copy", "0");
	rig_errors = 0;
	rig_state(XENBUS_INIT_WAIT);
	assert_int_equal(rig_errors, 1);
	assert_int_equal(rig_said("state"), XENBUS_CLOSED);
	assert_int_equal(rig_grants_used(), 0);
	assert_false(rig_nic()->link);
	rig_key("feature-rx-copy", "1");
	rig_connect();
	assert_true(rig_nic()->link);
}

/* A frame that came before the frontend has seen that it is connected. */
static void early_frame(void **state)
{
	(void)state;
	tear_down(NULL);
	rig_state(XENBUS_INIT_WAIT);
	assert_true(rig_page(LEN, 0x42, 0, 0));
	rig_event();
	assert_int_equal(frames, 0); /* no cable yet */
	rig_kicks = 0;
	rig_state(XENBUS_CONNECTED);
	assert_int_equal(rig_kicks, 1);
	rig_soft();
	assert_int_equal(frames, 1);
	assert_int_equal(last_byte, 0x42);
}

static void closes_and_comes_back(void **state)
{
	uint8_t *const *page;

	(void)state;
	rig_state(XENBUS_CLOSING);
	assert_false(rig_nic()->link);
	assert_int_equal(links, 1);
	assert_true(rooms > 0); /* what waits for room is lost now */
	assert_int_equal(rig_said("state"), XENBUS_CLOSED);
	page = rig_nic()->pages(rig_nic(), LEN);
	assert_non_null(page);
	rig_nic()->send(rig_nic(), LEN, &plain); /* lost */
	assert_int_equal(rig_front()->tx_used, 0);
	rig_state(XENBUS_CLOSED);
	assert_int_equal(rig_said("state"), XENBUS_INITIALISING);
	assert_int_equal(rig_grants_used(), 0);
	rig_connect();
	assert_true(rig_nic()->link);
	assert_int_equal(rig_offered(), RX_PAGES);
	assert_int_equal(rig_front()->tx_used, 0);
}

static void unplugged(void **state)
{
	(void)state;
	rig_key("online", "0");
	rig_state(XENBUS_CLOSED);
	assert_int_equal(rig_said("state"), XENBUS_CLOSED);
	assert_int_equal(rig_grants_used(), 0);
	rig_state(XENBUS_INIT_WAIT); /* plugged in again */
	rig_state(XENBUS_CONNECTED);
	assert_true(rig_nic()->link);
}

/* --- Sending --------------------------------------------------------------*/
static void fill(uint32_t len, uint8_t byte)
{
	uint8_t *const *page = rig_nic()->pages(rig_nic(), len);

	assert_non_null(page);
	for (uint32_t at = 0; at < len; at += PAGE_SIZE)
		memset(page[at / PAGE_SIZE], byte++,
		       len - at < PAGE_SIZE ? len - at : PAGE_SIZE);
}

static netif_tx_request_t taken(uint32_t size, uint32_t flags)
{
	netif_tx_request_t q;

	assert_true(rig_take(&q));
	assert_int_equal(q.size, size);
	assert_int_equal(q.flags, flags);
	assert_int_equal(q.offset, 0);
	return q;
}

static void sends(void **state)
{
	const struct nic_hints blank = { .blank = true };
	netif_tx_request_t q;

	(void)state;
	assert_null(rig_nic()->pages(rig_nic(), NIC_MAX_PAGES * PAGE_SIZE + 1));
	fill(LEN, 0x11);
	rig_nic()->send(rig_nic(), LEN, &plain);
	assert_int_equal(rig_kicks, 1);
	q = taken(LEN, 0);
	assert_true(rig_grant[q.gref].read_only);
	assert_int_equal(rig_granted(q.gref)[LEN - 1], 0x11);
	fill(LEN, 0x12);
	rig_nic()->send(rig_nic(), LEN, &blank);
	assert_int_not_equal(
		taken(LEN, NETTXF_csum_blank | NETTXF_data_validated).id, q.id);
	rig_sent(q.id, NETIF_RSP_OKAY);
	assert_true(rooms > 0);
	assert_int_equal(rig_front()->tx.sring->rsp_event, 2); /* the next */
	fill(LEN, 0x13); /* its page can be used again */
	rig_nic()->send(rig_nic(), LEN, &plain);
	assert_int_equal(taken(LEN, 0).id, q.id);
}

static void sends_large_frames(void **state)
{
	const uint32_t len = 2 * PAGE_SIZE + 7;
	const struct nic_hints cut = { .blank = true, .segment = 1448 };
	const netif_extra_info_t *x;
	netif_tx_request_t q;

	(void)state;
	fill(len, 0x20);
	rig_nic()->send(rig_nic(), len, &cut);
	q = taken(len, NETTXF_csum_blank | NETTXF_data_validated |
			       NETTXF_extra_info | NETTXF_more_data);
	assert_int_equal(rig_granted(q.gref)[0], 0x20);
	assert_true(rig_take(&q));
	x = (const void *)&q;
	assert_int_equal(x->type, XEN_NETIF_EXTRA_TYPE_GSO);
	assert_int_equal(x->flags, 0);
	assert_int_equal(x->u.gso.size, 1448);
	assert_int_equal(x->u.gso.type, XEN_NETIF_GSO_TYPE_TCPV4);
	taken(PAGE_SIZE, NETTXF_more_data);
	q = taken(7, 0);
	assert_int_equal(rig_granted(q.gref)[6], 0x22);
	assert_false(rig_take(&q));
}

static void no_room(void **state)
{
	netif_tx_request_t q = { 0 };

	(void)state;
	for (unsigned int i = 0; i < TX_PAGES; i++) {
		fill(LEN, 1);
		rig_nic()->send(rig_nic(), LEN, &plain);
		q = taken(LEN, 0);
	}
	assert_null(rig_nic()->pages(rig_nic(), LEN));
	rig_sent(q.id, NETIF_RSP_ERROR); /* gone for good, all the same */
	assert_true(rooms > 0);
	assert_non_null(rig_nic()->pages(rig_nic(), LEN));
	assert_null(rig_nic()->pages(rig_nic(), PAGE_SIZE + 1));
}

/* Pages that were not sent, or are told of twice, are nobody's harm. */
static void answers_that_are_wrong(void **state)
{
	static const uint16_t ids[] = { TX_PAGES, 31, 32, 0xffff };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		uint32_t used;

		fill(LEN, 1);
		rig_nic()->send(rig_nic(), LEN, &plain);
		taken(LEN, 0);
		used = rig_front()->tx_used;
		rig_sent(ids[i], NETIF_RSP_OKAY);
		assert_int_equal(rig_front()->tx_used, used);
	}
	fill(LEN, 1);
	rig_nic()->send(rig_nic(), LEN, &plain);
	rig_sent(taken(LEN, 0).id, NETIF_RSP_NULL);
	assert_true(rig_front()->tx_used & BIT(ARRAY_SIZE(ids)));
}

/* --- Receiving ------------------------------------------------------------*/
static void receives(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3 * RX_RING; i++) {
		assert_true(rig_page(LEN + i % 100, (uint8_t)i, i % 64,
				     NETRXF_data_validated));
		rig_event();
		assert_int_equal(frames, i + 1);
		assert_int_equal(rig_front()->rx.sring->rsp_event, i + 2);
		assert_int_equal(last_len, LEN + i % 100);
		assert_int_equal(last_byte, (uint8_t)i);
		assert_true(last_hints.good);
		assert_int_equal(rig_offered(), RX_PAGES);
	}
	assert_int_equal(larges, 0);
}

static void receives_large_frames(void **state)
{
	(void)state;
	rig_page(PAGE_SIZE, 1, 0,
		 NETRXF_csum_blank | NETRXF_extra_info | NETRXF_more_data);
	rig_extra(1448);
	rig_page(PAGE_SIZE, 2, 0, NETRXF_more_data);
	rig_event(); /* not whole yet */
	assert_int_equal(larges, 0);
	rig_page(9, 3, 5, 0);
	rig_event();
	assert_int_equal(larges, 1);
	assert_int_equal(last_len, 2 * PAGE_SIZE + 9);
	assert_int_equal(last_byte, 3);
	assert_int_equal(last_hints.segment, 1448);
	assert_int_equal(rig_offered(), RX_PAGES);
}

/* What the card has no buffer for stays, in order, until it is ready. */
static void card_without_buffers(void **state)
{
	unsigned int n = 0;

	(void)state;
	refuses = true;
	while (rig_page(LEN, (uint8_t)n, 0, 0))
		n++;
	assert_int_equal(n, RX_PAGES);
	rig_event();
	rig_event();
	rig_nic()->ready(rig_nic());
	assert_int_equal(frames, 0);
	assert_int_equal(rig_offered(), 0);
	refuses = false;
	rig_nic()->ready(rig_nic());
	assert_int_equal(frames, n);
	assert_int_equal(last_byte, n - 1);
	assert_int_equal(rig_offered(), RX_PAGES);
	rig_nic()->ready(rig_nic()); /* nothing waits */
	assert_int_equal(frames, n);
}

/* A frame that the old backend has begun is none of the new one's ... */
static void begun_and_gone(void **state)
{
	(void)state;
	rig_page(PAGE_SIZE, 1, 0, NETRXF_more_data);
	rig_event();
	tear_down(NULL);
	rig_connect();
	rig_page(LEN, 2, 0, 0);
	rig_event();
	assert_int_equal(larges, 0);
	assert_int_equal(frames, 1);
	assert_int_equal(last_len, LEN);
}

/* ... nor one that the card has not taken. */
static void held_and_gone(void **state)
{
	(void)state;
	refuses = true;
	rig_page(LEN, 1, 0, 0);
	rig_event();
	tear_down(NULL);
	refuses = false;
	rig_connect();
	rig_nic()->ready(rig_nic());
	assert_int_equal(frames + larges, 0);
	assert_int_equal(rig_offered(), RX_PAGES);
}

static void indices_that_run_away(void **state)
{
	static const uint32_t ahead[] = { RX_PAGES + 1, RX_RING, 0x80000000,
					  ~0u };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(ahead); i++) {
		rig_run_away(ahead[i], ahead[i]);
		assert_int_equal(frames + larges, 0);
	}
	rig_page(LEN, 2, 0, 0);
	rig_event();
	assert_int_equal(frames, 1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(connects),
		CASE(backend_without_large_frames),
		CASE(backend_that_does_not_copy),
		CASE(early_frame),
		CASE(closes_and_comes_back),
		CASE(unplugged),
		CASE(sends),
		CASE(sends_large_frames),
		CASE(no_room),
		CASE(answers_that_are_wrong),
		CASE(receives),
		CASE(receives_large_frames),
		CASE(card_without_buffers),
		CASE(begun_and_gone),
		CASE(held_and_gone),
		CASE(indices_that_run_away),
	};

	rig_power_on(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
