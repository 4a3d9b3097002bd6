/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PC's board.  Pure.
 *
 * Ports and memory that no device claims read as all ones and swallow writes.
 */
#include "dev/board.h"
#include "dev/firmware.h"
#include "lib/string.h"

#define TIMER_PIN   2
#define RTC_IRQ	    8
#define SERIAL_IRQ  4
#define KBD_IRQ	    1
#define SERIAL_BASE 0x3f8
#define PORT_92	    0x92
#define P92_RESET   1
#define P92_A20	    2
#define PORT_CF9    0xcf9
#define CF9_RESET   4
#define ODD_SLOTS   0xaaaaaaaau
#define MODE_FIXED  0
#define MODE_LOWEST 1

static uint64_t now(struct board *b)
{
	return b->host.now(b->host.opaque);
}

/* Of the same moment: a deadline by the one is one by the other. */
static uint64_t utc(struct board *b, uint64_t at)
{
	return b->host.epoch_ns(b->host.opaque) + at;
}

/* --- Interrupts -----------------------------------------------------------*/
static void set_line(void *opaque, unsigned int irq, bool on)
{
	struct board *b = opaque;

	i8259_set(&b->pic, irq, on);
	ioapic_set(&b->ioapic, irq ? irq : TIMER_PIN, on);
}

struct irq_line board_irq(struct board *b, unsigned int irq)
{
	return (struct irq_line){ .set = set_line, .opaque = b, .nr = irq };
}

/* Slots of one parity are wired together: any of them holds the line. */
static void set_pci_line(void *opaque, unsigned int slot, bool on)
{
	struct board *b = opaque;
	uint32_t together = slot & 1 ? ODD_SLOTS : ~ODD_SLOTS;

	b->pci_lines &= ~BIT(slot);
	if (on)
		b->pci_lines |= BIT(slot);
	set_line(b, PCI_IRQ(slot), b->pci_lines & together);
}

struct irq_line board_pci_irq(struct board *b, unsigned int slot)
{
	return (struct irq_line){ .set = set_pci_line,
				  .opaque = b,
				  .nr = slot };
}

static void from_ioapic(void *opaque, uint8_t dest, bool logical, uint8_t mode,
			uint8_t vector, bool level)
{
	struct board *b = opaque;

	if ((mode == MODE_FIXED || mode == MODE_LOWEST) &&
	    lapic_is_target(&b->lapic, dest, logical))
		lapic_accept(&b->lapic, vector, level);
}

static void to_ioapic(void *opaque, uint8_t vector)
{
	struct board *b = opaque;

	ioapic_eoi(&b->ioapic, vector);
}

static void to_others(void *opaque, uint32_t low, uint32_t high)
{
	struct board *b = opaque;

	if (b->host.ipi)
		b->host.ipi(b->host.opaque, low, high);
}

bool board_irq_pending(const struct board *b)
{
	return lapic_pending(&b->lapic) ||
	       (lapic_extint(&b->lapic) && i8259_pending(&b->pic));
}

int board_irq_ack(struct board *b)
{
	if (lapic_pending(&b->lapic))
		return lapic_ack(&b->lapic);
	if (lapic_extint(&b->lapic) && i8259_pending(&b->pic))
		return i8259_ack(&b->pic);
	return -1;
}

/* --- Ports ----------------------------------------------------------------*/
static uint32_t pic_in(void *opaque, uint16_t port, unsigned int size)
{
	struct board *b = opaque;

	(void)size;
	return i8259_read(&b->pic, port);
}

static void pic_out(void *opaque, uint16_t port, unsigned int size,
		    uint32_t value)
{
	struct board *b = opaque;

	(void)size;
	i8259_write(&b->pic, port, (uint8_t)value);
}

static uint32_t pit_in(void *opaque, uint16_t port, unsigned int size)
{
	struct board *b = opaque;

	(void)size;
	return i8254_read(&b->pit, port, now(b));
}

static void pit_out(void *opaque, uint16_t port, unsigned int size,
		    uint32_t value)
{
	struct board *b = opaque;

	(void)size;
	i8254_write(&b->pit, port, (uint8_t)value, now(b));
}

static uint32_t rtc_in(void *opaque, uint16_t port, unsigned int size)
{
	struct board *b = opaque;

	(void)size;
	return rtc_read(&b->rtc, port, utc(b, now(b)));
}

static void rtc_out(void *opaque, uint16_t port, unsigned int size,
		    uint32_t value)
{
	struct board *b = opaque;

	(void)size;
	rtc_write(&b->rtc, port, (uint8_t)value, utc(b, now(b)));
}

static uint32_t serial_in(void *opaque, uint16_t port, unsigned int size)
{
	struct board *b = opaque;

	(void)size;
	return uart_read(&b->uart, port & 7);
}

static void serial_out(void *opaque, uint16_t port, unsigned int size,
		       uint32_t value)
{
	struct board *b = opaque;

	(void)size;
	uart_write(&b->uart, port & 7, (uint8_t)value);
}

static uint32_t pm_in(void *opaque, uint16_t port, unsigned int size)
{
	struct board *b = opaque;

	return acpi_pm_read(&b->pm, port, size, now(b));
}

static void pm_out(void *opaque, uint16_t port, unsigned int size,
		   uint32_t value)
{
	struct board *b = opaque;

	acpi_pm_write(&b->pm, port, size, value);
}

static uint32_t pci_in(void *opaque, uint16_t port, unsigned int size)
{
	struct board *b = opaque;

	return pci_port_read(&b->pci, port, size);
}

static void pci_out(void *opaque, uint16_t port, unsigned int size,
		    uint32_t value)
{
	struct board *b = opaque;

	if (port == PORT_CF9 && size == 1) {
		if (value & CF9_RESET)
			b->host.reset(b->host.opaque);
		return;
	}
	pci_port_write(&b->pci, port, size, value);
}

static uint32_t port92_in(void *opaque, uint16_t port, unsigned int size)
{
	struct board *b = opaque;

	(void)port;
	(void)size;
	return b->port92 | P92_A20;
}

static void port92_out(void *opaque, uint16_t port, unsigned int size,
		       uint32_t value)
{
	struct board *b = opaque;

	(void)port;
	(void)size;
	b->port92 = (uint8_t)(value & ~P92_RESET);
	if (value & P92_RESET)
		b->host.reset(b->host.opaque);
}

static uint32_t kbc_in(void *opaque, uint16_t port, unsigned int size)
{
	struct board *b = opaque;

	(void)size;
	return i8042_read(&b->kbc, port);
}

static void kbc_out(void *opaque, uint16_t port, unsigned int size,
		    uint32_t value)
{
	struct board *b = opaque;

	(void)size;
	i8042_write(&b->kbc, port, (uint8_t)value);
}

static const struct port_range fixed_ports[] = {
	{ I8259_MASTER_BASE, 2, pic_in, pic_out, NULL, false },
	{ I8259_SLAVE_BASE, 2, pic_in, pic_out, NULL, false },
	{ I8259_ELCR_BASE, 2, pic_in, pic_out, NULL, false },
	{ I8254_BASE, 4, pit_in, pit_out, NULL, true },
	{ PORT_SPEAKER, 1, pit_in, pit_out, NULL, true },
	{ RTC_BASE, 2, rtc_in, rtc_out, NULL, true },
	{ SERIAL_BASE, 8, serial_in, serial_out, NULL, false },
	{ ACPI_PM_BASE, ACPI_PM_LEN, pm_in, pm_out, NULL, false },
	{ PCI_ADDRESS_PORT, 8, pci_in, pci_out, NULL, false },
	{ PORT_92, 1, port92_in, port92_out, NULL, false },
	{ I8042_DATA, 1, kbc_in, kbc_out, NULL, true },
	{ I8042_COMMAND, 1, kbc_in, kbc_out, NULL, true },
};

bool board_add_ports(struct board *b, const struct port_range *r)
{
	if (b->nr_ports == BOARD_MAX_PORTS)
		return false;
	b->ports[b->nr_ports++] = *r;
	return true;
}

static const struct port_range *range_of(struct board *b, uint16_t port)
{
	for (unsigned int i = b->nr_ports; i-- > 0;)
		if ((uint16_t)(port - b->ports[i].first) < b->ports[i].count)
			return &b->ports[i];
	b->unclaimed++;
	return NULL;
}

uint32_t board_in(struct board *b, uint16_t port, unsigned int size)
{
	const struct port_range *r = range_of(b, port);

	return r ? r->read(r->opaque, port, size) : ~0u;
}

bool board_out(struct board *b, uint16_t port, unsigned int size,
	       uint32_t value)
{
	const struct port_range *r = range_of(b, port);

	if (r)
		r->write(r->opaque, port, size, value);
	return r && r->timed;
}

/* --- Memory ---------------------------------------------------------------*/
uint32_t board_mmio_read(struct board *b, uint64_t gpa, unsigned int size)
{
	uint32_t offset = (uint32_t)gpa & (LAPIC_SIZE - 1);
	uint32_t value;

	(void)size;
	switch (gpa & ~(uint64_t)(LAPIC_SIZE - 1)) {
	case LAPIC_BASE:
		value = lapic_read(&b->lapic, offset & ~0xfu, now(b));
		return value >> 8 * (offset & 3);
	case IOAPIC_BASE:
		return ioapic_read(&b->ioapic, offset & ~3u);
	default:
		b->unclaimed++;
		return ~0u;
	}
}

void board_mmio_write(struct board *b, uint64_t gpa, unsigned int size,
		      uint32_t value)
{
	uint32_t offset = (uint32_t)gpa & (LAPIC_SIZE - 1);

	(void)size;
	switch (gpa & ~(uint64_t)(LAPIC_SIZE - 1)) {
	case LAPIC_BASE:
		lapic_write(&b->lapic, offset & ~0xfu, value, now(b));
		break;
	case IOAPIC_BASE:
		ioapic_write(&b->ioapic, offset & ~3u, value);
		break;
	default:
		b->unclaimed++;
		break;
	}
}

/* --- Power on -------------------------------------------------------------*/
static void power_off(void *opaque)
{
	struct board *b = opaque;

	b->host.power_off(b->host.opaque);
}

static void reset(void *opaque)
{
	struct board *b = opaque;

	b->host.reset(b->host.opaque);
}

#define CLASS_HOST   0x06000002u
#define CLASS_ISA    0x06010000u
#define CLASS_MEMORY 0x05800000u

static void add_pci(struct board *b)
{
	pci_add(&b->pci, PCI_DEVFN(0, 0), 0x8086, 0x1237, CLASS_HOST);
	pci_add(&b->pci, PCI_DEVFN(1, 0), 0x8086, 0x7000, CLASS_ISA);
	/* VMware's VMI device: what carries the ROM. */
	pci_add(&b->pci, PCI_DEVFN(2, 0), 0x15ad, 0x0801, CLASS_MEMORY);
	b->pci.fn[1].config[0x0e] = 0x80; /* several functions */
}

void board_init(struct board *b, const struct board_host *host, uint32_t ram_kb)
{
	memset(b, 0, sizeof(*b));
	b->host = *host;
	i8259_init(&b->pic);
	i8254_init(&b->pit, board_irq(b, 0));
	i8042_init(&b->kbc, board_irq(b, KBD_IRQ), reset, b);
	rtc_init(&b->rtc, board_irq(b, RTC_IRQ), ram_kb);
	uart_init(&b->uart, board_irq(b, SERIAL_IRQ), host->serial,
		  host->opaque);
	acpi_pm_init(&b->pm, board_irq(b, ACPI_SCI_IRQ), power_off, b);
	lapic_init(&b->lapic, 0);
	lapic_virtual_wire(&b->lapic);
	b->lapic.eoi = to_ioapic;
	b->lapic.ipi = to_others;
	b->lapic.opaque = b;
	ioapic_init(&b->ioapic, 1);
	b->ioapic.deliver = from_ioapic;
	b->ioapic.opaque = b;
	pci_init(&b->pci);
	add_pci(b);
	/* The firmware makes the PCI lines and ACPI's level-triggered. */
	i8259_write(&b->pic, I8259_ELCR_BASE + 1,
		    (uint8_t)((1u << ACPI_SCI_IRQ | 1u << PCI_IRQ(0) |
			       1u << PCI_IRQ(1)) >>
			      8));
	for (unsigned int i = 0; i < ARRAY_SIZE(fixed_ports); i++) {
		struct port_range r = fixed_ports[i];

		r.opaque = b;
		board_add_ports(b, &r);
	}
}

uint64_t board_tick(struct board *b, uint64_t at)
{
	uint64_t next = i8254_tick(&b->pit, at);
	uint64_t t = rtc_tick(&b->rtc, at, utc(b, at));

	if (t < next)
		next = t;
	t = i8042_tick(&b->kbc, at);
	if (t < next)
		next = t;
	t = lapic_tick(&b->lapic, at);
	return t < next ? t : next;
}
