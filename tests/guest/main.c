/* SPDX-License-Identifier: GPL-2.0-only */
/* The order of things: probe, tests before VMI_Init, VMI_Init, tests after it. */
#include "bench.h"
#include "guest.h"
#include "irq.h"
#include "mm.h"
#include "traps.h"
#include "vmi.h"

void guest_main(void);

static const char *platform(void)
{
	return vmi_rom ? "a VMI ROM" : "no ROM, native instructions";
}

static void announce(const void *directory)
{
	vmi_quick(VMI_CALL_AllocatePage, pa(directory) >> PAGE_SHIFT,
		  VMI_PAGE_PD | VMI_PAGE_ZEROED |
			  (GUEST_PAE ? VMI_PAGE_PAE : 0),
		  0);
}

/*
 * Linux's first words to the ROM.  "ZEROED" is not true; Linux says it.  With
 * "unannounced" on the command line the ROM must find out by itself.
 */
static void tell_layout(void)
{
	typedef void (*set_t)(uint32_t slot, uint32_t va, uint32_t pages,
			      uint32_t pfn);
	set_t set = (set_t)(uintptr_t)vmi_target(VMI_CALL_SetLinearMapping);
	extern uint8_t boot_directories[];
	const uint32_t n = GUEST_PAE ? X86_PDPT_ENTRIES : 1;

	if (vmi_kind(VMI_CALL_SetLinearMapping) == VMI_RELOC_CALL)
		set(0, PAGE_OFFSET, LOWMEM_SIZE >> PAGE_SHIFT, 0);
	if (option("unannounced"))
		return;
	for (uint32_t i = 0; i < n; i++)
		announce(boot_directories + i * PAGE_SIZE);
}

void guest_main(void)
{
	traps_init();
	pic_init();
	mm_init();
	vmi_native();
	vmi_probe();
	if (option("bench")) {
		if (vmi_rom) {
			vmi_activate();
			tell_layout();
		}
		bench_run();
		power_off();
	}
	print("TAP version 12\n");
	note("conformance guest, " GUEST_NAME ", %s", platform());
	run_tests(BEFORE, "");
	if (vmi_rom) {
		vmi_activate();
		tell_layout();
	}
	if (option("list-mutants"))
		mutants_list();
	mutate();
	vmi_form = FORM_PATCHED;
	run_tests(AFTER, ", patched");
	vmi_form = FORM_DIRECT;
	run_tests(AFTER, ", direct");
	run_tests(ONCE, "");
	vmi_contract_results();
	print_plan();
	power_off();
}
