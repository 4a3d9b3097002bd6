/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A test of the tests: with "break=NAME" on the command line one call is wrong
 * in one way, and some test must fail.  test-mutants runs them all; on any
 * platform.
 */
#include "guest.h"
#include "vmi.h"

#define NAME(call) VMI_CALL_##call

extern uint32_t mutant_real;

#define MUTANTS                                                                \
	M("disable-changes-eax", DisableInterrupts, eax, flags)                \
	M("enable-changes-ecx", EnableInterrupts, ecx, flags)                  \
	M("enable-does-nothing", EnableInterrupts, nothing, flags)             \
	M("disable-does-nothing", DisableInterrupts, nothing, flags)           \
	M("mask-always-on", GetInterruptMask, eax, flags)                      \
	M("set-mask-any-flag", SetInterruptMask, any_flag, flags)              \
	M("set-mask-never-on", SetInterruptMask, never_on, flags)              \
	M("halt-does-not-wait", Halt, nothing, flags)                          \
	M("cr2-changes-ebx", SetCR2, ebx, cpu)                                 \
	M("cr2-lost", SetCR2, nothing, cpu)                                    \
	M("flush-changes-esi", FlushTLB, esi, mmu)                             \
	M("flush-forgotten", FlushTLB, nothing, mmu)                           \
	M("inval-forgotten", InvalPage, nothing, mmu)                          \
	M("inval-changes-ebp", InvalPage, ebp, mmu)                            \
	M("cr3-forgotten", SetCR3, nothing, mmu)                               \
	M("cr3-read-zero", GetCR3, zero, cpu)                                  \
	M("cr4-direction-flag", SetCR4, direction, cpu)                        \
	M("ts-never-set", SetCR0, no_ts, cpu)                                  \
	M("clts-forgotten", CLTS, nothing, cpu)                                \
	M("lazy-changes-stack", SetLazyMode, stack, mmu)                       \
	M("kernel-stack-off", UpdateKernelStack, esp0, user)                   \
	M("gdt-next-entry", WriteGDTEntry, next_index, desc)                   \
	M("gdt-no-high-word", WriteGDTEntry, no_high_word, desc)               \
	M("gdt-forgotten", SetGDT, nothing, desc)                              \
	M("gdt-spoils-gs", SetGDT, gs, desc)                                   \
	M("ldt-forgotten", SetLDT, nothing, desc)                              \
	M("ldt-next-entry", WriteLDTEntry, next_index, desc)                   \
	M("idt-forgotten", SetIDT, nothing, desc)                              \
	M("gate-next-entry", WriteIDTEntry, next_index, desc)                  \
	M("tr-read-zero", GetTR, zero, desc)                                   \
	M("dr-forgotten", SetDR, nothing, cpu)                                 \
	M("msr-read-zero", RDMSR, zero, cpu)                                   \
	M("cpuid-zero", CPUID, zero, cpu)                                      \
	M("pte-always-writable", SetPxE, writable, mmu)                        \
	M("pte-long-always-writable", SetPxELong, writable, mmu)               \
	M("pte-next-entry", SetPxE, next_pte, mmu)                             \
	M("pte-long-next-entry", SetPxELong, next_pte_long, mmu)               \
	M("inb-clears-eax", INB, wide, io)                                     \
	M("insb-leaves-one", INSB, one_left, io)                               \
	M("outsl-leaves-one", OUTSL, one_left, io)                             \
	M("outb-lost", OUTB, nothing, io)                                      \
	M("iopl-lost", SetIOPLMask, nothing, user)                             \
	M("apic-write-lost", APICWrite, nothing, apic)                         \
	M("apic-read-zero", APICRead, zero, apic)                              \
	M("alarm-lost", SetAlarm, nothing, time)                               \
	M("alarm-not-periodic", SetAlarm, once, time)                          \
	M("alarm-bursts", SetAlarm, burst, time)                               \
	M("alarm-early", SetAlarm, early, time)                                \
	M("alarm-wrong-wiring", SetAlarm, wired_irq0, time)                    \
	M("cancel-forgotten", CancelAlarm, nothing, time)                      \
	M("cancel-says-yes", CancelAlarm, one, time)                           \
	M("counter-goes-back", GetCycleCounter, goes_back, time)               \
	M("counter-stands", GetCycleCounter, zero, time)                       \
	M("wallclock-1970", GetWallclockTime, zero, time)                      \
	M("wallclock-always-new", WallclockUpdated, one, time)

#define M(name, call, stub, group) extern const uint8_t mutant_##stub[];
MUTANTS
#undef M

static const struct {
	const char *name, *group; /* the tests that must notice */
	uint8_t call;
	const uint8_t *stub;
} mutants[] = {
#define M(name_, call_, stub_, group_)                                         \
	{ name_, #group_, NAME(call_), mutant_##stub_ },
	MUTANTS
#undef M
};

static bool is(const char *word, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(word, name, n) && (word[n] == '\0' || word[n] == ' ');
}

void mutate(void)
{
	const char *word = option("break=");

	if (!word)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(mutants); i++) {
		if (!is(word, mutants[i].name))
			continue;
		if (!vmi_offered(mutants[i].call)) {
			note("nothing to break: the call is not offered");
			return;
		}
		mutant_real = vmi_target(mutants[i].call);
		vmi_replace(mutants[i].call,
			    (uint32_t)(uintptr_t)mutants[i].stub);
		note("broken: %s", mutants[i].name);
		return;
	}
	note("nothing to break: there is no mutant of this name");
}

void mutants_list(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(mutants); i++)
		note("mutant %s %s", mutants[i].name, mutants[i].group);
}
