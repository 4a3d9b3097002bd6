/* SPDX-License-Identifier: GPL-2.0-only */
/* See blkfront-rig.h. */
#include "blkfront-rig.h"
#include "fake-store.h"
#include "must.h"
#include "boot/window.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"

#define FRAMES	  0x1000u /* of the guest's memory */
#define WINDOW	  0x9000u /* of the adapter's pages */
#define MAX_PAGES 24
#define MAX_PORTS 64
#define SOFT_PORT 1u
#define PATH_MAX  160

uint8_t rig_ram[RIG_RAM];
struct rig_grant rig_grant[RIG_GRANTS];
uint32_t rig_grant_limit;
unsigned int rig_warnings, rig_errors, rig_kicks;
struct vcpu vcpu0;

static struct machine machine;
static uint32_t p2m[RIG_RAM / PAGE_SIZE];
static uint8_t window[MAX_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
static unsigned int nr_pages;
static uint64_t now;
static unsigned int grants_used;
static bool raised;
static struct {
	evtchn_handler_t fn;
	void *opaque;
} port[MAX_PORTS];
static blkif_back_ring_t ring[RIG_DISKS];
static const char *const number[RIG_DISKS] = { "51712", "51728" };

/* --- The adapter around it ------------------------------------------------*/
void *window_page(struct machine *m, mfn_t *frame)
{
	must(m == &machine && nr_pages < MAX_PAGES);
	*frame = mfn(WINDOW + nr_pages);
	return window[nr_pages++];
}

mfn_t p2m_mfn(const struct mmu *m, gfn_t g)
{
	return mfn(p2m_get(&m->p2m, g) & P2M_MFN_MASK);
}

void guest_read_phys(struct mmu *m, struct shadow_vcpu *v, void *dst, gpa_t gpa,
		     uint32_t len)
{
	must(m == &machine.mmu && v == &vcpu0.shadow);
	must(gpa < RIG_HOLE && len <= RIG_HOLE - gpa);
	memcpy(dst, rig_ram + gpa, len);
}

void guest_write_phys(struct mmu *m, struct shadow_vcpu *v, gpa_t gpa,
		      const void *src, uint32_t len)
{
	must(m == &machine.mmu && v == &vcpu0.shadow);
	must(gpa < RIG_HOLE && len <= RIG_HOLE - gpa);
	memcpy(rig_ram + gpa, src, len);
}

uint64_t xen_time_ns(void)
{
	return now += 1000000;
}

void xen_yield(void)
{
}

void log_print(enum log_level level, enum log_area area, const char *fmt, ...)
{
	(void)area;
	(void)fmt;
	rig_warnings += level == LOG_WARN;
	rig_errors += level == LOG_ERR;
}

/* --- Grants ---------------------------------------------------------------*/
grant_t grant_access(uint32_t domid, mfn_t m, bool read_only)
{
	must(domid == RIG_BACKEND);
	if (!grant_free())
		return GRANT_NONE;
	for (grant_t g = 1; g < RIG_GRANTS; g++)
		if (!rig_grant[g].used) {
			rig_grant[g] =
				(struct rig_grant){ .frame = mfn_x(m),
						    .used = true,
						    .read_only = read_only };
			grants_used++;
			return g;
		}
	return GRANT_NONE;
}

bool grant_end(grant_t g)
{
	must(g && g < RIG_GRANTS && rig_grant[g].used);
	if (rig_grant[g].kept)
		return false;
	rig_grant[g].used = false;
	grants_used--;
	return true;
}

uint32_t grant_free(void)
{
	return rig_grant_limit > grants_used ? rig_grant_limit - grants_used
					     : 0;
}

uint8_t *rig_granted(grant_t g)
{
	uint32_t frame;

	must(g && g < RIG_GRANTS && rig_grant[g].used);
	frame = rig_grant[g].frame;
	if (frame >= WINDOW)
		return window[frame - WINDOW];
	must(frame >= FRAMES && frame - FRAMES < RIG_RAM / PAGE_SIZE);
	return rig_ram + (frame - FRAMES) * PAGE_SIZE;
}

unsigned int rig_grants_used(void)
{
	return grants_used;
}

/* --- Event channels -------------------------------------------------------*/
evtchn_t evtchn_alloc(uint32_t remote)
{
	(void)remote;
	for (evtchn_t p = SOFT_PORT; p < MAX_PORTS; p++)
		if (!port[p].fn)
			return p;
	must(!"room for a port");
	return EVTCHN_NONE;
}

void evtchn_handle(evtchn_t p, evtchn_handler_t fn, void *opaque)
{
	must(p < MAX_PORTS && !port[p].fn);
	port[p].fn = fn;
	port[p].opaque = opaque;
}

void evtchn_close(evtchn_t p)
{
	must(p < MAX_PORTS && port[p].fn);
	port[p].fn = NULL;
}

void evtchn_raise(evtchn_t p)
{
	must(p == SOFT_PORT);
	raised = true;
}

void evtchn_send(evtchn_t p)
{
	must(p < MAX_PORTS && port[p].fn);
	rig_kicks++;
}

void rig_soft(void)
{
	while (raised) {
		raised = false;
		port[SOFT_PORT].fn(port[SOFT_PORT].opaque);
	}
}

/* --- The backends ---------------------------------------------------------*/
static const char *path(unsigned int n, bool back, const char *key)
{
	static char text[PATH_MAX];

	vmi_snprintf(text, sizeof(text), "%s/%s/%s",
		     back ? "/back" : "device/vbd", number[n], key);
	return text;
}

static uint32_t front_number(unsigned int n, const char *key)
{
	uint32_t v = 0;

	must(!xs_read_number(path(n, false, key), &v));
	return v;
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

	rig_grant_limit = RIG_GRANTS - 1;
	for (uint32_t i = 0; i < ARRAY_SIZE(p2m); i++)
		p2m[i] = i * PAGE_SIZE >= RIG_HOLE ? P2M_HOLE : FRAMES + i;
	for (uint32_t i = RIG_ROM / PAGE_SIZE; i < RIG_HOLE / PAGE_SIZE; i++)
		p2m[i] |= P2M_ROM;
	machine.mmu.p2m = (struct p2m){ .low = p2m, .nr_low = ARRAY_SIZE(p2m) };
	store_reset();
	store_names(names, sizeof(names));
	for (unsigned int n = 0; n < RIG_DISKS; n++) {
		char back[PATH_MAX];

		vmi_snprintf(back, sizeof(back), "/back/%s", number[n]);
		store_put(path(n, false, "backend"), back);
		store_put(path(n, false, "backend-id"), "7");
		rig_plain(n);
		rig_key(n, "state", "2");
	}
	store_written = written;
	blkfront_scan(&machine);
	blkfront_connect(&machine);
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

void rig_answer(unsigned int n, uint64_t id, int status)
{
	blkif_response_t *a = RING_GET_RESPONSE(&ring[n], ring[n].rsp_prod_pvt);

	ring[n].rsp_prod_pvt++;
	*a = (blkif_response_t){ .id = id, .status = (int16_t)status };
}

static void fire(unsigned int n)
{
	port[rig_front(n)->port].fn(port[rig_front(n)->port].opaque);
	rig_soft();
}

void rig_publish(unsigned int n)
{
	ring[n].sring->rsp_prod = ring[n].rsp_prod_pvt;
}

void rig_event(unsigned int n)
{
	rig_publish(n);
	fire(n);
}

void rig_run_away(unsigned int n, uint32_t ahead)
{
	ring[n].sring->rsp_prod = ring[n].req_cons + ahead;
	fire(n);
}
