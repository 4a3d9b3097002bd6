/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frontend's side of the handshake, on a xenstore that can fail: a state
 * that cannot be read is no end of the backend, a node that is gone is one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/fake-store.h"
#include "lib/log.h"
#include "xen/domain.h"
#include "xen/xenbus.h"

#define NODE	"device/vbd/51712"
#define BACK	"/local/domain/0/backend/vbd/1/51712"
#define OTHER	"device/vbd/51728" /* xs_list() has it, too */
#define STEP_NS 1000000ull
#define SECONDS 2u

static uint64_t now;
static const char names[] = "51728\0nonsense\0"
			    "51712";
static unsigned int warnings;
static int last_state; /* what changed() was told, -1: nothing */
static bool connected;
static struct xenbus_dev dev;

/* --- What else it uses ----------------------------------------------------*/
uint64_t xen_time_ns(void)
{
	return now += STEP_NS;
}

void xen_yield(void)
{
}

void log_print(enum log_level level, enum log_area area, const char *fmt, ...)
{
	(void)area;
	(void)fmt;
	warnings += level == LOG_WARN;
}

/* A frontend that follows its backend, as blkfront does. */
static void changed(struct xenbus_dev *d, enum xb_state backend)
{
	last_state = (int)backend;
	if (backend == XENBUS_INIT_WAIT && d->state == XENBUS_INITIALISING) {
		xenbus_switch(d, XENBUS_INITIALISED);
		store_put(BACK "/state", "4");
	}
	connected = backend == XENBUS_CONNECTED;
}

static int set_up(void **state)
{
	(void)state;
	store_reset();
	store_names(names, sizeof(names));
	warnings = 0;
	last_state = -1;
	connected = false;
	store_put(NODE "/backend", BACK);
	store_put(NODE "/backend-id", "0");
	store_put(BACK "/state", "2");
	assert_int_equal(xenbus_open(&dev, "vbd", 51712), 0);
	dev.changed = changed;
	return 0;
}

static void event(void)
{
	last_state = -1;
	store_fire(BACK "/state");
}

/* --- Cases ----------------------------------------------------------------*/
static void test_connects(void **state)
{
	(void)state;
	assert_true(xenbus_connect(&dev, &connected, SECONDS));
	assert_true(store_watched(BACK "/state"));
	assert_string_equal(store_get(NODE "/state"), "3");
}

static void test_gone_is_unknown(void **state)
{
	enum xb_state s = XENBUS_CONNECTED;

	(void)state;
	xenbus_connect(&dev, &connected, SECONDS);
	store_forget(BACK "/state");
	assert_int_equal(xenbus_backend_state(&dev, &s), 0);
	assert_int_equal(s, XENBUS_UNKNOWN);
	event();
	assert_int_equal(last_state, XENBUS_UNKNOWN);
	store_broken =
		XS_EACCES; /* so it is where the folder is not ours to see */
	event();
	assert_int_equal(last_state, XENBUS_UNKNOWN);
}

static void test_not_read_is_nothing(void **state)
{
	enum xb_state s = XENBUS_CONNECTED;

	(void)state;
	xenbus_connect(&dev, &connected, SECONDS);
	store_broken = XS_EIO;
	assert_int_equal(xenbus_backend_state(&dev, &s), XS_EIO);
	event();
	assert_int_equal(last_state, -1);
	assert_int_equal(warnings, 1);
	store_broken = 0;
	event();
	assert_int_equal(last_state, XENBUS_CONNECTED);
}

static void test_no_state(void **state)
{
	static const char *const bad[] = { "9", "4294967296", "four", "" };

	(void)state;
	xenbus_connect(&dev, &connected, SECONDS);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		store_put(BACK "/state", bad[i]);
		event();
		assert_int_equal(last_state, -1);
		assert_int_equal(warnings, i + 1);
	}
}

static void test_does_not_wait_for_a_dead_store(void **state)
{
	uint64_t before = now;

	(void)state;
	store_broken = XS_EIO;
	assert_false(xenbus_connect(&dev, &connected, SECONDS));
	assert_true(now - before < 1000000000ull);
	assert_int_equal(warnings, 1);
}

static void test_gives_up(void **state)
{
	(void)state;
	store_put(BACK "/state", "1");
	assert_false(xenbus_connect(&dev, &connected, SECONDS));
	assert_true(store_watched(BACK "/state"));
}

static void test_numbers(void **state)
{
	(void)state;
	store_put(BACK "/sectors", "4294967296");
	assert_int_equal(xenbus_back_number64(&dev, "sectors", 7), 1ull << 32);
	assert_int_equal(xenbus_back_number(&dev, "sectors", 7), 7);
	assert_int_equal(xenbus_back_number(&dev, "missing", 7), 7);
	store_put(BACK "/info", "x");
	assert_int_equal(xenbus_back_number(&dev, "info", 7), 7);
	store_put(BACK "/info", "12");
	assert_int_equal(xenbus_back_number(&dev, "info", 7), 12);
}

static void collect(void *opaque, uint32_t id)
{
	uint32_t *ids = opaque;

	ids[++ids[0]] = id;
}

static void test_scan(void **state)
{
	uint32_t ids[4] = { 0 };

	(void)state;
	xenbus_scan("vbd", collect, ids);
	assert_int_equal(ids[0], 2);
	assert_int_equal(ids[1], 51712);
	assert_int_equal(ids[2], 51728);
}

static bool is_first(uint32_t id)
{
	return id == 51712;
}

static void list_event(void)
{
	store_fire("device/vbd");
}

static void test_others_are_refused(void **state)
{
	(void)state;
	store_put(NODE "/state", "1");
	xenbus_refuse_others("vbd", is_first);
	list_event(); /* the other is in the list, but not there yet */
	assert_int_equal(warnings, 0);
	assert_null(store_get(OTHER "/state"));
	store_put(OTHER "/backend", "/b");
	store_put(OTHER "/backend-id", "0");
	list_event();
	assert_int_equal(warnings, 0);
	store_put(OTHER "/state", "1");
	list_event();
	assert_string_equal(store_get(OTHER "/state"), "6");
	assert_non_null(store_get("error/" OTHER "/error"));
	assert_string_equal(store_get(NODE "/state"), "1");
	assert_int_equal(warnings, 1);
	list_event(); /* said once */
	assert_int_equal(warnings, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_connects, set_up),
		cmocka_unit_test_setup(test_gone_is_unknown, set_up),
		cmocka_unit_test_setup(test_not_read_is_nothing, set_up),
		cmocka_unit_test_setup(test_no_state, set_up),
		cmocka_unit_test_setup(test_does_not_wait_for_a_dead_store,
				       set_up),
		cmocka_unit_test_setup(test_gives_up, set_up),
		cmocka_unit_test_setup(test_numbers, set_up),
		cmocka_unit_test_setup(test_scan, set_up),
		cmocka_unit_test_setup(test_others_are_refused, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
