/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC, and processors that start in the state that the guest gave.
 */
#include "ref.h"
#include "calls.h"
#include "x86-insn.h"
#include "lib/string.h"
#ifdef RING1
#include "ring1/ring1.h"
#endif

#define ID_SHIFT 24

/* ap-start.S */
extern const uint8_t ap_start[] __attribute__((visibility("hidden")));
extern const uint8_t ap_fixups[] __attribute__((visibility("hidden")));
extern const uint8_t ap_end[] __attribute__((visibility("hidden")));

struct rom_cpu *rom_cpu(void)
{
	struct x86_cpuid r = x86_cpuid(CPUID_LEAF_FEATURES, 0);

	return &rom_data()->cpus[(r.ebx >> ID_SHIFT) % MAX_CPUS];
}

void apic_init(struct rom_data *d)
{
	struct x86_cpuid r = x86_cpuid(CPUID_LEAF_FEATURES, 0);
	uint64_t base;

	if (!(r.edx & CPUID_1_EDX_APIC))
		return;
	base = x86_rdmsr(MSR_APIC_BASE);
	d->have_apic = base & MSR_APIC_BASE_ENABLE;
	d->apic_base = (uint32_t)base & MSR_APIC_BASE_ADDR;
}

uint32_t ref_APICRead(uint32_t reg)
{
	return apic_access(rom_data(), reg, 0, false);
}

/*
 * A STARTUP IPI starts with our code, and only a processor whose state the
 * guest has given: false when there is none.
 */
static bool startup_ipi(struct rom_data *d, uint32_t *icr)
{
	uint32_t vector = rom_word(ROM_OFF_DATA) >> PAGE_SHIFT;
	uint32_t id = apic_access(d, APIC_ICR2, 0, false) >> ID_SHIFT;
	bool given = false;

	if ((*icr & APIC_DM_MASK) != APIC_DM_STARTUP)
		return true;
	*icr = (*icr & ~(uint32_t)APIC_VECTOR_MASK) | vector;
	if (!(*icr & APIC_ICR_SHORTHAND))
		return id < MAX_CPUS && d->ap_present[id];
	for (unsigned int i = 0; i < MAX_CPUS; i++)
		given |= d->ap_present[i];
	return given;
}

void ref_APICWrite(uint32_t reg, uint32_t value)
{
	struct rom_data *d = rom_data();

	reg &= APIC_REG_MASK;
	if (reg == APIC_ICR && !startup_ipi(d, &value))
		return;
	apic_access(d, reg, value, true);
	if (reg == APIC_EOI)
		time_service();
}

void ref_SetInitialAPState(const struct vmi_ap_state *state, uint32_t id)
{
	const uint32_t need = X86_CR0_PE | X86_CR0_PG;
	struct rom_data *d = rom_data();

	if (id >= MAX_CPUS)
		return;
	memcpy(&d->ap_states[id], state, sizeof(*state));
	d->ap_present[id] = (d->ap_states[id].cr0 & need) == need &&
			    !(d->ap_states[id].efer & X86_EFER_LME);
}

/* Addresses that the code needs before there is a linear address. */
struct ap_start_fixups {
	uint16_t gdt_limit;
	uint32_t gdt_base;
	uint32_t protected_eip;
	uint16_t protected_cs;
	uint32_t linear_base;
	uint32_t ring1; /* function of the ring-1 ROM */
} __packed;

static size_t offset(const uint8_t *label)
{
	return (uintptr_t)label - (uintptr_t)ap_start;
}

void ap_init(void)
{
	uint32_t pa = rom_word(ROM_OFF_DATA);
	uint8_t *to = x86_ptr(pa + rom_linear_base());
	struct ap_start_fixups *f = (void *)(to + offset(ap_fixups));

	memcpy(to, ap_start, offset(ap_end));
	f->gdt_base += pa;
	f->protected_eip += pa;
	f->linear_base = rom_linear_base();
#ifdef RING1
	f->ring1 = (uint32_t)(uintptr_t)ring1_ap_start;
#endif
}
