/* SPDX-License-Identifier: GPL-2.0-only */
/* The counters page, and in words: what vmi_stats prints at the end. */
#include "lib/counters.h"
#include "cpu/machine.h"
#include "lib/div64.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "vmi-abi.h"

#define VMI_CALL(nr, name, ...) [nr] = #name,
static const char *const call_names[VMI_NR_CALLS] = {
#include "vmi-calls.def"
};

/* Those that the adapter makes; xen/xen.h. */
static const char *const hypercall_names[COUNTERS_HYPERCALLS] = {
	[0] = "set_trap_table",
	[1] = "mmu_update",
	[2] = "set_gdt",
	[3] = "stack_switch",
	[4] = "set_callbacks",
	[5] = "fpu_taskswitch",
	[8] = "set_debugreg",
	[9] = "get_debugreg",
	[10] = "update_descriptor",
	[12] = "memory_op",
	[13] = "multicall",
	[14] = "update_va_mapping",
	[17] = "xen_version",
	[18] = "console_io",
	[20] = "grant_table_op",
	[24] = "vcpu_op",
	[26] = "mmuext_op",
	[29] = "sched_op",
	[32] = "event_channel_op",
};

static const char *hypercall_name(unsigned int nr)
{
	return hypercall_names[nr] ? hypercall_names[nr] : "other";
}

#define TEXT_MAX 80

_Static_assert(VMI_NR_CALLS <= COUNTERS_CALLS, "every call has its counter");
_Static_assert(sizeof(struct counters) <= PAGE_SIZE, "one page");

struct counters counters
	__attribute__((section(".eyes"), aligned(PAGE_SIZE))) = {
		.magic = COUNTERS_MAGIC,
		.version = COUNTERS_VERSION,
		.bytes = sizeof(struct counters),
	};

/* What a profiling build has measured: all, and for one. */
static const char *cycles(char *text, uint64_t all, uint32_t n, uint32_t least)
{
	text[0] = '\0';
	if (all)
		vmi_snprintf(text, TEXT_MAX,
			     ": %llu cycles, %llu each, %u at least",
			     (unsigned long long)all,
			     (unsigned long long)div64_32(all, n, NULL), least);
	return text;
}

void counters_print(void)
{
	char text[TEXT_MAX];
	const struct vcpu *v = &vcpu0;
	const struct counters *c = &counters;
	const struct shadow_stats *s = &c->pager;

	for (unsigned int i = 0; i < VMI_NR_CALLS; i++)
		if (c->calls[i])
			log_raw("vmi-xen: calls: %s %u%s", call_names[i],
				c->calls[i],
				cycles(text, v->call_cycles[i], c->calls[i],
				       v->call_least[i]));
	for (unsigned int i = 0; i < ARRAY_SIZE(c->traps); i++)
		if (c->traps[i])
			log_raw("vmi-xen: traps: vector %u %u%s", i,
				c->traps[i],
				cycles(text, v->trap_cycles[i], c->traps[i],
				       v->trap_least[i]));
	for (unsigned int i = 0; i < ARRAY_SIZE(c->hypercalls); i++)
		if (c->hypercalls[i])
			log_raw("vmi-xen: hypercalls: %s %u", hypercall_name(i),
				c->hypercalls[i]);
	log_raw("vmi-xen: upcalls %u, interrupts of the guest %u", c->upcalls,
		c->interrupts);
	log_raw("vmi-xen: pool: raw %u free %u parked %u user %u kernel %u",
		s->pages[0], s->pages[1], s->pages[2], s->pages[3],
		s->pages[4]);
	log_raw("vmi-xen: pager: faults %u fixed %u to guest %u emulated %u fills %u",
		s->faults, s->fixed, s->to_guest, s->emulate, s->fills);
	log_raw("vmi-xen: pager: updates %u unshadowed %u unchanged %u, links %u unlinks %u parked %u adopted %u",
		s->updates, s->updates_unshadowed, s->updates_none, s->links,
		s->unlinks, s->parked, s->adopted);
	log_raw("vmi-xen: pager: evicted %u, roots built %u recycled %u destroyed %u, maps %u missed %u",
		s->evicted, s->roots_built, s->roots_recycled,
		s->roots_destroyed, s->map_hits, s->map_misses);
	log_raw("vmi-xen: pager: cr3 %u flushes %u invlpgs %u, batches %u of %u entries, singles %u, unfilled %u",
		s->cr3_loads, s->flushes, s->invlpgs, s->batches,
		s->batch_entries, s->singles, s->kernel_unfilled);
}
