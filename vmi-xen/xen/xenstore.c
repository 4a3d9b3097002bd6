/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xenstore client, on the ring that start_info names.
 *
 * One request is in flight at a time; while its answer is awaited the vCPU
 * polls the port.  Watch events that arrive meanwhile are kept and told when
 * the request is over, so a watch may make requests of its own.
 *
 * Hypercalls: event_channel_op send, sched_op poll.
 * Source: xen/io/xs_wire.h.
 */
#include "xen/hypercall.h"
#include "xen/xenstore.h"
#include "xen/domain.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include <xen/event_channel.h>
#include <xen/io/xs_wire.h>
#include <xen/sched.h>

#define MAX_PARTS    2
#define MAX_KEPT     16
#define POLL_TIMEOUT 1000000000ull /* ns: then look and poll again */
#define MAX_POLLS    30
#define TOKEN_MAX    12

extern uint8_t xenstore_page[PAGE_SIZE];

struct watch {
	xs_watch_fn fn;
	void *opaque;
	bool pending;
	char path[XS_PATH_MAX];
};

static struct {
	evtchn_t port;
	uint32_t req_id;
	bool busy;
	struct watch watch[XS_MAX_WATCH];
} xs;

static volatile struct xenstore_domain_interface *ring(void)
{
	return (volatile struct xenstore_domain_interface *)(void *)
		xenstore_page;
}

/* --- Bytes on the ring ----------------------------------------------------*/
/* Wait for the other side; false when it seems to be dead. */
static bool wait_for_store(unsigned int *polls)
{
	struct sched_poll poll = { .nr_ports = 1 };
	evtchn_port_t port = xs.port;

	if (++*polls > MAX_POLLS)
		return false;
	if (*polls > 1) /* it may have seen a full ring, or half a request */
		evtchn_send(xs.port);
	poll.timeout = xen_time_ns() + POLL_TIMEOUT;
	set_xen_guest_handle(poll.ports, &port);
	hypercall_sched_op(SCHEDOP_poll, &poll);
	evtchn_clear(xs.port);
	return true;
}

static bool ring_write(const void *data, uint32_t len)
{
	volatile struct xenstore_domain_interface *r = ring();
	const uint8_t *from = data;
	unsigned int polls = 0;

	while (len) {
		uint32_t prod = r->req_prod;
		uint32_t used = prod - r->req_cons;

		if (used > XENSTORE_RING_SIZE)
			return false;
		if (used == XENSTORE_RING_SIZE) {
			if (!wait_for_store(&polls))
				return false;
			continue;
		}
		barrier();
		r->req[MASK_XENSTORE_IDX(prod)] = (char)*from++;
		barrier();
		r->req_prod = prod + 1;
		len--;
	}
	return true;
}

static bool ring_read(void *data, uint32_t len)
{
	volatile struct xenstore_domain_interface *r = ring();
	uint8_t *to = data;
	unsigned int polls = 0;

	while (len) {
		uint32_t cons = r->rsp_cons;
		uint32_t ready = r->rsp_prod - cons;

		if (ready > XENSTORE_RING_SIZE)
			return false;
		if (!ready) {
			if (!wait_for_store(&polls))
				return false;
			continue;
		}
		barrier();
		*to++ = (uint8_t)r->rsp[MASK_XENSTORE_IDX(cons)];
		barrier();
		r->rsp_cons = cons + 1;
		len--;
		if (ready == XENSTORE_RING_SIZE)
			evtchn_send(xs.port); /* it waits for room */
	}
	return true;
}

static bool ring_skip(uint32_t len)
{
	uint8_t byte;

	while (len--)
		if (!ring_read(&byte, 1))
			return false;
	return true;
}

/* --- Messages -------------------------------------------------------------*/
static const struct {
	const char *name;
	int value;
} errors[] = {
	{ "ENOENT", XS_ENOENT }, { "EAGAIN", XS_EAGAIN },
	{ "EACCES", XS_EACCES }, { "EINVAL", XS_EINVAL },
	{ "E2BIG", XS_E2BIG },
};

static int error_of(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(errors); i++)
		if (!strcmp(name, errors[i].name))
			return errors[i].value;
	return XS_EIO;
}

/* "path\0token\0"; the token is the watch's index. */
static bool read_watch_event(uint32_t len)
{
	char text[XS_PATH_MAX + TOKEN_MAX];
	const char *token;
	uint32_t n = 0;

	if (len >= sizeof(text))
		return ring_skip(len);
	if (!ring_read(text, len))
		return false;
	text[len] = '\0';
	token = text + strlen(text) + 1;
	if (token >= text + len)
		return true;
	for (; *token >= '0' && *token <= '9'; token++)
		n = n * 10 + (uint32_t)(*token - '0');
	if (n < XS_MAX_WATCH)
		xs.watch[n].pending = true;
	return true;
}

/* The next message that is no watch event. False: the ring is broken. */
static bool read_header(struct xsd_sockmsg *h)
{
	for (;;) {
		if (!ring_read(h, sizeof(*h)) || h->len > XENSTORE_PAYLOAD_MAX)
			return false;
		if (h->type != XS_WATCH_EVENT)
			return true;
		if (!read_watch_event(h->len))
			return false;
	}
}

/* Answer to request xs.req_id into @buf; bytes of it, or an error. */
static int read_answer(uint32_t type, char *buf, size_t size)
{
	struct xsd_sockmsg h;
	char error[16];

	for (;;) {
		if (!read_header(&h))
			return XS_EIO;
		if (h.req_id == xs.req_id)
			break;
		if (!ring_skip(h.len)) /* of a loader before us */
			return XS_EIO;
	}
	if (h.type == XS_ERROR) {
		uint32_t n = h.len < sizeof(error) ? h.len : sizeof(error);

		memset(error, 0, sizeof(error));
		if (!ring_read(error, n) || !ring_skip(h.len - n))
			return XS_EIO;
		error[sizeof(error) - 1] = '\0';
		return error_of(error);
	}
	if (h.type != type)
		return ring_skip(h.len) ? XS_EIO : XS_EIO;
	if (h.len > size)
		return ring_skip(h.len) ? XS_E2BIG : XS_EIO;
	return ring_read(buf, h.len) ? (int)h.len : XS_EIO;
}

/*
 * The port was cleared before the ring was read: what has come behind the
 * answer may have no event any more.
 */
static bool watches_wait(void)
{
	if (ring()->rsp_prod != ring()->rsp_cons)
		return true;
	for (unsigned int i = 0; i < XS_MAX_WATCH; i++)
		if (xs.watch[i].pending)
			return true;
	return false;
}

/* A request of strings, each with its NUL but a written value. */
static int request(uint32_t type, const char *a, const char *b, bool b_nul,
		   char *buf, size_t size)
{
	struct xsd_sockmsg h = { .type = type };
	uint32_t len_a = (uint32_t)strlen(a) + 1;
	uint32_t len_b = b ? (uint32_t)strlen(b) + b_nul : 0;
	bool masked = xen_upcall_masked();
	int rc;

	if (!xs.port)
		return XS_EIO;
	xen_upcall_mask(true);
	h.req_id = ++xs.req_id;
	h.len = len_a + len_b;
	xs.busy = true;
	if (!ring_write(&h, sizeof(h)) || !ring_write(a, len_a) ||
	    (b && !ring_write(b, len_b))) {
		rc = XS_EIO;
	} else {
		evtchn_send(xs.port);
		rc = read_answer(type, buf, size);
	}
	xs.busy = false;
	if (watches_wait())
		evtchn_raise(xs.port);
	xen_upcall_mask(masked);
	return rc;
}

/* --- Requests -------------------------------------------------------------*/
int xs_read(const char *path, char *buf, size_t size)
{
	int rc = request(XS_READ, path, NULL, false, buf, size - 1);

	buf[rc < 0 ? 0 : rc] = '\0';
	return rc;
}

static int no_result(int rc)
{
	return rc < 0 ? rc : 0;
}

int xs_write(const char *path, const char *value)
{
	char ok[4];

	return no_result(request(XS_WRITE, path, value, false, ok, sizeof(ok)));
}

int xs_printf(const char *path, const char *fmt, ...)
{
	char text[XS_VALUE_MAX / 4];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return n >= (int)sizeof(text) ? XS_E2BIG : xs_write(path, text);
}

int xs_remove(const char *path)
{
	char ok[4];

	return no_result(request(XS_RM, path, NULL, false, ok, sizeof(ok)));
}

int xs_list(const char *path, char *buf, size_t size)
{
	return request(XS_DIRECTORY, path, NULL, false, buf, size);
}

/* --- Watches --------------------------------------------------------------*/
int xs_watch(const char *path, xs_watch_fn fn, void *opaque)
{
	char token[TOKEN_MAX], ok[4];

	for (unsigned int i = 0; i < XS_MAX_WATCH; i++) {
		struct watch *w = &xs.watch[i];

		if (w->fn)
			continue;
		if (strlen(path) >= sizeof(w->path))
			return XS_E2BIG;
		memcpy(w->path, path, strlen(path) + 1);
		w->fn = fn;
		w->opaque = opaque;
		vmi_snprintf(token, sizeof(token), "%u", i);
		return no_result(
			request(XS_WATCH, path, token, true, ok, sizeof(ok)));
	}
	return XS_E2BIG;
}

void xs_unwatch(xs_watch_fn fn, void *opaque)
{
	char token[TOKEN_MAX], ok[4];

	for (unsigned int i = 0; i < XS_MAX_WATCH; i++) {
		struct watch *w = &xs.watch[i];

		if (w->fn != fn || w->opaque != opaque)
			continue;
		vmi_snprintf(token, sizeof(token), "%u", i);
		request(XS_UNWATCH, w->path, token, true, ok, sizeof(ok));
		w->fn = NULL;
		w->pending = false;
	}
}

static void tell_watches(void)
{
	for (unsigned int i = 0; i < XS_MAX_WATCH; i++) {
		struct watch *w = &xs.watch[i];

		if (!w->pending)
			continue;
		w->pending = false;
		if (w->fn)
			w->fn(w->opaque, w->path);
	}
}

static void store_event(void *opaque)
{
	volatile struct xenstore_domain_interface *r = ring();
	struct xsd_sockmsg h;

	(void)opaque;
	if (xs.busy)
		return;
	xs.busy = true;
	/* Only watch events come unasked; read_header() takes them all. */
	while (r->rsp_prod - r->rsp_cons >= sizeof(h)) {
		if (!ring_read(&h, sizeof(h)))
			break;
		if (h.type != XS_WATCH_EVENT ? !ring_skip(h.len)
					     : !read_watch_event(h.len))
			break;
	}
	xs.busy = false;
	tell_watches();
}

void xs_init(const struct xen_info *x)
{
	volatile struct xenstore_domain_interface *r = ring();

	xs.port = x->store_port;
	r->rsp_cons = r->rsp_prod;
	if (xs.port)
		evtchn_handle(xs.port, store_event, NULL);
}
