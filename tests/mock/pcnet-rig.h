/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PCnet card with memory and a network around it, and a driver of it, as
 * small as can be: rings of four descriptors, in each of its four styles.
 */
#ifndef TESTS_MOCK_PCNET_RIG_H
#define TESTS_MOCK_PCNET_RIG_H

#include "dev/pcnet-private.h"

#define RAM_SIZE 0x20000u
#define BLOCK	 0x1000u
#define RX_RING	 0x2000u
#define TX_RING	 0x4000u
#define RX_BUF	 0x8000u
#define TX_BUF	 0xc000u
#define RING_LOG 2
#define RING_LEN (1u << RING_LOG)
#define BUF_SIZE 0x800u

#define OWN  0x8000
#define ERR  0x4000
#define BUFF 0x0400
#define STP  0x0200
#define ENP  0x0100
#define PAM  0x0040
#define LAFM 0x0020
#define BAM  0x0010

extern uint8_t ram[RAM_SIZE];
extern struct pcnet card;
extern struct nic net;
extern bool line;		    /* its interrupt */
extern bool room;		    /* the network takes frames */
extern uint8_t sent[NIC_FRAME_MAX]; /* the last frame that it got */
extern uint32_t sent_len;
extern unsigned int nr_sent, nr_style;
extern const uint8_t mac[NIC_MAC_LEN];

/** A cmocka setup. */
int power_on(void **state);

void out_csr(uint16_t n, uint16_t v);
uint16_t in_csr(uint16_t n);
void out_bcr(uint16_t n, uint16_t v);
uint16_t in_bcr(uint16_t n);
void put(uint32_t at, uint32_t v, unsigned int size);
uint32_t get(uint32_t at, unsigned int size);

/** Descriptor @i of @ring: what the card has made of it. */
uint16_t status(uint32_t ring, unsigned int i);
uint32_t result(uint32_t ring, unsigned int i);
/** Give it to the card. */
void give(uint32_t ring, unsigned int i, uint32_t buf, uint32_t len,
	  uint16_t flags);
/** An initialization block of 32-bit styles, at BLOCK. */
void block_32(uint16_t mode, unsigned int rlog, unsigned int tlog);
/** Read a block in; and then start, with all receive buffers. */
void init_only(unsigned int style_nr, uint16_t mode);
void drive(unsigned int style_nr, uint16_t mode);

/** A frame of @len bytes for @to comes from the network. */
bool arrive(const uint8_t *to, uint32_t len);
/** Any frame does; what the card answers. */
bool nic_receive(void *data, uint32_t len);
/** Send @len bytes by descriptor @i. */
void send_one(unsigned int i, uint32_t len);

#endif
