/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PC around the processor, joined to Xen: the board's devices (dev/) get
 * their clock, console and interrupts here.
 */
#ifndef VMI_CPU_PLATFORM_H
#define VMI_CPU_PLATFORM_H

#include "cpu/vcpu.h"

/** Power the board on; binds the console's and the timer's event channels. */
void platform_init(struct machine *m);
/** Give the disks that blkfront has to an IDE controller or virtio. */
void platform_disks(struct machine *m);
/** Give the interfaces that netfront has to network cards. */
void platform_nets(struct machine *m);
/** Firmware tables into guest memory. */
void platform_firmware(struct machine *m);

/** IN: the value, all ones where nothing answers.  @size: 1, 2, 4 bytes. */
uint32_t platform_in(struct vcpu *v, uint16_t port, unsigned int size);
void platform_out(struct vcpu *v, uint16_t port, unsigned int size,
		  uint32_t value);
/** Memory that is no RAM. */
uint32_t platform_read(struct vcpu *v, gpa_t gpa, unsigned int size);
void platform_write(struct vcpu *v, gpa_t gpa, unsigned int size,
		    uint32_t value);

/** IA32_APIC_BASE. */
uint64_t platform_apic_base(const struct vcpu *v);
bool platform_apic_base_set(struct vcpu *v, uint64_t value);
/** LAPIC registers, by offset in its page. */
uint32_t platform_apic_read(struct vcpu *v, uint32_t reg);
void platform_apic_write(struct vcpu *v, uint32_t reg, uint32_t value);

/** A vector waits and could be taken if the flag allowed it. */
bool platform_irq_pending(struct vcpu *v);
/** Take it: the vector, -1 when there is none. */
int platform_irq_ack(struct vcpu *v);

/** VMI alarm: an edge on IRQ 0, or the LAPIC's timer vector unless masked. */
void platform_alarm(struct vcpu *v, bool lvtt);

/**
 * What a person does at a PC to end it: press the power button and, if there is
 * none or nothing comes of it, Ctrl-Alt-Del.  False: the guest listens to
 * neither (yet).  From an event's handler.
 */
bool platform_ask_to_end(struct machine *m);
/** A break and @key on the serial port: Linux's magic SysRq. */
void platform_sysrq(struct machine *m, char key);

/** Run what is due at xen_time_ns() = @now; returns when to call again. */
uint64_t platform_tick(struct vcpu *v, uint64_t now);

#endif
