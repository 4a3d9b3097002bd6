/* SPDX-License-Identifier: GPL-2.0-only */
/* See netfront-rig.h. */
#include "netfront-rig.h"
#include "fake-store.h"
#include "must.h"
#include "lib/string.h"

#define NUMBER "0"

static netif_tx_back_ring_t tx;
static netif_rx_back_ring_t rx;

static const char *path(bool back, const char *key)
{
	return rig_path("vif", NUMBER, back, key);
}

void rig_key(const char *key, const char *value)
{
	if (value)
		store_put(path(true, key), value);
	else
		store_forget(path(true, key));
}

uint32_t rig_said(const char *key)
{
	return rig_number(path(false, key));
}

struct nic *rig_nic(void)
{
	return netfront_nic(0);
}

struct netfront *rig_front(void)
{
	return (struct netfront *)(void *)netfront_nic(0);
}

/* --- The handshake --------------------------------------------------------*/
static void *ring_page(const char *key)
{
	grant_t g = rig_said(key);

	must(!rig_grant[g].read_only);
	return rig_granted(g);
}

static void written(const char *where, const char *value)
{
	if (strcmp(where, path(false, "state")) || *value != '4')
		return;
	BACK_RING_INIT(&tx, (struct netif_tx_sring *)ring_page("tx-ring-ref"),
		       PAGE_SIZE);
	BACK_RING_INIT(&rx, (struct netif_rx_sring *)ring_page("rx-ring-ref"),
		       PAGE_SIZE);
	must(rig_said("event-channel") == rig_front()->port);
}

void rig_state(enum xb_state state)
{
	char digit[2] = { (char)('0' + state), '\0' };

	rig_key("state", digit);
	store_fire(path(true, "state"));
}

void rig_connect(void)
{
	rig_state(XENBUS_INIT_WAIT);
	rig_state(XENBUS_CONNECTED);
	rig_soft();
}

void rig_power_on(bool blank)
{
	static const char names[] = NUMBER;

	rig_memory();
	rig_machine.options.virtio_net = blank;
	store_names(names, sizeof(names));
	store_put(path(false, "backend"), "/back/vif/" NUMBER);
	store_put(path(false, "backend-id"), "7");
	store_put(path(false, "mac"), "00:16:3e:0a:Bc:fF");
	rig_key("feature-rx-copy", "1");
	rig_key("feature-sg", "1");
	rig_key("feature-gso-tcpv4", "1");
	rig_key("online", "1");
	rig_key("state", "1");
	store_written = written;
	netfront_scan(&rig_machine);
	netfront_connect(&rig_machine);
}

/* --- Frames that go -------------------------------------------------------*/
bool rig_take(netif_tx_request_t *q)
{
	if (tx.req_cons == tx.sring->req_prod) {
		tx.sring->req_event = tx.req_cons + 1;
		return false;
	}
	*q = *RING_GET_REQUEST(&tx, tx.req_cons);
	tx.req_cons++;
	return true;
}

void rig_sent(uint16_t id, int status)
{
	netif_tx_response_t *a = RING_GET_RESPONSE(&tx, tx.rsp_prod_pvt);

	tx.rsp_prod_pvt++;
	*a = (netif_tx_response_t){ .id = id, .status = (int16_t)status };
	tx.sring->rsp_prod = tx.rsp_prod_pvt;
	rig_fire(rig_front()->port);
}

/* --- Frames that come -----------------------------------------------------*/
bool rig_page(uint32_t len, uint8_t byte, uint32_t offset, uint32_t flags)
{
	netif_rx_request_t q;
	netif_rx_response_t *a;

	if (rx.req_cons == rx.sring->req_prod)
		return false;
	q = *RING_GET_REQUEST(&rx, rx.req_cons);
	rx.req_cons++;
	must(!rig_grant[q.gref].read_only && offset + len <= PAGE_SIZE);
	memset(rig_granted(q.gref) + offset, byte, len);
	a = RING_GET_RESPONSE(&rx, rx.rsp_prod_pvt);
	rx.rsp_prod_pvt++;
	*a = (netif_rx_response_t){ .id = q.id,
				    .offset = (uint16_t)offset,
				    .flags = (uint16_t)flags,
				    .status = (int16_t)len };
	return true;
}

void rig_extra(uint16_t segment)
{
	netif_extra_info_t *x;

	must(rx.req_cons != rx.sring->req_prod);
	rx.req_cons++;
	x = (netif_extra_info_t *)(void *)RING_GET_RESPONSE(&rx,
							    rx.rsp_prod_pvt);
	rx.rsp_prod_pvt++;
	*x = (netif_extra_info_t){ .type = XEN_NETIF_EXTRA_TYPE_GSO };
	x->u.gso.size = segment;
	x->u.gso.type = XEN_NETIF_GSO_TYPE_TCPV4;
}

void rig_publish(void)
{
	rx.sring->rsp_prod = rx.rsp_prod_pvt;
}

void rig_event(void)
{
	rig_publish();
	rig_fire(rig_front()->port);
}

uint32_t rig_offered(void)
{
	return rx.sring->req_prod - rx.req_cons;
}

void rig_run_away(uint32_t ahead_rx, uint32_t ahead_tx)
{
	rx.sring->rsp_prod = rx.req_cons + ahead_rx;
	tx.sring->rsp_prod = tx.req_cons + ahead_tx;
	rig_fire(rig_front()->port);
	tx.sring->rsp_prod = tx.rsp_prod_pvt;
	rx.sring->rsp_prod = rx.rsp_prod_pvt;
}
