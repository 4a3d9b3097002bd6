/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AMD PCnet-PCI II (79C970A) Ethernet controller.
 * Source: AMD publication 19436, "Am79C970A PCnet-PCI II".
 */
#ifndef VMI_DEV_PCNET_H
#define VMI_DEV_PCNET_H

#include "dev/dma.h"
#include "dev/irq-line.h"
#include "dev/nic.h"

#define PCNET_IO_SIZE	 32
#define PCNET_VENDOR	 0x1022
#define PCNET_DEVICE	 0x2000
#define PCNET_REVISION	 0x16
#define PCNET_NR_CSRS	 128
#define PCNET_NR_BCRS	 32
#define PCNET_APROM_SIZE 16

struct pcnet {
	struct nic *nic;
	struct irq_line irq;
	struct dma_host dma;
	uint8_t aprom[PCNET_APROM_SIZE];
	bool dword_io;
	uint8_t rap; /* which register the data ports show */
	uint16_t csr[PCNET_NR_CSRS];
	uint16_t bcr[PCNET_NR_BCRS];
	bool rx_starved;	     /* a frame waits for a buffer */
	uint32_t rx_index, tx_index; /* below the rings' lengths */

	/* The frame that is being put together from transmit descriptors. */
	uint8_t tx[NIC_FRAME_MAX];
	uint32_t tx_len;
	bool tx_open;	  /* STP seen, ENP not yet */
	bool tx_too_long; /* it does not fit and is not sent */
	bool tx_waits;	  /* whole, but the network has no room */
};

/**
 * Power on a card with @nic's address; becomes @nic's card.
 * @irq: active while the card asks for an interrupt.
 */
void pcnet_init(struct pcnet *p, struct nic *nic, struct irq_line irq,
		const struct dma_host *dma);
/** Registers, @offset below PCNET_IO_SIZE, @size 1, 2 or 4 bytes. */
uint32_t pcnet_read(struct pcnet *p, unsigned int offset, unsigned int size);
void pcnet_write(struct pcnet *p, unsigned int offset, unsigned int size,
		 uint32_t value);

#endif
