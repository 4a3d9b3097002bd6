/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AMD PCnet-PCI II: registers, reset, initialization block.  Pure.
 * Flow: ports -> here -> pcnet-ring.c for frames -> nic->send().
 *
 * The card is an I/O card with 10BASE-T; LEDs and EEPROM are as far there as
 * drivers look.  Time plays no part: what the chip does "soon" is done at once.
 */
#include "dev/pcnet-private.h"
#include "lib/string.h"

/* Ports. */
#define WIO_RDP	  0x10
#define WIO_RAP	  0x12
#define WIO_RESET 0x14
#define WIO_BDP	  0x16
#define DWIO_RDP  0x10
#define DWIO_RAP  0x14
#define DWIO_RST  0x18
#define DWIO_BDP  0x1c
#define RAP_MASK  0x7f

#define CHIP_ID	       0x02621003u
#define FEATURES_RESET 0x0115
#define FEATURES_EVENT (F_MFCO | F_UINT | F_RCVCCO | F_TXSTRT | F_JAB)
#define FEATURES_STOP  (FEATURES_EVENT | F_UINTCMD)
#define EXTENDED_EVENT (X_SINT | X_SLPINT | X_EXDINT | X_MPINT)
#define FIFO_RESET     0x1410
#define TIMEOUT_RESET  0x0200
#define STATUS_EVENT   0x7f00 /* a one clears it */
#define STATUS_IRQ     (S_BABL | S_MISS | S_MERR | S_RINT | S_TINT | S_IDON)
#define STATUS_ERROR   (S_BABL | S_CERR | S_MISS | S_MERR)

#define BUS_DWIO      0x0080
#define EEPROM_VALID  0xa000 /* PVALID, EEDET */
#define EEPROM_RW     0x0017
#define STYLE_SSIZE32 0x0100
#define STYLE_PCNET   0x0200
#define STYLE_MAX     3
#define STYLE_ILACC   1
#define LED_OUT	      0x8000
#define LED_LINK      0x0040
#define APROM_HW_ID   9
#define HW_ID_PCI     0x11
#define APROM_SUM     12
#define APROM_MARK    14

static const uint16_t bcr_reset[PCNET_NR_BCRS] = {
	0x0005, 0x0005, 0x0002, 0,	0x00c0,	     0x0084, 0x0088, 0x0090,
	0,	0,	0,	0,	0,	     0,	     0,	     0,
	0,	0,	0x9001, 0x0002, STYLE_PCNET, 0,	     0xff06,
};

/* --- Interrupts -----------------------------------------------------------*/
static bool wants_irq(const struct pcnet *p)
{
	uint16_t status = p->csr[CSR_STATUS], f = p->csr[CSR_FEATURES];
	uint16_t x = p->csr[CSR_EXTENDED];

	/* A feature's mask is the bit below, an extension's enable too. */
	return (status & ~p->csr[CSR_MASK] & STATUS_IRQ) ||
	       (f & ~(f << 1) & (FEATURES_EVENT & ~F_UINT)) || (f & F_UINT) ||
	       (x & (x << 1) & EXTENDED_EVENT);
}

void pcnet_irq_update(struct pcnet *p)
{
	uint16_t *s = &p->csr[CSR_STATUS];

	*s &= (uint16_t) ~(S_INTR | S_ERR);
	if (wants_irq(p))
		*s |= S_INTR;
	if (*s & STATUS_ERROR)
		*s |= S_ERR;
	irq_line_set(&p->irq, (*s & S_INTR) && (*s & S_IENA));
}

/* --- Stop and reset -------------------------------------------------------*/
static void stop(struct pcnet *p)
{
	p->csr[CSR_STATUS] = S_STOP;
	p->csr[CSR_FEATURES] &= (uint16_t)~FEATURES_STOP;
	p->csr[CSR_EXTENDED] &= (uint16_t) ~(X_SUSPEND | EXTENDED_EVENT);
	pcnet_transmit_stop(p);
}

/* By the reset port: what the manual calls S_RESET. */
static void soft_reset(struct pcnet *p)
{
	memset(p->csr, 0, sizeof(p->csr));
	p->csr[CSR_FEATURES] = FEATURES_RESET;
	p->csr[CSR_RX_LENGTH] = p->csr[CSR_TX_LENGTH] = 0xffff;
	p->csr[CSR_FIFO] = FIFO_RESET;
	p->csr[CSR_BUS_TIMEOUT] = TIMEOUT_RESET;
	p->csr[CSR_CHIP_ID] = (uint16_t)CHIP_ID;
	p->csr[CSR_CHIP_ID + 1] = CHIP_ID >> 16;
	for (unsigned int i = 0; i < NIC_MAC_LEN / 2; i++)
		p->csr[CSR_PADR + i] =
			(uint16_t)(p->aprom[2 * i] | p->aprom[2 * i + 1] << 8);
	p->bcr[BCR_STYLE] = bcr_reset[BCR_STYLE];
	p->rap = 0;
	p->rx_index = p->tx_index = 0;
	stop(p);
}

static void aprom_init(struct pcnet *p)
{
	uint32_t sum = 0;

	memcpy(p->aprom, p->nic->mac, NIC_MAC_LEN);
	p->aprom[APROM_HW_ID] = HW_ID_PCI;
	p->aprom[APROM_MARK] = p->aprom[APROM_MARK + 1] = 'W';
	for (unsigned int i = 0; i < PCNET_APROM_SIZE; i++)
		sum += p->aprom[i];
	p->aprom[APROM_SUM] = (uint8_t)sum;
	p->aprom[APROM_SUM + 1] = (uint8_t)(sum >> 8);
}

void pcnet_init(struct pcnet *p, struct nic *nic, struct irq_line irq,
		const struct dma_host *dma)
{
	memset(p, 0, sizeof(*p));
	p->nic = nic;
	p->irq = irq;
	p->dma = *dma;
	memcpy(p->bcr, bcr_reset, sizeof(p->bcr));
	p->bcr[BCR_EEPROM] |= EEPROM_VALID;
	aprom_init(p);
	soft_reset(p);
	pcnet_irq_update(p);
	nic->card = p;
	nic->receive = pcnet_receive;
	nic->room = pcnet_room;
}

/* --- Initialization block -------------------------------------------------*/
struct init_block { /* as a driver of 32-bit styles lays it out */
	uint16_t mode;
	uint8_t rlen, tlen; /* logarithms, in the upper halves */
	uint16_t padr[3], reserved;
	uint16_t ladrf[4];
	uint32_t rx, tx;
} __packed;

struct init_block_16 {
	uint16_t mode, padr[3], ladrf[4];
	uint16_t rx, rx_high, tx, tx_high; /* address 23-16; length 15-13 */
} __packed;

#define LOG_LENGTH_MAX 9
#define LENGTH_SHIFT   4
#define LENGTH_SHIFT16 13

static void set_pair(struct pcnet *p, unsigned int n, uint32_t value)
{
	p->csr[n] = (uint16_t)value;
	p->csr[n + 1] = (uint16_t)(value >> 16);
}

static void set_length(struct pcnet *p, unsigned int reg, unsigned int log)
{
	if (log > LOG_LENGTH_MAX)
		log = LOG_LENGTH_MAX;
	p->csr[reg] = (uint16_t) - (1u << log);
}

/* The old block becomes the new one. */
static void read_block_16(struct pcnet *p, struct init_block *b, gpa_t at)
{
	uint32_t high = (uint32_t)(p->csr[CSR_IADR + 1] & 0xff00) << 16;
	struct init_block_16 o;

	p->dma.read(p->dma.opaque, &o, at, sizeof(o));
	b->mode = o.mode;
	memcpy(b->padr, o.padr, sizeof(b->padr));
	memcpy(b->ladrf, o.ladrf, sizeof(b->ladrf));
	b->rx = high | (uint32_t)(o.rx_high & 0xff) << 16 | o.rx;
	b->tx = high | (uint32_t)(o.tx_high & 0xff) << 16 | o.tx;
	b->rlen = (uint8_t)(o.rx_high >> LENGTH_SHIFT16 << LENGTH_SHIFT);
	b->tlen = (uint8_t)(o.tx_high >> LENGTH_SHIFT16 << LENGTH_SHIFT);
}

static void initialize(struct pcnet *p)
{
	gpa_t at = csr_pair(p, CSR_IADR);
	struct init_block b;

	if (style(p) == STYLE_LANCE)
		read_block_16(p, &b, at);
	else
		p->dma.read(p->dma.opaque, &b, at, sizeof(b));
	p->csr[CSR_MODE] = b.mode;
	memcpy(&p->csr[CSR_PADR], b.padr, sizeof(b.padr));
	memcpy(&p->csr[CSR_LADRF], b.ladrf, sizeof(b.ladrf));
	set_pair(p, CSR_RX_BASE, b.rx);
	set_pair(p, CSR_TX_BASE, b.tx);
	set_length(p, CSR_RX_LENGTH, b.rlen >> LENGTH_SHIFT);
	set_length(p, CSR_TX_LENGTH, b.tlen >> LENGTH_SHIFT);
	p->csr[CSR_RXTX_LENGTH] =
		(uint16_t)((b.tlen & 0xf0) << 8 | (b.rlen & 0xf0) << 4);
	p->rx_index = p->tx_index = 0;
	p->csr[CSR_STATUS] |= S_INIT | S_IDON;
}

static void start(struct pcnet *p)
{
	p->csr[CSR_STATUS] |= S_STRT;
	if (!(p->csr[CSR_MODE] & M_DTX))
		p->csr[CSR_STATUS] |= S_TXON;
	if (!(p->csr[CSR_MODE] & M_DRX))
		p->csr[CSR_STATUS] |= S_RXON;
}

/* --- Control and status registers -----------------------------------------*/
static void write_status(struct pcnet *p, uint16_t v)
{
	uint16_t *s = &p->csr[CSR_STATUS];
	bool stopped = *s & S_STOP;

	*s &= (uint16_t) ~((v & STATUS_EVENT) | S_IENA);
	*s |= v & S_IENA;
	if (v & S_STOP) {
		stop(p);
		return;
	}
	if (v & (S_INIT | S_STRT))
		*s &= (uint16_t)~S_STOP;
	if (stopped && (v & S_INIT))
		initialize(p);
	if (v & S_STRT && !(*s & S_STRT))
		start(p);
	/* Each access is taken as the moment at which the chip polls. */
	if ((v & S_TDMD) || !(p->csr[CSR_FEATURES] & F_DPOLL))
		pcnet_transmit(p);
}

static void write_features(struct pcnet *p, uint16_t v)
{
	uint16_t *f = &p->csr[CSR_FEATURES];
	uint16_t events = *f & (uint16_t)~v & FEATURES_EVENT;

	*f = (v & (uint16_t)~FEATURES_STOP) | events;
	if (v & F_UINTCMD)
		*f |= F_UINT;
}

static void write_extended(struct pcnet *p, uint16_t v)
{
	uint16_t *x = &p->csr[CSR_EXTENDED];
	uint16_t events = *x & (uint16_t)~v & EXTENDED_EVENT;
	bool was = *x & X_SUSPEND;

	*x = (v & (uint16_t)~EXTENDED_EVENT) | events;
	if (was && !(v & X_SUSPEND))
		pcnet_transmit(p);
}

static void write_style(struct pcnet *p, uint16_t v)
{
	uint16_t n = v & 0xff;

	if (n > STYLE_MAX)
		n = STYLE_LANCE;
	p->bcr[BCR_STYLE] = n | (n == STYLE_LANCE ? 0 : STYLE_SSIZE32) |
			    (n == STYLE_ILACC ? 0 : STYLE_PCNET);
}

static void write_length(struct pcnet *p, unsigned int reg, uint32_t *index)
{
	if (*index >= ring_length(p, reg))
		*index = 0;
}

/* Registers that take a value only while nothing runs. */
static void write_stopped(struct pcnet *p, unsigned int n, uint16_t v)
{
	p->csr[n] = v;
	switch (n) {
	case CSR_RX_LENGTH:
		write_length(p, n, &p->rx_index);
		break;
	case CSR_TX_LENGTH:
		write_length(p, n, &p->tx_index);
		break;
	case CSR_IADR_ALIAS:
	case CSR_IADR_ALIAS + 1:
		p->csr[CSR_IADR + n - CSR_IADR_ALIAS] = v;
		break;
	default:
		break;
	}
}

static bool is_free(unsigned int n) /* has a value of its own */
{
	return n == CSR_IADR || n == CSR_IADR + 1 ||
	       (n >= CSR_LADRF && n <= CSR_POLL) || n == CSR_RX_LENGTH ||
	       n == CSR_TX_LENGTH || n == CSR_FIFO || n == CSR_BUS_TIMEOUT ||
	       n == CSR_MISSED || n == CSR_TEST;
}

/*
 * The driver may have given buffers, or have stopped the card.  It gives them
 * in memory where nobody looks; but it touches a register soon after.
 */
static void retry_receive(struct pcnet *p)
{
	if (!p->rx_starved)
		return;
	p->rx_starved = false;
	p->nic->ready(p->nic);
}

static void csr_write(struct pcnet *p, unsigned int n, uint16_t v)
{
	bool idle = (p->csr[CSR_STATUS] & S_STOP) || suspended(p);

	switch (n) {
	case CSR_STATUS:
		write_status(p, v);
		break;
	case CSR_MASK:
		p->csr[n] = v;
		break;
	case CSR_FEATURES:
		write_features(p, v);
		break;
	case CSR_EXTENDED:
		write_extended(p, v);
		break;
	case CSR_STYLE:
		if (idle)
			write_style(p, v);
		break;
	default:
		if (idle && is_free(n))
			write_stopped(p, n, v);
		break;
	}
	retry_receive(p);
	pcnet_irq_update(p);
}

static uint16_t descriptor_word(const struct pcnet *p, unsigned int base,
				uint32_t index, unsigned int half)
{
	return (uint16_t)(pcnet_descriptor(p, base, index) >> 16 * half);
}

static uint16_t csr_read(const struct pcnet *p, unsigned int n)
{
	switch (n) {
	case CSR_IADR_ALIAS:
	case CSR_IADR_ALIAS + 1:
		return p->csr[n - CSR_IADR_ALIAS + CSR_IADR];
	case CSR_RX_CURRENT:
	case CSR_RX_CURRENT + 1:
		return descriptor_word(p, CSR_RX_BASE, p->rx_index,
				       n - CSR_RX_CURRENT);
	case CSR_TX_CURRENT:
	case CSR_TX_CURRENT + 1:
		return descriptor_word(p, CSR_TX_BASE, p->tx_index,
				       n - CSR_TX_CURRENT);
	case CSR_STYLE:
		return p->bcr[BCR_STYLE];
	case CSR_RX_COUNTER:
		return (uint16_t)(p->csr[CSR_RX_LENGTH] + p->rx_index);
	case CSR_TX_COUNTER:
		return (uint16_t)(p->csr[CSR_TX_LENGTH] + p->tx_index);
	default:
		return p->csr[n];
	}
}

/* --- Bus configuration registers ------------------------------------------*/
static void bcr_write(struct pcnet *p, unsigned int n, uint16_t v)
{
	switch (n) {
	case BCR_LINK:
	case BCR_LED1:
	case BCR_LED1 + 1:
	case BCR_LED3:
		p->bcr[n] = v & (uint16_t)~LED_OUT;
		break;
	case BCR_EEPROM:
		p->bcr[n] = EEPROM_VALID | (v & EEPROM_RW);
		break;
	case BCR_STYLE:
		csr_write(p, CSR_STYLE, v);
		break;
	case BCR_LINK - 2: /* miscellaneous configuration */
	case BCR_FDC:
		p->bcr[n] = v;
		break;
	case BCR_BUS:
		p->bcr[n] = v & (uint16_t)~BUS_DWIO;
		break;
	default:
		break;
	}
}

static uint16_t bcr_read(const struct pcnet *p, unsigned int n)
{
	if (n >= PCNET_NR_BCRS)
		return 0;
	if (n == BCR_BUS)
		return p->bcr[n] | (p->dword_io ? BUS_DWIO : 0);
	if (n == BCR_LINK && (p->bcr[n] & LED_LINK) && p->nic->link)
		return p->bcr[n] | LED_OUT;
	return p->bcr[n];
}

/* --- Ports ----------------------------------------------------------------*/
enum port {
	PORT_NONE,
	PORT_RDP,
	PORT_RAP,
	PORT_RESET,
	PORT_BDP
};

static enum port port_at(const struct pcnet *p, unsigned int offset,
			 unsigned int size)
{
	if (size == 1)
		return PORT_NONE;
	if (p->dword_io)
		switch (offset) {
		case DWIO_RDP:
			return PORT_RDP;
		case DWIO_RAP:
			return PORT_RAP;
		case DWIO_RST:
			return PORT_RESET;
		case DWIO_BDP:
			return PORT_BDP;
		default:
			return PORT_NONE;
		}
	switch (offset) {
	case WIO_RDP:
		return PORT_RDP;
	case WIO_RAP:
		return PORT_RAP;
	case WIO_RESET:
		return PORT_RESET;
	case WIO_BDP:
		return PORT_BDP;
	default:
		return PORT_NONE;
	}
}

static uint32_t aprom_read(const struct pcnet *p, unsigned int offset,
			   unsigned int size)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < size && offset + i < sizeof(p->aprom); i++)
		value |= (uint32_t)p->aprom[offset + i] << 8 * i;
	return value;
}

uint32_t pcnet_read(struct pcnet *p, unsigned int offset, unsigned int size)
{
	if (offset < PCNET_APROM_SIZE)
		return aprom_read(p, offset, size);
	switch (port_at(p, offset, size)) {
	case PORT_RDP:
		return csr_read(p, p->rap);
	case PORT_RAP:
		return p->rap;
	case PORT_BDP:
		return bcr_read(p, p->rap);
	case PORT_RESET:
		soft_reset(p);
		retry_receive(p);
		pcnet_irq_update(p);
		return 0;
	default:
		return ~0u;
	}
}

void pcnet_write(struct pcnet *p, unsigned int offset, unsigned int size,
		 uint32_t value)
{
	/* The first long access to the data port changes the ports' places. */
	if (offset == DWIO_RDP && size == 4)
		p->dword_io = true;
	switch (port_at(p, offset, size)) {
	case PORT_RDP:
		csr_write(p, p->rap, (uint16_t)value);
		break;
	case PORT_RAP:
		p->rap = value & RAP_MASK;
		break;
	case PORT_BDP:
		bcr_write(p, p->rap, (uint16_t)value);
		break;
	default:
		break;
	}
}
