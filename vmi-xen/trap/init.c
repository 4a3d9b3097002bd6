/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The adapter's own trap table: every exception to entry.S.
 *
 * Hypercalls: set_trap_table, set_callbacks, stack_switch.
 */
#include "boot/boot.h"
#include "trap/traps.h"
#include "x86-defs.h"

/* clang-format off */
#define STUB(n) extern const uint8_t trap_entry_##n[]
STUB(0); STUB(1); STUB(2); STUB(3); STUB(4); STUB(5); STUB(6); STUB(7);
STUB(8); STUB(9); STUB(10); STUB(11); STUB(12); STUB(13); STUB(14); STUB(16);
STUB(17); STUB(18); STUB(19);
/* clang-format on */
extern const uint8_t event_upcall[], failsafe_callback[];

static const struct {
	uint8_t vector;
	const uint8_t *entry;
} stubs[] = {
	{ 0, trap_entry_0 },   { 1, trap_entry_1 },   { 2, trap_entry_2 },
	{ 3, trap_entry_3 },   { 4, trap_entry_4 },   { 5, trap_entry_5 },
	{ 6, trap_entry_6 },   { 7, trap_entry_7 },   { 8, trap_entry_8 },
	{ 9, trap_entry_9 },   { 10, trap_entry_10 }, { 11, trap_entry_11 },
	{ 12, trap_entry_12 }, { 13, trap_entry_13 }, { 14, trap_entry_14 },
	{ 16, trap_entry_16 }, { 17, trap_entry_17 }, { 18, trap_entry_18 },
	{ 19, trap_entry_19 },
};

uint32_t trap_stub(unsigned int vector)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(stubs); i++)
		if (stubs[i].vector == vector)
			return (uint32_t)(uintptr_t)stubs[i].entry;
	return 0;
}

void traps_init(struct vcpu *v, struct machine *m)
{
	struct xen_trap table[ARRAY_SIZE(stubs) + 1];

	v->machine = m;
	xen_unmap((gva_t)(uintptr_t)vcpu_stack_guard);
	for (unsigned int i = 0; i < ARRAY_SIZE(stubs); i++)
		table[i] = (struct xen_trap){
			.vector = stubs[i].vector,
			.flags = XEN_TRAP_MASK,
			.cs = FLAT_RING1_CS,
			.eip = (uint32_t)(uintptr_t)stubs[i].entry,
		};
	table[ARRAY_SIZE(stubs)] = (struct xen_trap){ 0 };
	xen_set_traps(table);
	xen_set_upcall(FLAT_RING1_CS, (uint32_t)(uintptr_t)event_upcall,
		       (uint32_t)(uintptr_t)failsafe_callback);
	xen_stack_switch(FLAT_RING1_DS,
			 (uint32_t)(uintptr_t)vcpu_stack + VCPU_STACK_SIZE);
}
