/* SPDX-License-Identifier: GPL-2.0-only */
/* A legacy virtio network card with a driver (virtio-rig.h) and a network. */
#ifndef TESTS_MOCK_VIRTIO_NET_RIG_H
#define TESTS_MOCK_VIRTIO_NET_RIG_H

#include "../mock/virtio-rig.h"
#include "dev/virtio-net.h"

#define RX   0
#define TX   1
#define BUF  0x40000u
#define HEAD 10u
#define LEN  300u

extern struct virtio_net card;
extern struct nic net;
/* The network: what was sent last, and how; whether it has room. */
extern uint8_t sent[NIC_MAX_PAGES * PAGE_SIZE];
extern struct nic_hints hints;
extern uint32_t sent_len;
extern unsigned int nr_sent;
extern bool has_room;
/* What comes in, and how often the card said that it can take more. */
extern uint8_t frame[NIC_FRAME_MAX + 1];
extern unsigned int nr_ready;

/** @len bytes of frame come in; false: they must wait. */
bool receive(uint32_t len, bool blank, bool good);
/** Setup of a test: the driver takes all features. */
int power_on(void **state);
/** The same without merged buffers: headers of 10 bytes. */
int power_on_unmerged(void **state);

#endif
