/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reference ROM's variables and what its files need of each other.
 *
 * The ROM itself cannot be written when a guest runs, and it is called at
 * whatever linear address the guest maps it: all variables are in a block of
 * memory below 1 MB that is found relative to the code.
 */
#ifndef REF_H
#define REF_H

#include "vmi-abi.h"
#include "x86-defs.h"
#include "reference/rom-header.h"

struct alarm {
	bool armed, periodic;
	bool lvtt; /* wired to the local APIC, else to IRQ 0 */
	uint64_t expiry, period;
};

/* What makes the interrupt: the 8254, or this processor's APIC timer. */
struct alarm_timer {
	bool running;
	uint64_t end; /* it should be over then */
};

struct rom_cpu {
	struct alarm alarms[VMI_CYCLES_STOLEN]; /* REAL and AVAILABLE */
	struct alarm_timer irq0, lvtt;
};

struct rom_data {
	uint8_t alarms; /* there have been some: IRET looks after them */
	bool have_apic;
	/* Our own page tables, for guests with and without PAE: CR3 */
	uint32_t cr3_pae, cr3_32;
	struct vmi_ap_state ap_states[MAX_CPUS];
	uint8_t ap_present[MAX_CPUS]; /* the guest gave one */
	uint32_t apic_base;
	uint64_t pdpt[X86_PDPT_ENTRIES] __attribute__((aligned(32)));
	uint32_t tables_used;
	/* Time: cycles of the TSC in 10 ms; 32.32 and 8.24 factors from them. */
	uint32_t cycles_10ms;
	uint32_t to_pit, to_apic, to_ns;
	uint64_t boot_cycles, boot_ns;
	struct rom_cpu cpus[MAX_CPUS];
};
#define ROM_DATA_AT(field, off)                                                \
	_Static_assert(offsetof(struct rom_data, field) + DATA_VARS == (off),  \
		       #field)
ROM_DATA_AT(alarms, DATA_ALARMS);
ROM_DATA_AT(cr3_pae, DATA_CR3_PAE);
ROM_DATA_AT(cr3_32, DATA_CR3_32);
ROM_DATA_AT(ap_states, DATA_AP_STATES);
_Static_assert(sizeof(struct rom_data) <= PAGE_SIZE - DATA_VARS, "one page");
_Static_assert(sizeof(struct vmi_ap_state) == VMI_AP_SIZE, "ap-start.S");

extern const uint8_t rom_start[] __attribute__((visibility("hidden")));

/* A dword of the image's header, which its BIOS entry wrote. */
static inline uint32_t rom_word(uint32_t off)
{
	return *(const volatile uint32_t *)(rom_start + off);
}

/* Linear minus physical address of memory below 1 MB. */
static inline uint32_t rom_linear_base(void)
{
	return (uint32_t)(uintptr_t)rom_start - rom_word(ROM_OFF_SELF);
}

static inline struct rom_data *rom_data(void)
{
	return (void *)(uintptr_t)(rom_word(ROM_OFF_DATA) + rom_linear_base() +
				   DATA_VARS);
}

/* This processor's variables. */
struct rom_cpu *rom_cpu(void);

/* --- paging.c: page tables of our own -------------------------------------------- */
void paging_init(struct rom_data *d);
/* Read, or write, a dword of the local APIC's page. */
uint32_t apic_access(struct rom_data *d, uint32_t reg, uint32_t value,
		     bool write);

/* --- time.c ------------------------------------------------------------------------ */
void time_init(struct rom_data *d);
/* Look whether an alarm's timer is over and set it for the next. */
void time_service(void);

/* --- apic.c ------------------------------------------------------------------------ */
void apic_init(struct rom_data *d);
/* Put the code that other processors start with into its page. */
void ap_init(void);

#endif
