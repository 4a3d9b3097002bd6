/* SPDX-License-Identifier: GPL-2.0-only */
/* See blkfront-rig.h. */
#include "blkfront-rig.h"
#include "fake-store.h"
#include "must.h"
#include "lib/printf.h"
#include "lib/string.h"

#define PATH_MAX 160

static blkif_back_ring_t ring[RIG_DISKS];
static const char *const number[RIG_DISKS] = { "51712", "51728" };

/* --- The backends ---------------------------------------------------------*/
static const char *path(unsigned int n, bool back, const char *key)
{
	return rig_path("vbd", number[n], back, key);
}

static uint32_t front_number(unsigned int n, const char *key)
{
	return rig_number(path(n, false, key));
}

void rig_key(unsigned int n, const char *key, const char *value)
{
	if (value)
		store_put(path(n, true, key), value);
	else
		store_forget(path(n, true, key));
}

void rig_plain(unsigned int n)
{
	static const char *const none[] = { "feature-flush-cache",
					    "feature-barrier",
					    "feature-discard",
					    "feature-max-indirect-segments",
					    "info",
					    "mode",
					    "discard-granularity" };

	for (unsigned int i = 0; i < ARRAY_SIZE(none); i++)
		rig_key(n, none[i], NULL);
	rig_key(n, "sector-size", "512");
	rig_key(n, "sectors", "100000");
	rig_key(n, "online", "1");
}

enum xb_state rig_front_state(unsigned int n)
{
	return (enum xb_state)front_number(n, "state");
}

/* The ring that the frontend offers becomes ours. */
static void take_ring(unsigned int n)
{
	grant_t g = front_number(n, "ring-ref");
	struct blkif_sring *s = (struct blkif_sring *)(void *)rig_granted(g);

	must(!rig_grant[g].read_only);
	must(!strcmp(store_get(path(n, false, "protocol")), "x86_32-abi"));
	must(front_number(n, "event-channel") == rig_front(n)->port);
	BACK_RING_INIT(&ring[n], s, PAGE_SIZE);
}

static void written(const char *where, const char *value)
{
	for (unsigned int n = 0; n < RIG_DISKS; n++)
		if (!strcmp(where, path(n, false, "state")) && *value == '3') {
			take_ring(n);
			rig_key(n, "state", "4");
		}
}

void rig_changed(unsigned int n)
{
	store_fire(path(n, true, "state"));
}

void rig_state(unsigned int n, enum xb_state state)
{
	char digit[2] = { (char)('0' + state), '\0' };

	rig_key(n, "state", digit);
	rig_changed(n);
}

void rig_connect(unsigned int n)
{
	rig_state(n, XENBUS_INIT_WAIT);
	must(rig_front_state(n) == XENBUS_INITIALISED);
	rig_state(n, XENBUS_CONNECTED);
}

void rig_unplug(unsigned int n)
{
	rig_key(n, "online", "0");
	rig_state(n, XENBUS_CLOSING);
	rig_state(n, XENBUS_CLOSED);
	rig_soft();
	must(rig_front_state(n) == XENBUS_CLOSED && rig_front(n)->gone);
}

void rig_power_on(void)
{
	static const char names[] = "51728\0"
				    "51712";

	rig_memory();
	store_names(names, sizeof(names));
	for (unsigned int n = 0; n < RIG_DISKS; n++) {
		char back[PATH_MAX];

		vmi_snprintf(back, sizeof(back), "/back/vbd/%s", number[n]);
		store_put(path(n, false, "backend"), back);
		store_put(path(n, false, "backend-id"), "7");
		rig_plain(n);
		rig_key(n, "state", "2");
	}
	store_written = written;
	blkfront_scan(&rig_machine);
	blkfront_connect(&rig_machine);
	rig_soft();
}

struct disk *rig_disk(unsigned int n)
{
	return blkfront_disk(n);
}

struct blkfront *rig_front(unsigned int n)
{
	return (struct blkfront *)(void *)blkfront_disk(n);
}

bool rig_take(unsigned int n, blkif_request_t *q)
{
	if (ring[n].req_cons == ring[n].sring->req_prod) {
		ring[n].sring->req_event = ring[n].req_cons + 1;
		return false;
	}
	*q = *RING_GET_REQUEST(&ring[n], ring[n].req_cons);
	ring[n].req_cons++;
	return true;
}

uint32_t rig_owes(unsigned int n)
{
	return ring[n].req_cons - ring[n].rsp_prod_pvt;
}

void rig_answer(unsigned int n, uint64_t id, int status)
{
	blkif_response_t *a = RING_GET_RESPONSE(&ring[n], ring[n].rsp_prod_pvt);

	ring[n].rsp_prod_pvt++;
	*a = (blkif_response_t){ .id = id, .status = (int16_t)status };
}

void rig_publish(unsigned int n)
{
	ring[n].sring->rsp_prod = ring[n].rsp_prod_pvt;
}

void rig_event(unsigned int n)
{
	rig_publish(n);
	rig_fire(rig_front(n)->port);
}

void rig_run_away(unsigned int n, uint32_t ahead)
{
	ring[n].sring->rsp_prod = ring[n].req_cons + ahead;
	rig_fire(rig_front(n)->port);
}
