/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of the processor: flags, control, debug and model-specific ones,
 * page-table entries, exceptions, CPUID.
 *
 * Named as in the manuals: Intel SDM volume 3, AMD APM volume 2.
 */
#ifndef X86_CPU_H
#define X86_CPU_H

/* --- EFLAGS ------------------------------------------------------------- */
#define X86_EFLAGS_CF	      0x00000001
#define X86_EFLAGS_FIXED      0x00000002 /* always 1 */
#define X86_EFLAGS_PF	      0x00000004
#define X86_EFLAGS_AF	      0x00000010
#define X86_EFLAGS_ZF	      0x00000040
#define X86_EFLAGS_SF	      0x00000080
#define X86_EFLAGS_TF	      0x00000100
#define X86_EFLAGS_IF	      0x00000200
#define X86_EFLAGS_DF	      0x00000400
#define X86_EFLAGS_OF	      0x00000800
#define X86_EFLAGS_IOPL	      0x00003000
#define X86_EFLAGS_NT	      0x00004000
#define X86_EFLAGS_RF	      0x00010000
#define X86_EFLAGS_VM	      0x00020000
#define X86_EFLAGS_AC	      0x00040000
#define X86_EFLAGS_VIF	      0x00080000
#define X86_EFLAGS_VIP	      0x00100000
#define X86_EFLAGS_ID	      0x00200000
#define X86_EFLAGS_IF_BIT     9
#define X86_EFLAGS_IOPL_SHIFT 12
#define X86_EFLAGS_ARITH                                                       \
	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF |       \
	 X86_EFLAGS_SF | X86_EFLAGS_OF)

/* --- Control registers, EFER -------------------------------------------- */
#define X86_CR0_PE 0x00000001
#define X86_CR0_MP 0x00000002
#define X86_CR0_EM 0x00000004
#define X86_CR0_TS 0x00000008
#define X86_CR0_ET 0x00000010
#define X86_CR0_NE 0x00000020
#define X86_CR0_WP 0x00010000
#define X86_CR0_AM 0x00040000
#define X86_CR0_NW 0x20000000
#define X86_CR0_CD 0x40000000
#define X86_CR0_PG 0x80000000

#define X86_CR0_PE_BIT 0
#define X86_CR0_TS_BIT 3

#define X86_CR3_PWT	  0x00000008
#define X86_CR3_PCD	  0x00000010
#define X86_CR3_BASE	  0xfffff000 /* page directory */
#define X86_CR3_PDPT_BASE 0xffffffe0 /* PAE: 32-byte aligned */

#define X86_CR4_VME	   0x00000001
#define X86_CR4_PVI	   0x00000002
#define X86_CR4_TSD	   0x00000004
#define X86_CR4_DE	   0x00000008
#define X86_CR4_PSE	   0x00000010
#define X86_CR4_PAE	   0x00000020
#define X86_CR4_MCE	   0x00000040
#define X86_CR4_PGE	   0x00000080
#define X86_CR4_PCE	   0x00000100
#define X86_CR4_OSFXSR	   0x00000200
#define X86_CR4_OSXMMEXCPT 0x00000400
#define X86_CR4_UMIP	   0x00000800
#define X86_CR4_LA57	   0x00001000
#define X86_CR4_VMXE	   0x00002000
#define X86_CR4_SMXE	   0x00004000
#define X86_CR4_FSGSBASE   0x00010000
#define X86_CR4_PCIDE	   0x00020000
#define X86_CR4_OSXSAVE	   0x00040000
#define X86_CR4_SMEP	   0x00100000
#define X86_CR4_SMAP	   0x00200000
#define X86_CR4_PKE	   0x00400000

#define X86_EFER_SCE  0x00000001
#define X86_EFER_LME  0x00000100
#define X86_EFER_LMA  0x00000400
#define X86_EFER_NX   0x00000800
#define X86_EFER_SVME 0x00001000

/* --- Debug registers ----------------------------------------------------- */
#define X86_DR6_DEFAULT 0xffff0ff0
#define X86_DR6_BS	0x00004000
#define X86_DR7_DEFAULT 0x00000400
#define X86_DR7_GD	0x00002000

/* --- Page tables --------------------------------------------------------- */
#define X86_PTE_P	0x001
#define X86_PTE_RW	0x002
#define X86_PTE_US	0x004
#define X86_PTE_PWT	0x008
#define X86_PTE_PCD	0x010
#define X86_PTE_A	0x020
#define X86_PTE_D	0x040
#define X86_PTE_PS	0x080 /* page directory entry: large page */
#define X86_PTE_PAT	0x080 /* page table entry */
#define X86_PTE_G	0x100
#define X86_PTE_AVAIL	0xe00
#define X86_PTE_PSE_PAT 0x1000	   /* large page: PAT */
#define X86_PTE_NX_HIGH 0x80000000 /* in the upper half of a PAE entry */
#define X86_PTE32_FRAME 0xfffff000
#define X86_PTE_FLAGS	0xfff

#define X86_PT32_ENTRIES 1024
#define X86_PAE_ENTRIES	 512
#define X86_PDPT_ENTRIES 4
#define X86_PT_SHIFT	 12
#define X86_PD32_SHIFT	 22
#define X86_PD_PAE_SHIFT 21
#define X86_PDPT_SHIFT	 30
#ifndef __ASSEMBLER__
#define X86_PTE_NX	  0x8000000000000000ull
#define X86_PTE_PAE_FRAME 0x000ffffffffff000ull
#endif

/* Page fault error code. */
#define X86_PFEC_P    0x01 /* protection; clear: not present */
#define X86_PFEC_W    0x02
#define X86_PFEC_U    0x04
#define X86_PFEC_RSVD 0x08
#define X86_PFEC_I    0x10

/* --- Exceptions ---------------------------------------------------------- */
#define X86_EXC_DE     0
#define X86_EXC_DB     1
#define X86_EXC_NMI    2
#define X86_EXC_BP     3
#define X86_EXC_OF     4
#define X86_EXC_BR     5
#define X86_EXC_UD     6
#define X86_EXC_NM     7
#define X86_EXC_DF     8
#define X86_EXC_CSO    9 /* coprocessor segment overrun */
#define X86_EXC_TS     10
#define X86_EXC_NP     11
#define X86_EXC_SS     12
#define X86_EXC_GP     13
#define X86_EXC_PF     14
#define X86_EXC_SPV    15
#define X86_EXC_MF     16
#define X86_EXC_AC     17
#define X86_EXC_MC     18
#define X86_EXC_XM     19
#define X86_NR_EXC     32
#define X86_NR_VECTORS 256
/* Bit n: vector n pushes an error code. */
#define X86_EXC_HAVE_ERROR 0x00027d00

/* Error code with a selector. */
#define X86_SEL_ERR_EXT	 0x1
#define X86_SEL_ERR_IDT	 0x2
#define X86_SEL_ERR_TI	 0x4
#define X86_SEL_ERR_MASK 0xfff8

/* --- MSRs ------------------------------------------------------------------ */
#define MSR_TSC		      0x00000010
#define MSR_PLATFORM_ID	      0x00000017
#define MSR_APIC_BASE	      0x0000001b
#define MSR_FEATURE_CONTROL   0x0000003a
#define MSR_UCODE_WRITE	      0x00000079
#define MSR_UCODE_REV	      0x0000008b
#define MSR_PERFCTR0	      0x000000c1
#define MSR_PLATFORM_INFO     0x000000ce
#define MSR_MTRRCAP	      0x000000fe
#define MSR_BBL_CR_CTL3	      0x0000011e
#define MSR_SYSENTER_CS	      0x00000174
#define MSR_SYSENTER_ESP      0x00000175
#define MSR_SYSENTER_EIP      0x00000176
#define MSR_MCG_CAP	      0x00000179
#define MSR_MCG_STATUS	      0x0000017a
#define MSR_MCG_CTL	      0x0000017b
#define MSR_EVNTSEL0	      0x00000186
#define MSR_PERF_STATUS	      0x00000198
#define MSR_THERM_CONTROL     0x0000019a
#define MSR_MISC_ENABLE	      0x000001a0
#define MSR_DEBUGCTL	      0x000001d9
#define MSR_MTRR_PHYSBASE0    0x00000200
#define MSR_MTRR_FIX64K_00000 0x00000250
#define MSR_PAT		      0x00000277
#define MSR_MTRR_DEFTYPE      0x000002ff
#define MSR_MC0_CTL	      0x00000400
#define MSR_MC0_STATUS	      0x00000401
#define MSR_EFER	      0xc0000080
#define MSR_STAR	      0xc0000081
#define MSR_LSTAR	      0xc0000082
#define MSR_FS_BASE	      0xc0000100
#define MSR_GS_BASE	      0xc0000101
#define MSR_TSC_AUX	      0xc0000103
#define MSR_K7_EVNTSEL0	      0xc0010000
#define MSR_K7_PERFCTR0	      0xc0010004
#define MSR_K8_SYSCFG	      0xc0010010
#define MSR_K7_HWCR	      0xc0010015
#define MSR_K8_INT_PENDING    0xc0010055
#define MSR_APIC_BASE_BSP     0x00000100
#define MSR_APIC_BASE_X2APIC  0x00000400
#define MSR_APIC_BASE_ENABLE  0x00000800
#define MSR_APIC_BASE_ADDR    0xfffff000

/* --- CPUID ------------------------------------------------------------------ */
#define CPUID_LEAF_VENDOR	0x00000000
#define CPUID_LEAF_FEATURES	0x00000001
#define CPUID_LEAF_CACHE	0x00000002
#define CPUID_LEAF_SERIAL	0x00000003
#define CPUID_LEAF_CACHE_PARAM	0x00000004
#define CPUID_LEAF_MWAIT	0x00000005
#define CPUID_LEAF_POWER	0x00000006
#define CPUID_LEAF_FEATURES7	0x00000007
#define CPUID_LEAF_PERFMON	0x0000000a
#define CPUID_LEAF_TOPOLOGY	0x0000000b
#define CPUID_LEAF_XSTATE	0x0000000d
#define CPUID_LEAF_HYPERVISOR	0x40000000
#define CPUID_LEAF_EXT		0x80000000
#define CPUID_LEAF_EXT_FEATURES 0x80000001
#define CPUID_LEAF_EXT_POWER	0x80000007
#define CPUID_LEAF_EXT_SIZES	0x80000008
/* Leaf 1, EDX. */
#define CPUID_1_EDX_FPU	  0x00000001
#define CPUID_1_EDX_VME	  0x00000002
#define CPUID_1_EDX_DE	  0x00000004
#define CPUID_1_EDX_PSE	  0x00000008
#define CPUID_1_EDX_TSC	  0x00000010
#define CPUID_1_EDX_MSR	  0x00000020
#define CPUID_1_EDX_PAE	  0x00000040
#define CPUID_1_EDX_MCE	  0x00000080
#define CPUID_1_EDX_CX8	  0x00000100
#define CPUID_1_EDX_APIC  0x00000200
#define CPUID_1_EDX_SEP	  0x00000800
#define CPUID_1_EDX_MTRR  0x00001000
#define CPUID_1_EDX_PGE	  0x00002000
#define CPUID_1_EDX_MCA	  0x00004000
#define CPUID_1_EDX_CMOV  0x00008000
#define CPUID_1_EDX_PAT	  0x00010000
#define CPUID_1_EDX_PSE36 0x00020000
#define CPUID_1_EDX_PN	  0x00040000
#define CPUID_1_EDX_CLFSH 0x00080000
#define CPUID_1_EDX_DS	  0x00200000
#define CPUID_1_EDX_ACPI  0x00400000
#define CPUID_1_EDX_MMX	  0x00800000
#define CPUID_1_EDX_FXSR  0x01000000
#define CPUID_1_EDX_SSE	  0x02000000
#define CPUID_1_EDX_SSE2  0x04000000
#define CPUID_1_EDX_SS	  0x08000000
#define CPUID_1_EDX_HTT	  0x10000000
#define CPUID_1_EDX_TM	  0x20000000
#define CPUID_1_EDX_PBE	  0x80000000
/* Leaf 1, ECX. */
#define CPUID_1_ECX_SSE3       0x00000001
#define CPUID_1_ECX_PCLMUL     0x00000002
#define CPUID_1_ECX_DTES64     0x00000004
#define CPUID_1_ECX_MONITOR    0x00000008
#define CPUID_1_ECX_DSCPL      0x00000010
#define CPUID_1_ECX_VMX	       0x00000020
#define CPUID_1_ECX_SMX	       0x00000040
#define CPUID_1_ECX_EST	       0x00000080
#define CPUID_1_ECX_TM2	       0x00000100
#define CPUID_1_ECX_SSSE3      0x00000200
#define CPUID_1_ECX_FMA	       0x00001000
#define CPUID_1_ECX_CX16       0x00002000
#define CPUID_1_ECX_PDCM       0x00008000
#define CPUID_1_ECX_PCID       0x00020000
#define CPUID_1_ECX_SSE41      0x00080000
#define CPUID_1_ECX_SSE42      0x00100000
#define CPUID_1_ECX_X2APIC     0x00200000
#define CPUID_1_ECX_MOVBE      0x00400000
#define CPUID_1_ECX_POPCNT     0x00800000
#define CPUID_1_ECX_TSCDL      0x01000000
#define CPUID_1_ECX_AES	       0x02000000
#define CPUID_1_ECX_XSAVE      0x04000000
#define CPUID_1_ECX_OSXSAVE    0x08000000
#define CPUID_1_ECX_AVX	       0x10000000
#define CPUID_1_ECX_F16C       0x20000000
#define CPUID_1_ECX_RDRAND     0x40000000
#define CPUID_1_ECX_HYPERVISOR 0x80000000
/* Leaf 0x80000001, EDX (what leaf 1 does not have). */
/* Leaf 0x80000001, ECX. */
#define CPUID_EXT_ECX_LAHF    0x00000001
#define CPUID_EXT_EDX_SYSCALL 0x00000800
#define CPUID_EXT_EDX_NX      0x00100000
#define CPUID_EXT_EDX_MMXEXT  0x00400000
#define CPUID_EXT_EDX_FFXSR   0x02000000
#define CPUID_EXT_EDX_GBPAGES 0x04000000
#define CPUID_EXT_EDX_RDTSCP  0x08000000
#define CPUID_EXT_EDX_LM      0x20000000

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

static inline bool x86_exc_has_error(unsigned int vector)
{
	return vector < X86_NR_EXC &&
	       ((uint32_t)X86_EXC_HAVE_ERROR >> vector) & 1;
}
#endif /* !__ASSEMBLER__ */
#endif
