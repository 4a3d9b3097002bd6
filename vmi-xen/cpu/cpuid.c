/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUID as the guest is told.  The instruction itself is native in every ring
 * but on processors with CPUID faulting; VMI's call is masked.  A table of what
 * is hidden, and why.
 */
#include "cpu/cr.h"
#include "x86-defs.h"

enum {
	EAX,
	EBX,
	ECX,
	EDX
};

struct mask {
	uint32_t leaf;
	unsigned int reg;
	uint32_t keep;
};

/*
 * VME: no virtual-8086 mode.  MCE, MCA: no machine checks.  SEP: SYSENTER
 * does not reach the guest on every processor.  PGE: nothing gains.  ACPI, TM:
 * no thermal MSRs.  DS: no MSRs.  MTRR and PAT stay, though memory types are
 * Xen's: a guest that has seen them natively before VMI_Init has begun to use
 * them, and Linux stops (pat_init) where PAT is gone afterwards.
 */
#define KEEP_1_EDX                                                             \
	(CPUID_1_EDX_FPU | CPUID_1_EDX_DE | CPUID_1_EDX_PSE |                  \
	 CPUID_1_EDX_TSC | CPUID_1_EDX_MSR | CPUID_1_EDX_PAE |                 \
	 CPUID_1_EDX_CX8 | CPUID_1_EDX_APIC | CPUID_1_EDX_MTRR |               \
	 CPUID_1_EDX_CMOV | CPUID_1_EDX_PAT | CPUID_1_EDX_CLFSH |              \
	 CPUID_1_EDX_MMX | CPUID_1_EDX_FXSR | CPUID_1_EDX_SSE |                \
	 CPUID_1_EDX_SSE2)
/*
 * No MONITOR, VMX, SMX, EST, x2APIC, PCID, TSC deadline.  XSAVE works (Xen
 * emulates XSETBV), and a guest has seen it natively before VMI_Init.
 */
#define KEEP_1_ECX                                                             \
	(CPUID_1_ECX_SSE3 | CPUID_1_ECX_PCLMUL | CPUID_1_ECX_SSSE3 |           \
	 CPUID_1_ECX_FMA | CPUID_1_ECX_CX16 | CPUID_1_ECX_SSE41 |              \
	 CPUID_1_ECX_SSE42 | CPUID_1_ECX_MOVBE | CPUID_1_ECX_POPCNT |          \
	 CPUID_1_ECX_AES | CPUID_1_ECX_XSAVE | CPUID_1_ECX_OSXSAVE |           \
	 CPUID_1_ECX_AVX | CPUID_1_ECX_F16C | CPUID_1_ECX_RDRAND |             \
	 CPUID_1_ECX_HYPERVISOR)
/* No SYSCALL, long mode, 1 GB pages, RDTSCP. */
#define KEEP_EXT_EDX (KEEP_1_EDX | CPUID_EXT_EDX_NX | CPUID_EXT_EDX_MMXEXT)

/* Brand and CLFLUSH; the package and the APIC ID are the host's. */
#define KEEP_1_EBX     0x0000ffffu
#define APIC_ID_SHIFT  24
#define KEEP_CACHE_EAX 0x00003fffu /* not who shares it */

static const struct mask masks[] = {
	{ CPUID_LEAF_FEATURES, EBX, KEEP_1_EBX },
	{ CPUID_LEAF_FEATURES, ECX, KEEP_1_ECX },
	{ CPUID_LEAF_FEATURES, EDX, KEEP_1_EDX },
	{ CPUID_LEAF_CACHE_PARAM, EAX, KEEP_CACHE_EAX },
	{ CPUID_LEAF_MWAIT, EAX, 0 },
	{ CPUID_LEAF_MWAIT, ECX, 0 },
	{ CPUID_LEAF_POWER, EAX, 0 },
	{ CPUID_LEAF_POWER, ECX, 0 },
	{ CPUID_LEAF_FEATURES7, EBX, 0 },
	{ CPUID_LEAF_FEATURES7, ECX, 0 },
	{ CPUID_LEAF_FEATURES7, EDX, 0 },
	{ CPUID_LEAF_PERFMON, EAX, 0 },
	{ CPUID_LEAF_TOPOLOGY, EAX, 0 },
	{ CPUID_LEAF_TOPOLOGY, EBX, 0 },
	{ CPUID_LEAF_TOPOLOGY, ECX, 0 },
	{ CPUID_LEAF_TOPOLOGY, EDX, 0 },
	{ CPUID_LEAF_EXT_FEATURES, ECX, CPUID_EXT_ECX_LAHF },
	{ CPUID_LEAF_EXT_FEATURES, EDX, KEEP_EXT_EDX },
	{ CPUID_LEAF_EXT_SIZES, ECX, 0 }, /* cores */
};

/*
 * The shim's Xen, or whoever runs the host: their interfaces, which Linux
 * would use (2.6.36 does with CONFIG_XEN_PVHVM), are not the guest's.
 */
#define HYPERVISOR_LEAVES     0xf0000000u
#define IS_HYPERVISOR_LEAF(n) (((n)&HYPERVISOR_LEAVES) == CPUID_LEAF_HYPERVISOR)

void cpuid_guest(const struct vcpu *v, uint32_t leaf, uint32_t subleaf,
		 uint32_t r[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(r[EAX]), "=b"(r[EBX]), "=c"(r[ECX]),
			   "=d"(r[EDX])
			 : "a"(leaf), "c"(subleaf));
	for (unsigned int i = 0; i < ARRAY_SIZE(masks); i++)
		if (masks[i].leaf == leaf)
			r[masks[i].reg] &= masks[i].keep;
	if (IS_HYPERVISOR_LEAF(leaf))
		r[EAX] = r[EBX] = r[ECX] = r[EDX] = 0;
	if (leaf != CPUID_LEAF_FEATURES)
		return;
	r[EBX] |= v->id << APIC_ID_SHIFT;
	if (!(v->cr4 & X86_CR4_OSXSAVE))
		r[ECX] &= ~CPUID_1_ECX_OSXSAVE;
}
