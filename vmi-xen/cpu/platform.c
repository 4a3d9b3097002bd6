/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PC around the processor, joined to Xen.
 *
 * The board's clock is Xen's system time, its serial port the Xen console.
 * Whatever the guest does to a device may raise an interrupt, and what it does
 * to one that keeps time may move a deadline: each access ends with a look.
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
#include "x86-defs.h"

#define KB_PER_PAGE 4
#define IOAPIC_ID   1
#define UART_PORTS  8u

static uint64_t host_now(void *opaque)
{
	(void)opaque;
	return xen_time_ns();
}

static uint64_t host_epoch(void *opaque)
{
	(void)opaque;
	return xen_wallclock_base_ns();
}

static void host_serial(void *opaque, uint8_t byte)
{
	struct machine *m = opaque;
	char c = (char)byte;

	m->serial_polled = false;
	console_write(&c, 1);
}

static void host_power_off(void *opaque)
{
	struct machine *m = opaque;

	log_info(DEV, "ACPI S5: power-off");
	machine_end(m, XEN_POWEROFF);
}

static void host_reset(void *opaque)
{
	log_info(DEV, "reset");
	machine_end(opaque, XEN_REBOOT);
}

/* --- Events of Xen's ------------------------------------------------------*/
static void timer_event(void *opaque)
{
	timer_fired(opaque); /* irq_upcall() runs what is due */
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

/* Of a register: it may have made room for input. */
static void serial_read(struct machine *m)
{
	console_event(m);
	/* Twice without a write in between: by one who waits for input. */
	if (m->serial_polled)
		console_flush();
	m->serial_polled = true;
}

void platform_init(struct machine *m)
{
	const struct board_host host = {
		.now = host_now,
		.epoch_ns = host_epoch,
		.serial = host_serial,
		.power_off = host_power_off,
		.reset = host_reset,
		.opaque = m,
	};

	board_init(&m->board, &host, m->memmap.low_pages * KB_PER_PAGE);
	evtchn_handle(evtchn_bind_virq(XEN_VIRQ_TIMER, 0), timer_event, &vcpu0);
	evtchn_handle(console_port(), console_event, m);
}

/* --- Firmware -------------------------------------------------------------*/
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

/* The write may have armed a timer, raised or dropped a line. */
static void after_write(struct vcpu *v)
{
	timer_reprogram(v);
}

uint32_t platform_in(struct vcpu *v, uint16_t port, unsigned int size)
{
	struct board *b = board_of(v);
	uint32_t value = board_in(b, port, size);

	if (port >= PORT_COM1 && port < PORT_COM1 + UART_PORTS)
		serial_read(v->machine);
	irq_refresh(v);
	return value;
}

void platform_out(struct vcpu *v, uint16_t port, unsigned int size,
		  uint32_t value)
{
	if (board_out(board_of(v), port, size, value))
		after_write(v);
	else
		irq_refresh(v);
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
/* So long a guest may take after the power button, until Ctrl-Alt-Del. */
#define PATIENCE_NS 15000000000ull

bool platform_ask_to_end(struct machine *m)
{
	struct board *b = &m->board;
	uint64_t now = xen_time_ns();
	bool button = acpi_pm_button_is_heard(&b->pm);

	if (!button && !i8042_is_heard(&b->kbc))
		return false;
	if (button) {
		acpi_pm_button(&b->pm);
		now += PATIENCE_NS;
	}
	i8042_ctrl_alt_del(&b->kbc, now);
	return true;
}

void platform_sysrq(struct machine *m, char key)
{
	uart_break(&m->board.uart);
	uart_input(&m->board.uart, (uint8_t)key);
}
