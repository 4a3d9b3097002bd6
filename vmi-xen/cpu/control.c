/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The domain's side of xl shutdown and xl reboot.
 *
 * A request is acknowledged by clearing the node, at once, and reaches the
 * guest as what a person would do at a PC: the power button, Ctrl-Alt-Del.
 *
 * Source: xen/misc/xenstore-paths (docs), "Domain Controlled Paths".
 */
#include "cpu/control.h"
#include "cpu/platform.h"
#include "lib/counters.h"
#include "lib/log.h"
#include "lib/string.h"
#include "xen/xenstore.h"

#define SHUTDOWN_PATH "control/shutdown"

static const struct {
	const char *name;
	void (*act)(struct machine *m);
} requests[] = {
	{ "poweroff", platform_power_button },
	{ "halt", platform_power_button },
	{ "reboot", platform_ctrl_alt_del },
};

static void shutdown_changed(void *opaque, const char *path)
{
	struct machine *m = opaque;
	char text[32];

	if (xs_read(path, text, sizeof(text)) <= 0)
		return;
	xs_write(path, "");
	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++)
		if (!strcmp(text, requests[i].name)) {
			log_info(BOOT, "the toolstack asks for %s", text);
			requests[i].act(m);
			return;
		}
	log_warn(BOOT, "the toolstack asks for \"%s\", which is not supported",
		 text);
}

void control_state(const char *state)
{
	xs_write("data/vmi/state", state);
}

void machine_end(struct machine *m, enum xen_shutdown why)
{
	if (m->options.stats)
		counters_print();
	xen_shutdown(why);
}

void control_init(struct machine *m)
{
	xs_init(&m->xen);
	if (xs_write("data/vmi/version", VMI_XEN_VERSION))
		log_warn(BOOT,
			 "xenstore does not answer: xl shutdown will not work");
	xs_write("control/feature-poweroff", "1");
	xs_write("control/feature-reboot", "1");
	control_state("starting");
	xs_watch(SHUTDOWN_PATH, shutdown_changed, m);
}
