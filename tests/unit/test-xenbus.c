/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frontend's side of the handshake, on a xenstore that can fail: a state
 * that cannot be read is no end of the backend, a node that is gone is one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "lib/log.h"
#include "lib/printf.h"
#include "xen/domain.h"
#include "xen/xenbus.h"
#include "xen/xenstore.h"

#define NODE	  "device/vbd/51712"
#define BACK	  "/local/domain/0/backend/vbd/1/51712"
#define OTHER	  "device/vbd/51728" /* xs_list() has it, too */
#define MAX_NODES 8
#define STEP_NS	  1000000ull
#define SECONDS	  2u

struct node {
	char path[XS_PATH_MAX], value[64];
};

static struct node store[MAX_NODES];
static int broken; /* what each read fails with, 0: none does */
static xs_watch_fn watcher;
static void *watcher_opaque;
static uint64_t now;
static unsigned int warnings;
static int last_state; /* what changed() was told, -1: nothing */
static bool connected;
static struct xenbus_dev dev;

/* --- The store ------------------------------------------------------------*/
static struct node *find(const char *path)
{
	for (unsigned int i = 0; i < MAX_NODES; i++)
		if (!strcmp(store[i].path, path))
			return &store[i];
	return NULL;
}

static void put(const char *path, const char *value)
{
	struct node *n = find(path);

	if (!n)
		n = find("");
	assert_non_null(n);
	snprintf(n->path, sizeof(n->path), "%s", path);
	snprintf(n->value, sizeof(n->value), "%s", value);
}

static void forget(const char *path)
{
	struct node *n = find(path);

	if (n)
		n->path[0] = '\0';
}

int xs_read(const char *path, char *buf, size_t size)
{
	const struct node *n = find(path);

	buf[0] = '\0';
	if (broken || !n)
		return broken ? broken : XS_ENOENT;
	return snprintf(buf, size, "%s", n->value);
}

int xs_write(const char *path, const char *value)
{
	put(path, value);
	return 0;
}

int xs_printf(const char *path, const char *fmt, ...)
{
	char text[64];
	va_list args;

	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return xs_write(path, text);
}

int xs_list(const char *path, char *buf, size_t size)
{
	static const char names[] = "51728\0nonsense\0"
				    "51712";

	assert_string_equal(path, "device/vbd");
	assert_true(size >= sizeof(names));
	memcpy(buf, names, sizeof(names));
	return sizeof(names);
}

int xs_watch(const char *path, xs_watch_fn fn, void *opaque)
{
	assert_true(!strcmp(path, BACK "/state") ||
		    !strcmp(path, "device/vbd"));
	watcher = fn;
	watcher_opaque = opaque;
	return 0;
}

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
		put(BACK "/state", "4");
	}
	connected = backend == XENBUS_CONNECTED;
}

static int set_up(void **state)
{
	(void)state;
	memset(store, 0, sizeof(store));
	broken = 0;
	watcher = NULL;
	warnings = 0;
	last_state = -1;
	connected = false;
	put(NODE "/backend", BACK);
	put(NODE "/backend-id", "0");
	put(BACK "/state", "2");
	assert_int_equal(xenbus_open(&dev, "vbd", 51712), 0);
	dev.changed = changed;
	return 0;
}

static void event(void)
{
	last_state = -1;
	watcher(watcher_opaque, BACK "/state");
}

/* --- Cases ----------------------------------------------------------------*/
static void test_connects(void **state)
{
	(void)state;
	assert_true(xenbus_connect(&dev, &connected, SECONDS));
	assert_non_null(watcher);
	assert_string_equal(find(NODE "/state")->value, "3");
}

static void test_gone_is_unknown(void **state)
{
	enum xb_state s = XENBUS_CONNECTED;

	(void)state;
	xenbus_connect(&dev, &connected, SECONDS);
	forget(BACK "/state");
	assert_int_equal(xenbus_backend_state(&dev, &s), 0);
	assert_int_equal(s, XENBUS_UNKNOWN);
	event();
	assert_int_equal(last_state, XENBUS_UNKNOWN);
	broken = XS_EACCES; /* so it is where the folder is not ours to see */
	event();
	assert_int_equal(last_state, XENBUS_UNKNOWN);
}

static void test_not_read_is_nothing(void **state)
{
	enum xb_state s = XENBUS_CONNECTED;

	(void)state;
	xenbus_connect(&dev, &connected, SECONDS);
	broken = XS_EIO;
	assert_int_equal(xenbus_backend_state(&dev, &s), XS_EIO);
	event();
	assert_int_equal(last_state, -1);
	assert_int_equal(warnings, 1);
	broken = 0;
	event();
	assert_int_equal(last_state, XENBUS_CONNECTED);
}

static void test_no_state(void **state)
{
	static const char *const bad[] = { "9", "4294967296", "four", "" };

	(void)state;
	xenbus_connect(&dev, &connected, SECONDS);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		put(BACK "/state", bad[i]);
		event();
		assert_int_equal(last_state, -1);
		assert_int_equal(warnings, i + 1);
	}
}

static void test_does_not_wait_for_a_dead_store(void **state)
{
	uint64_t before = now;

	(void)state;
	broken = XS_EIO;
	assert_false(xenbus_connect(&dev, &connected, SECONDS));
	assert_true(now - before < 1000000000ull);
	assert_int_equal(warnings, 1);
}

static void test_gives_up(void **state)
{
	(void)state;
	put(BACK "/state", "1");
	assert_false(xenbus_connect(&dev, &connected, SECONDS));
	assert_non_null(watcher);
}

static void test_numbers(void **state)
{
	(void)state;
	put(BACK "/sectors", "4294967296");
	assert_int_equal(xenbus_back_number64(&dev, "sectors", 7), 1ull << 32);
	assert_int_equal(xenbus_back_number(&dev, "sectors", 7), 7);
	assert_int_equal(xenbus_back_number(&dev, "missing", 7), 7);
	put(BACK "/info", "x");
	assert_int_equal(xenbus_back_number(&dev, "info", 7), 7);
	put(BACK "/info", "12");
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

static void test_others_are_refused(void **state)
{
	(void)state;
	put(NODE "/state", "1");
	xenbus_refuse_others("vbd", is_first);
	event(); /* the other is in the list, but not there yet */
	assert_int_equal(warnings, 0);
	assert_null(find(OTHER "/state"));
	put(OTHER "/backend", "/b");
	put(OTHER "/backend-id", "0");
	event();
	assert_int_equal(warnings, 0);
	put(OTHER "/state", "1");
	event();
	assert_string_equal(find(OTHER "/state")->value, "6");
	assert_non_null(find("error/" OTHER "/error"));
	assert_string_equal(find(NODE "/state")->value, "1");
	assert_int_equal(warnings, 1);
	event(); /* said once */
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
