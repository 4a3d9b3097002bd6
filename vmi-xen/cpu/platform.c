/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PC around the processor, joined to Xen.
 *
 * The board's clock is Xen's system time, its serial port the Xen console.
 * Whatever the guest does to a device may raise an interrupt or move a
 * deadline, so each access ends with a look at both.
 *
 * Hypercalls: event_channel_op; vcpu_op by timer.c; sched_op shutdown.
 */
#include "cpu/platform.h"
#include "cpu/control.h"
#include "cpu/irq.h"
#include "cpu/machine.h"
#include "cpu/timer.h"
#include "dev/firmware.h"
#include "lib/log.h"
#include "lib/string.h"
#include "xen/blkfront.h"
#include "x86-defs.h"

#define KB_PER_PAGE 4
#define IOAPIC_ID   1
#define OPEN_BUS    0xff

static uint64_t host_now(void *opaque)
{
	(void)opaque;
	return xen_time_ns();
}

static uint64_t host_utc(void *opaque)
{
	(void)opaque;
	return xen_wallclock_base_ns() + xen_time_ns();
}

static void host_serial(void *opaque, uint8_t byte)
{
	char c = (char)byte;

	(void)opaque;
	console_write(&c, 1);
}

static void host_power_off(void *opaque)
{
	struct machine *m = opaque;

	log_info(DEV, "ACPI S5: power-off");
	machine_end(m, m->reboot_asked ? XEN_REBOOT : XEN_POWEROFF);
}

static void host_reset(void *opaque)
{
	log_info(DEV, "reset");
	machine_end(opaque, XEN_REBOOT);
}

/* --- Events of Xen's ------------------------------------------------------*/
static void timer_event(void *opaque)
{
	(void)opaque; /* irq_upcall() runs what is due */
}

static void console_event(void *opaque)
{
	struct machine *m = opaque;
	int c;

	while (uart_room(&m->board.uart)) {
		c = console_read();
		if (c < 0)
			break;
		uart_input(&m->board.uart, (uint8_t)c);
	}
}

void platform_init(struct machine *m)
{
	const struct board_host host = {
		.now = host_now,
		.utc_ns = host_utc,
		.serial = host_serial,
		.power_off = host_power_off,
		.reset = host_reset,
		.opaque = m,
	};

	board_init(&m->board, &host, m->memmap.low_pages * KB_PER_PAGE);
	evtchn_handle(evtchn_bind_virq(XEN_VIRQ_TIMER, 0), timer_event, NULL);
	evtchn_handle(console_port(), console_event, m);
}

/* --- Disks ----------------------------------------------------------------*/
/* Xen's numbers of disk names (xen-vbd-interface(7)). */
#define VDEV_MAJOR(v) ((v) >> 8)
#define VDEV_HDA      3
#define VDEV_HDC      22
#define VDEV_HD_SHIFT 6 /* 64 minors a disk */

static void dma_read(void *opaque, void *dst, gpa_t gpa, uint32_t len)
{
	struct machine *m = opaque;

	guest_read_phys(&m->mmu, &vcpu0.shadow, dst, gpa, len);
}

/* hda to hdd say which unit they are; -1: any will do. */
static int named_unit(uint32_t vdev)
{
	unsigned int unit = (vdev & 0xff) >> VDEV_HD_SHIFT;

	if (unit >= IDE_UNITS)
		return -1;
	if (VDEV_MAJOR(vdev) == VDEV_HDA)
		return (int)unit;
	if (VDEV_MAJOR(vdev) == VDEV_HDC)
		return (int)(unit + IDE_UNITS);
	return -1;
}

static void attach(struct ide *ide, unsigned int unit, struct disk *d)
{
	ide_attach(ide, unit / IDE_UNITS, unit % IDE_UNITS, d);
}

/* Names first, then the others wherever there is room. */
void platform_disks(struct machine *m)
{
	bool used[IDE_CHANNELS * IDE_UNITS] = { false };
	struct disk *d;
	int unit;

	if (!blkfront_disk(0))
		return;
	for (unsigned int i = 0; (d = blkfront_disk(i)); i++) {
		unit = named_unit(d->vdev);
		if (unit < 0 || used[unit])
			continue;
		used[unit] = true;
		attach(&m->ide, (unsigned int)unit, d);
	}
	for (unsigned int i = 0; (d = blkfront_disk(i)); i++) {
		if (named_unit(d->vdev) >= 0)
			continue;
		for (unit = 0; unit < (int)ARRAY_SIZE(used) && used[unit];
		     unit++)
			;
		if (unit == (int)ARRAY_SIZE(used)) {
			log_warn(BLK, "disk %u: all %u IDE units are taken",
				 d->vdev, (unsigned int)ARRAY_SIZE(used));
			continue;
		}
		used[unit] = true;
		attach(&m->ide, (unsigned int)unit, d);
	}
	ide_init(&m->ide, &m->board, dma_read, m);
}

/* --- Network --------------------------------------------------------------*/
/* In words: guest_read_phys() is for tables, a frame is too long for it. */
static void *bus_page(struct machine *m, gpa_t gpa, bool write)
{
	volatile void *page =
		guest_map(&m->mmu, &vcpu0.shadow,
			  gfn((uint32_t)(gpa >> PAGE_SHIFT)), write);

	if (!page)
		return NULL;
	return (void *)((uintptr_t)page + (uint32_t)(gpa & PAGE_MASK));
}

static uint32_t in_page(gpa_t gpa, uint32_t len)
{
	uint32_t room = PAGE_SIZE - (uint32_t)(gpa & PAGE_MASK);

	return len < room ? len : room;
}

static void bus_read(void *opaque, void *dst, gpa_t gpa, uint32_t len)
{
	uint8_t *to = dst;

	for (uint32_t n; len; len -= n, gpa += n, to += n) {
		const void *p = bus_page(opaque, gpa, false);

		n = in_page(gpa, len);
		if (p)
			memcpy(to, p, n);
		else
			memset(to, OPEN_BUS, n);
	}
}

static void bus_write(void *opaque, gpa_t gpa, const void *src, uint32_t len)
{
	const uint8_t *from = src;

	for (uint32_t n; len; len -= n, gpa += n, from += n) {
		void *p = bus_page(opaque, gpa, true);

		n = in_page(gpa, len);
		if (p)
			memcpy(p, from, n);
	}
}

void platform_nets(struct machine *m)
{
	const struct dma_host dma = { bus_read, bus_write, m };
	struct nic *nic;

	for (unsigned int i = 0; (nic = netfront_nic(i)); i++)
		net_plug(&m->net[i], &m->board, i, nic, &dma);
}

void platform_firmware(struct machine *m)
{
	static uint8_t buf[FIRMWARE_SIZE]; /* start of day only */
	const struct firmware_config c = { .nr_cpus = 1,
					   .ioapic_id = IOAPIC_ID };

	firmware_build(buf, &c);
	guest_write_phys(&m->mmu, &vcpu0.shadow, FIRMWARE_BASE, buf,
			 FIRMWARE_SIZE);
	firmware_bda(buf);
	guest_write_phys(&m->mmu, &vcpu0.shadow, BDA_BASE, buf, BDA_SIZE);
}

/* --- Accesses -------------------------------------------------------------*/
static struct board *board_of(const struct vcpu *v)
{
	return &v->machine->board;
}

/* A write may have armed a timer, raised or dropped a line. */
static void after_write(struct vcpu *v)
{
	timer_reprogram(v);
}

uint32_t platform_in(struct vcpu *v, uint16_t port, unsigned int size)
{
	struct board *b = board_of(v);
	uint32_t value = board_in(b, port, size);

	console_event(v->machine); /* a read may have made room */
	irq_refresh(v);
	return value;
}

void platform_out(struct vcpu *v, uint16_t port, unsigned int size,
		  uint32_t value)
{
	board_out(board_of(v), port, size, value);
	after_write(v);
}

uint32_t platform_read(struct vcpu *v, gpa_t gpa, unsigned int size)
{
	return board_mmio_read(board_of(v), gpa, size);
}

void platform_write(struct vcpu *v, gpa_t gpa, unsigned int size,
		    uint32_t value)
{
	board_mmio_write(board_of(v), gpa, size, value);
	after_write(v);
}

/* --- LAPIC ----------------------------------------------------------------*/
uint64_t platform_apic_base(const struct vcpu *v)
{
	return LAPIC_BASE | MSR_APIC_BASE_BSP |
	       (board_of(v)->lapic.enabled ? MSR_APIC_BASE_ENABLE : 0);
}

bool platform_apic_base_set(struct vcpu *v, uint64_t value)
{
	if ((value & MSR_APIC_BASE_ADDR) != LAPIC_BASE || value >> 32)
		return false; /* it cannot be moved */
	board_of(v)->lapic.enabled = value & MSR_APIC_BASE_ENABLE;
	return true;
}

uint32_t platform_apic_read(struct vcpu *v, uint32_t reg)
{
	return lapic_read(&board_of(v)->lapic, reg & ~0xfu, xen_time_ns());
}

void platform_apic_write(struct vcpu *v, uint32_t reg, uint32_t value)
{
	struct lapic *l = &board_of(v)->lapic;

	if ((reg & ~0xfu) == LAPIC_EOI) {
		/* The hot one: no clock is read for it. */
		lapic_write(l, LAPIC_EOI, value, 0);
		irq_refresh(v);
		return;
	}
	lapic_write(l, reg & ~0xfu, value, xen_time_ns());
	after_write(v);
}

/* --- Interrupts and time --------------------------------------------------*/
bool platform_irq_pending(struct vcpu *v)
{
	return board_irq_pending(board_of(v));
}

int platform_irq_ack(struct vcpu *v)
{
	return board_irq_ack(board_of(v));
}

void platform_alarm(struct vcpu *v, bool lvtt)
{
	struct board *b = board_of(v);

	if (lvtt)
		lapic_timer_fire(&b->lapic);
	else
		irq_line_pulse(&b->pit.irq);
}

uint64_t platform_tick(struct vcpu *v, uint64_t now)
{
	return board_tick(board_of(v), now);
}

/* --- What a person does ---------------------------------------------------*/
void platform_power_button(struct machine *m)
{
	acpi_pm_button(&m->board.pm);
}

/*
 * There is no keyboard: the guest shuts down by the power button, and the
 * power-off at its end becomes the reboot that was asked for.
 */
void platform_ctrl_alt_del(struct machine *m)
{
	m->reboot_asked = true;
	acpi_pm_button(&m->board.pm);
}
