/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backend of one interface, which does what the test says; the rest is
 * front-rig.h's.
 */
#ifndef TESTS_MOCK_NETFRONT_RIG_H
#define TESTS_MOCK_NETFRONT_RIG_H

#include "front-rig.h"
#include "xen/netfront-private.h"

/** Once: the interface is found; @blank: as virtio's, with large frames. */
void rig_power_on(bool blank);
struct nic *rig_nic(void);
struct netfront *rig_front(void);
/** Key of the backend; NULL removes it. */
void rig_key(const char *key, const char *value);
/** Key of the frontend. */
uint32_t rig_said(const char *key);
/** The backend goes to @state, and the frontend hears of it. */
void rig_state(enum xb_state state);
/** From nothing to connected. */
void rig_connect(void);

/** The next request to send; false: none. */
bool rig_take(netif_tx_request_t *q);
/** It has gone, with an event. */
void rig_sent(uint16_t id, int status);
/**
 * A page of a frame that comes, @len bytes of @byte at @offset; @flags as on the
 * ring.  False: no request of the frontend's is there.
 */
bool rig_page(uint32_t len, uint8_t byte, uint32_t offset, uint32_t flags);
/** A slot that says how to cut. */
void rig_extra(uint16_t segment);
/** Publish what came, with an event or without one. */
void rig_publish(void);
void rig_event(void);
/** How many pages are offered for frames to come. */
uint32_t rig_offered(void);
/** Indices that mean nothing, and an event. */
void rig_run_away(uint32_t rx, uint32_t tx);

#endif
