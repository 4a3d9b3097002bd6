/* SPDX-License-Identifier: GPL-2.0-only */
/* See front-rig.h. */
#include "front-rig.h"
#include "fake-store.h"
#include "must.h"
#include "boot/window.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include <xen/xen.h>

#define FRAMES	  0x1000u /* of the guest's memory */
#define WINDOW	  0x9000u /* of the adapter's pages */
#define MAX_PAGES 64u
#define MAX_PORTS 64
#define PATH_MAX  160

uint8_t rig_ram[RIG_RAM];
struct rig_grant rig_grant[RIG_GRANTS];
uint32_t rig_grant_limit, rig_pages = MAX_PAGES;
unsigned int rig_warnings, rig_errors, rig_kicks;
struct machine rig_machine;
struct vcpu vcpu0;

static uint32_t p2m[RIG_RAM / PAGE_SIZE];
static uint8_t window[MAX_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
static uint32_t nr_pages;
static uint64_t now;
static unsigned int grants_used;
static struct {
	evtchn_handler_t fn;
	void *opaque;
	bool raised;
} port[MAX_PORTS];

/* --- The adapter around it ------------------------------------------------*/
void *window_page(struct machine *m, mfn_t *frame)
{
	must(m == &rig_machine && rig_pages <= MAX_PAGES);
	if (nr_pages >= rig_pages)
		return NULL;
	*frame = mfn(WINDOW + nr_pages);
	return window[nr_pages++];
}

uint32_t window_pages_left(const struct machine *m)
{
	must(m == &rig_machine);
	return rig_pages - nr_pages;
}

mfn_t p2m_mfn(const struct mmu *m, gfn_t g)
{
	return mfn(p2m_get(&m->p2m, g) & P2M_MFN_MASK);
}

/* Where no memory is, ones are read and writes are lost. */
void guest_read_phys(struct mmu *m, struct shadow_vcpu *v, void *dst, gpa_t gpa,
		     uint32_t len)
{
	must(m == &rig_machine.mmu && v == &vcpu0.shadow);
	must((gpa & PAGE_MASK) + len <= PAGE_SIZE);
	if (gpa < RIG_HOLE)
		memcpy(dst, rig_ram + gpa, len);
	else
		memset(dst, 0xff, len);
}

void guest_write_phys(struct mmu *m, struct shadow_vcpu *v, gpa_t gpa,
		      const void *src, uint32_t len)
{
	must(m == &rig_machine.mmu && v == &vcpu0.shadow);
	must((gpa & PAGE_MASK) + len <= PAGE_SIZE);
	if (gpa < RIG_ROM)
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
	evtchn_t p = 1;

	must(remote == RIG_BACKEND || remote == DOMID_SELF);
	while (port[p].fn)
		must(++p < MAX_PORTS);
	return p;
}

void evtchn_handle(evtchn_t p, evtchn_handler_t fn, void *opaque)
{
	must(p < MAX_PORTS && !port[p].fn);
	port[p].fn = fn;
	port[p].opaque = opaque;
	port[p].raised = false;
}

void evtchn_close(evtchn_t p)
{
	must(p < MAX_PORTS && port[p].fn);
	port[p].fn = NULL;
}

void evtchn_raise(evtchn_t p)
{
	must(p < MAX_PORTS && port[p].fn);
	port[p].raised = true;
}

void evtchn_send(evtchn_t p)
{
	must(p < MAX_PORTS && port[p].fn);
	rig_kicks++;
}

/* A handler may raise any port: from the first on again. */
void rig_soft(void)
{
	for (evtchn_t p = 1; p < MAX_PORTS; p++) {
		if (!port[p].fn || !port[p].raised)
			continue;
		port[p].raised = false;
		port[p].fn(port[p].opaque);
		p = 0;
	}
}

void rig_fire(evtchn_t p)
{
	evtchn_raise(p);
	rig_soft();
}

/* --- The store ------------------------------------------------------------*/
const char *rig_path(const char *type, const char *number, bool back,
		     const char *key)
{
	static char text[PATH_MAX];

	vmi_snprintf(text, sizeof(text), "%s/%s/%s/%s",
		     back ? "/back" : "device", type, number, key);
	return text;
}

uint32_t rig_number(const char *path)
{
	uint32_t v = 0;

	must(!xs_read_number(path, &v));
	return v;
}

void rig_memory(void)
{
	rig_grant_limit = RIG_GRANTS - 1;
	for (uint32_t i = 0; i < ARRAY_SIZE(p2m); i++)
		p2m[i] = i * PAGE_SIZE >= RIG_HOLE ? P2M_HOLE : FRAMES + i;
	for (uint32_t i = RIG_ROM / PAGE_SIZE; i < RIG_HOLE / PAGE_SIZE; i++)
		p2m[i] |= P2M_ROM;
	rig_machine.mmu.p2m =
		(struct p2m){ .low = p2m, .nr_low = ARRAY_SIZE(p2m) };
	store_reset();
}
