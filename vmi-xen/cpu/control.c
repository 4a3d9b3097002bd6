/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The domain's side of xl shutdown, xl reboot and xl sysrq.
 *
 * A request is acknowledged by clearing the node, at once, and reaches the
 * guest as what a person would do at a PC: the power button, Ctrl-Alt-Del.  A
 * guest may know only one of them, and end in its own way: the domain ends as
 * the toolstack asked.  What cannot be done stays in the node, so that the
 * toolstack says that it was not acknowledged.
 *
 * Source: xen/misc/xenstore-paths (docs), "Domain Controlled Paths".
 */
#include "cpu/control.h"
#include "cpu/platform.h"
#include "lib/counters.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "xen/xenstore.h"

#define SHUTDOWN_PATH "control/shutdown"
#define SYSRQ_PATH    "control/sysrq"
/* An end that comes later than this was not meant by the request. */
#define REQUEST_NS (600ull * 1000000000u)

static const struct {
	const char *name;
	enum xen_shutdown end;
} requests[] = {
	{ "poweroff", XEN_POWEROFF },
	{ "halt", XEN_POWEROFF },
	{ "reboot", XEN_REBOOT },
};

static void ask(struct machine *m, const char *name, enum xen_shutdown end)
{
	log_info(BOOT, "the toolstack asks for %s", name);
	m->end_asked = true;
	m->end_wanted = end;
	m->end_asked_at = xen_time_ns();
	if (!platform_ask_to_end(m))
		log_warn(
			BOOT,
			"the guest listens neither to the power button nor to Ctrl-Alt-Del");
}

static void shutdown_changed(void *opaque, const char *path)
{
	char text[32];

	if (xs_read(path, text, sizeof(text)) <= 0)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++)
		if (!strcmp(text, requests[i].name)) {
			xs_write(path, "");
			ask(opaque, text, requests[i].end);
			return;
		}
	log_warn(
		BOOT,
		"the toolstack asks for \"%s\", which is not supported: the guest runs on",
		text);
}

static void sysrq_changed(void *opaque, const char *path)
{
	char text[4];

	if (xs_read(path, text, sizeof(text)) <= 0)
		return;
	xs_write(path, "");
	platform_sysrq(opaque, text[0]);
}

void control_state(const char *state)
{
	xs_write("data/vmi/state", state);
}

void machine_end(struct machine *m, enum xen_shutdown why)
{
	if (m->end_asked && why <= XEN_REBOOT &&
	    xen_time_ns() - m->end_asked_at < REQUEST_NS)
		why = m->end_wanted;
	if (m->options.stats)
		counters_print();
	xen_shutdown(why);
}

/* Where the counters are, for the toolstack to map: a frame, as Xen counts. */
static void tell_counters(const struct machine *m)
{
	char text[16];

	vmi_snprintf(text, sizeof(text), "%u",
		     mfn_x(xen_va_to_mfn(&m->xen, &counters)));
	xs_write("data/vmi/counters", text);
}

void control_init(struct machine *m)
{
	xs_init(&m->xen);
	if (xs_write("data/vmi/version", VMI_XEN_VERSION))
		log_warn(BOOT,
			 "xenstore does not answer: xl shutdown will not work");
	xs_write("control/feature-poweroff", "1");
	xs_write("control/feature-reboot", "1");
	xs_write("control/feature-halt", "1");
	xs_write("control/feature-sysrq", "1");
	tell_counters(m);
	control_state("starting");
	xs_watch(SHUTDOWN_PATH, shutdown_changed, m);
	xs_watch(SYSRQ_PATH, sysrq_changed, m);
}
