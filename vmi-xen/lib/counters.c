/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters in words: what vmi_stats prints when the domain ends. */
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

#define TEXT_MAX 80

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

void counters_print(const struct vcpu *v)
{
	char text[TEXT_MAX];
	const struct shadow_stats *s = &v->machine->mmu.stats;

	for (unsigned int i = 0; i < VMI_NR_CALLS; i++)
		if (v->nr_vmi_calls[i])
			log_raw("vmi-xen: calls: %s %u%s", call_names[i],
				v->nr_vmi_calls[i],
				cycles(text, v->call_cycles[i],
				       v->nr_vmi_calls[i], v->call_least[i]));
	for (unsigned int i = 0; i < ARRAY_SIZE(v->nr_traps); i++)
		if (v->nr_traps[i])
			log_raw("vmi-xen: traps: vector %u %u%s", i,
				v->nr_traps[i],
				cycles(text, v->trap_cycles[i], v->nr_traps[i],
				       v->trap_least[i]));
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

void counters_reset(struct vcpu *v)
{
	memset(v->nr_vmi_calls, 0, sizeof(v->nr_vmi_calls));
	memset(v->nr_traps, 0, sizeof(v->nr_traps));
	memset(v->call_least, 0xff, sizeof(v->call_least));
	memset(v->trap_least, 0xff, sizeof(v->trap_least));
	memset(v->call_cycles, 0, sizeof(v->call_cycles));
	memset(v->trap_cycles, 0, sizeof(v->trap_cycles));
	memset(&v->machine->mmu.stats, 0, sizeof(v->machine->mmu.stats));
}
