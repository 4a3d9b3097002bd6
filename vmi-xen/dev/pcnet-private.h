/* SPDX-License-Identifier: GPL-2.0-only */
/* What pcnet.c and pcnet-ring.c share: registers by the names of the manual. */
#ifndef VMI_DEV_PCNET_PRIVATE_H
#define VMI_DEV_PCNET_PRIVATE_H

#include "dev/pcnet.h"

/* Control and status registers. */
#define CSR_STATUS	0
#define CSR_IADR	1 /* and 2: the initialization block */
#define CSR_MASK	3
#define CSR_FEATURES	4
#define CSR_EXTENDED	5
#define CSR_RXTX_LENGTH 6
#define CSR_LADRF	8  /* to 11 */
#define CSR_PADR	12 /* to 14 */
#define CSR_MODE	15
#define CSR_IADR_ALIAS	16 /* and 17 */
#define CSR_RX_BASE	24 /* and 25 */
#define CSR_RX_CURRENT	28 /* and 29 */
#define CSR_TX_BASE	30 /* and 31 */
#define CSR_TX_CURRENT	34 /* and 35 */
#define CSR_POLL	47
#define CSR_STYLE	58
#define CSR_RX_COUNTER	72
#define CSR_TX_COUNTER	74
#define CSR_RX_LENGTH	76
#define CSR_TX_LENGTH	78
#define CSR_FIFO	80
#define CSR_CHIP_ID	88 /* and 89 */
#define CSR_BUS_TIMEOUT 100
#define CSR_MISSED	112
#define CSR_TEST	124

#define S_INIT 0x0001
#define S_STRT 0x0002
#define S_STOP 0x0004
#define S_TDMD 0x0008
#define S_TXON 0x0010
#define S_RXON 0x0020
#define S_IENA 0x0040
#define S_INTR 0x0080
#define S_IDON 0x0100
#define S_TINT 0x0200
#define S_RINT 0x0400
#define S_MERR 0x0800
#define S_MISS 0x1000
#define S_CERR 0x2000
#define S_BABL 0x4000
#define S_ERR  0x8000

#define F_DPOLL	  0x1000
#define F_APAD	  0x0800
#define F_MFCO	  0x0200
#define F_UINTCMD 0x0080
#define F_UINT	  0x0040
#define F_RCVCCO  0x0020
#define F_TXSTRT  0x0008
#define F_JAB	  0x0002

#define X_TOKINTD 0x8000
#define X_LTINTEN 0x4000
#define X_SINT	  0x0800
#define X_SLPINT  0x0200
#define X_EXDINT  0x0080
#define X_MPINT	  0x0010
#define X_SUSPEND 0x0001

#define M_DRX	 0x0001
#define M_DTX	 0x0002
#define M_LOOP	 0x0004
#define M_DRCVPA 0x2000
#define M_DRCVBC 0x4000
#define M_PROM	 0x8000

/* Bus configuration registers. */
#define BCR_LINK   4
#define BCR_LED1   5
#define BCR_LED3   7
#define BCR_FDC	   9
#define BCR_BUS	   18
#define BCR_EEPROM 19
#define BCR_STYLE  20

#define STYLE_LANCE 0 /* 16 bits, descriptors of 8 bytes */
#define STYLE_BURST 3 /* 32 bits, with the buffer's address at the end */

#define HEADER_LEN    14 /* Ethernet's */
#define FCS_LEN	      4
#define FRAME_LEN_MIN 60 /* without FCS */
#define FRAME_LEN_MAX 1514

static inline uint32_t csr_pair(const struct pcnet *p, unsigned int n)
{
	return p->csr[n] | (uint32_t)p->csr[n + 1] << 16;
}

static inline bool suspended(const struct pcnet *p)
{
	return p->csr[CSR_EXTENDED] & X_SUSPEND;
}

static inline unsigned int style(const struct pcnet *p)
{
	return p->bcr[BCR_STYLE] & 0xff;
}

/** Descriptors in a ring, from its two's complement: 1 to 65536. */
static inline uint32_t ring_length(const struct pcnet *p, unsigned int reg)
{
	return 0x10000u - p->csr[reg];
}

/** The address of descriptor @index of the ring at registers @base. */
uint32_t pcnet_descriptor(const struct pcnet *p, unsigned int base,
			  uint32_t index);
/** Look at the transmit ring, send what it holds. */
void pcnet_transmit(struct pcnet *p);
/** Forget a frame of which only a part has been read. */
void pcnet_transmit_stop(struct pcnet *p);
/** The interrupt line follows the registers. */
void pcnet_irq_update(struct pcnet *p);
/** nic's receive() and room(). */
bool pcnet_receive(void *card, void *frame, uint32_t len,
		   const struct nic_hints *hints);
void pcnet_room(void *card);

#endif
