/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frontend's side of a split driver's handshake, common to all devices.
 *
 * Hypercalls: those of xenstore.c.
 * Source: xen/io/xenbus.h; states of a device that a loader has used before
 * us are 4 to 6: each frontend begins by going back to 1.
 */
#include "xen/xenbus.h"
#include "xen/domain.h"
#include "xen/xenstore.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include <xen/io/xenbus.h>

#define NS_PER_SEC  1000000000ull
#define PAUSE_NS    2000000ull
#define LIST_MAX    1024
#define VALUE_MAX   XS_VALUE_MAX
#define MAX_DEVICES 32
#define MAX_TYPES   2

_Static_assert((int)XENBUS_RECONFIGURED == (int)XenbusStateReconfigured,
	       "states are Xen's");

static bool number(const char *s, uint32_t *out)
{
	uint32_t n = 0;

	if (!*s || strlen(s) > 9)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		n = n * 10 + (uint32_t)(*s - '0');
	}
	*out = n;
	return true;
}

static void sort(uint32_t *v, unsigned int n)
{
	for (unsigned int i = 1; i < n; i++)
		for (unsigned int k = i; k && v[k - 1] > v[k]; k--) {
			uint32_t t = v[k];

			v[k] = v[k - 1];
			v[k - 1] = t;
		}
}

void xenbus_scan(const char *type, void (*found)(void *opaque, uint32_t id),
		 void *opaque)
{
	static char list[LIST_MAX]; /* not from within @found */
	uint32_t ids[MAX_DEVICES];
	char path[XENBUS_NODE_MAX];
	unsigned int n = 0;
	int len;

	vmi_snprintf(path, sizeof(path), "device/%s", type);
	len = xs_list(path, list, sizeof(list) - 1);
	if (len < 0)
		return;
	list[len] = '\0';
	for (const char *s = list; s < list + len && n < MAX_DEVICES;
	     s += strlen(s) + 1)
		if (number(s, &ids[n]))
			n++;
	sort(ids, n);
	for (unsigned int i = 0; i < n; i++)
		found(opaque, ids[i]);
}

int xenbus_open(struct xenbus_dev *d, const char *type, uint32_t id)
{
	char path[XENBUS_PATH_MAX];
	int rc;

	memset(d, 0, sizeof(*d));
	d->id = id;
	vmi_snprintf(d->node, sizeof(d->node), "device/%s/%u", type, id);
	rc = xenbus_front_read(d, "backend", d->backend, sizeof(d->backend));
	if (rc < 0)
		return rc;
	vmi_snprintf(path, sizeof(path), "%s/backend-id", d->node);
	return xs_read_number(path, &d->backend_id);
}

/* --- Devices that come later ----------------------------------------------*/
static struct type {
	const char *name;
	bool (*known)(uint32_t id);
} types[MAX_TYPES];

static void refuse(void *opaque, uint32_t id)
{
	static const char why[] =
		"plugged in at run time: the guest sees it after xl reboot";
	const struct type *t = opaque;
	char path[XENBUS_PATH_MAX];
	struct xenbus_dev d;
	uint32_t state;

	if (t->known(id) || xenbus_open(&d, t->name, id))
		return;
	vmi_snprintf(path, sizeof(path), "%s/state", d.node);
	if (xs_read_number(path, &state) || state == XENBUS_CLOSED)
		return;
	log_warn(DEV, "%s: %s", d.node, why);
	vmi_snprintf(path, sizeof(path), "error/%s/error", d.node);
	xs_write(path, why);
	xenbus_switch(&d, XENBUS_CLOSED);
}

static void list_changed(void *opaque, const char *path)
{
	const struct type *t = opaque;

	(void)path;
	xenbus_scan(t->name, refuse, opaque);
}

void xenbus_refuse_others(const char *type, bool (*known)(uint32_t id))
{
	struct type *t = types[0].name ? &types[1] : &types[0];
	char path[XENBUS_NODE_MAX];

	*t = (struct type){ type, known };
	vmi_snprintf(path, sizeof(path), "device/%s", type);
	if (xs_watch(path, list_changed, t))
		log_warn(DEV, "%s: no watch: new devices are not noticed",
			 path);
}

/* --- Handshake ------------------------------------------------------------*/
static void back_path(const struct xenbus_dev *d, const char *key, char *path,
		      size_t size)
{
	vmi_snprintf(path, size, "%s/%s", d->backend, key);
}

/* What cannot be read says nothing: only a node that is gone is an end. */
static bool look(struct xenbus_dev *d)
{
	enum xb_state s;
	int rc = xenbus_backend_state(d, &s);

	if (rc)
		log_warn(DEV, "%s: the backend's state is not read, error %d",
			 d->node, rc);
	else if (d->changed)
		d->changed(d, s);
	return !rc;
}

static void backend_event(void *opaque, const char *path)
{
	struct xenbus_dev *d = opaque;

	(void)path;
	look(d);
}

static void watch(struct xenbus_dev *d)
{
	char path[XENBUS_PATH_MAX + 8];

	back_path(d, "state", path, sizeof(path));
	if (xs_watch(path, backend_event, d))
		log_warn(DEV, "%s: no watch: its end will not be noticed",
			 d->node);
}

void xenbus_switch(struct xenbus_dev *d, enum xb_state s)
{
	char path[XENBUS_PATH_MAX];
	int rc;

	d->state = s;
	vmi_snprintf(path, sizeof(path), "%s/state", d->node);
	rc = xs_printf(path, "%u", (unsigned int)s);
	if (rc)
		log_warn(DEV, "%s: state %u not written, error %d", d->node, s,
			 rc);
}

int xenbus_backend_state(struct xenbus_dev *d, enum xb_state *state)
{
	char path[XENBUS_PATH_MAX * 2];
	uint32_t s = XENBUS_UNKNOWN;
	int rc;

	back_path(d, "state", path, sizeof(path));
	rc = xs_read_number(path, &s);
	/* What stays when the node is gone may not be ours to see. */
	if (rc && rc != XS_ENOENT && rc != XS_EACCES)
		return rc;
	if (s > XENBUS_RECONFIGURED)
		return XS_EINVAL;
	*state = (enum xb_state)s;
	return 0;
}

/* A state that cannot be read is none of those that somebody waits for. */
static bool backend_is(struct xenbus_dev *d, enum xb_state wanted)
{
	enum xb_state s;

	return !xenbus_backend_state(d, &s) && s == wanted;
}

static void pause(void)
{
	uint64_t until = xen_time_ns() + PAUSE_NS;

	while (xen_time_ns() < until)
		xen_yield();
}

bool xenbus_connect(struct xenbus_dev *d, const bool *connected,
		    unsigned int seconds)
{
	uint64_t end = xen_time_ns() + seconds * NS_PER_SEC;

	if (backend_is(d, XENBUS_CONNECTED)) {
		/* To a loader that has not let go of it. */
		xenbus_switch(d, XENBUS_CLOSING);
		xenbus_switch(d, XENBUS_CLOSED);
		while (!backend_is(d, XENBUS_CLOSED) && xen_time_ns() < end)
			pause();
	}
	xenbus_switch(d, XENBUS_INITIALISING);
	while (!*connected && d->state != XENBUS_CLOSED &&
	       xen_time_ns() < end && look(d))
		if (!*connected)
			pause();
	watch(d);
	return *connected;
}

int xenbus_front_write(struct xenbus_dev *d, const char *key, const char *fmt,
		       ...)
{
	char path[XENBUS_PATH_MAX], text[VALUE_MAX / 4];
	va_list args;

	vmi_snprintf(path, sizeof(path), "%s/%s", d->node, key);
	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return xs_write(path, text);
}

int xenbus_front_read(struct xenbus_dev *d, const char *key, char *buf,
		      size_t size)
{
	char path[XENBUS_PATH_MAX];

	vmi_snprintf(path, sizeof(path), "%s/%s", d->node, key);
	return xs_read(path, buf, size);
}

int xenbus_back_read(struct xenbus_dev *d, const char *key, char *buf,
		     size_t size)
{
	char path[XENBUS_PATH_MAX * 2];

	back_path(d, key, path, sizeof(path));
	return xs_read(path, buf, size);
}

uint64_t xenbus_back_number64(struct xenbus_dev *d, const char *key,
			      uint64_t otherwise)
{
	char path[XENBUS_PATH_MAX * 2];
	uint64_t n;

	back_path(d, key, path, sizeof(path));
	return xs_read_number64(path, &n) ? otherwise : n;
}

uint32_t xenbus_back_number(struct xenbus_dev *d, const char *key,
			    uint32_t otherwise)
{
	uint64_t n = xenbus_back_number64(d, key, otherwise);

	return n > UINT32_MAX ? otherwise : (uint32_t)n;
}
