/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Constants of the 32-bit PC: processor registers, page tables, descriptors,
 * exceptions, MSRs, CPUID, and the registers of its standard devices.
 *
 * Named as in the manuals (Intel SDM volume 3, AMD APM volume 2, the 8259A,
 * 8254, MC146818, 16550A and 82093AA data sheets).  For C and for assembly.
 */
#ifndef X86_DEFS_H
#define X86_DEFS_H

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

/* --- Selectors and descriptors ------------------------------------------- */
#define X86_SEL_RPL	    0x3
#define X86_SEL_TI	    0x4 /* LDT */
#define X86_SEL_INDEX_SHIFT 3
#define X86_SEL_INDEX	    0xfff8
#define X86_DESC_SIZE	    8
#define X86_GDT_ENTRIES	    8192

/* Upper word of a descriptor. */
#define X86_DESC_TYPE	    0x00000f00
#define X86_DESC_TYPE_SHIFT 8
#define X86_DESC_S	    0x00001000 /* code or data; clear: system */
#define X86_DESC_DPL	    0x00006000
#define X86_DESC_DPL_SHIFT  13
#define X86_DESC_P	    0x00008000
#define X86_DESC_LIMIT_HIGH 0x000f0000
#define X86_DESC_AVL	    0x00100000
#define X86_DESC_L	    0x00200000
#define X86_DESC_DB	    0x00400000 /* 32 bit */
#define X86_DESC_G	    0x00800000
/* Type bits of code and data, in place. */
#define X86_DESC_ACCESSED    0x00000100
#define X86_DESC_WRITABLE    0x00000200 /* data */
#define X86_DESC_READABLE    0x00000200 /* code */
#define X86_DESC_EXPAND_DOWN 0x00000400 /* data */
#define X86_DESC_CONFORMING  0x00000400 /* code */
#define X86_DESC_CODE	     0x00000800
/* Types, shifted down. */
#define X86_TYPE_TSS16	     0x1
#define X86_TYPE_LDT	     0x2
#define X86_TYPE_TSS16_BUSY  0x3
#define X86_TYPE_CALL_GATE16 0x4
#define X86_TYPE_TASK_GATE   0x5
#define X86_TYPE_INT_GATE16  0x6
#define X86_TYPE_TRAP_GATE16 0x7
#define X86_TYPE_TSS32	     0x9
#define X86_TYPE_TSS32_BUSY  0xb
#define X86_TYPE_CALL_GATE32 0xc
#define X86_TYPE_INT_GATE32  0xe
#define X86_TYPE_TRAP_GATE32 0xf
#define X86_TYPE_DATA_RW     0x3 /* accessed */
#define X86_TYPE_CODE_RX     0xb /* accessed */
/* Upper word without base: flat 4 GB, DPL 0 (or in X86_DESC_DPLn). */
#define X86_DESC_DPLN(n)   ((n) << X86_DESC_DPL_SHIFT)
#define X86_DESC_FLAT_LOW  0x0000ffff
#define X86_DESC_FLAT_CODE 0x00cf9b00
#define X86_DESC_FLAT_DATA 0x00cf9300

/* --- 32-bit task state segment: byte offsets ------------------------------ */
#define X86_TSS_LINK   0x00
#define X86_TSS_ESP0   0x04
#define X86_TSS_SS0    0x08
#define X86_TSS_ESP1   0x0c
#define X86_TSS_SS1    0x10
#define X86_TSS_ESP2   0x14
#define X86_TSS_SS2    0x18
#define X86_TSS_CR3    0x1c
#define X86_TSS_EIP    0x20
#define X86_TSS_EFLAGS 0x24
#define X86_TSS_LDT    0x60
#define X86_TSS_TRACE  0x64
#define X86_TSS_IOMAP  0x66
#define X86_TSS_SIZE   0x68

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

/* --- Local APIC --------------------------------------------------------------- */
#define APIC_DEFAULT_BASE  0xfee00000
#define APIC_ID		   0x020
#define APIC_VERSION	   0x030
#define APIC_TPR	   0x080
#define APIC_APR	   0x090
#define APIC_PPR	   0x0a0
#define APIC_EOI	   0x0b0
#define APIC_RRD	   0x0c0
#define APIC_LDR	   0x0d0
#define APIC_DFR	   0x0e0
#define APIC_SPIV	   0x0f0
#define APIC_ISR	   0x100
#define APIC_TMR	   0x180
#define APIC_IRR	   0x200
#define APIC_ESR	   0x280
#define APIC_LVT_CMCI	   0x2f0
#define APIC_ICR	   0x300
#define APIC_ICR2	   0x310
#define APIC_LVTT	   0x320
#define APIC_LVT_THERMAL   0x330
#define APIC_LVTPC	   0x340
#define APIC_LVT0	   0x350
#define APIC_LVT1	   0x360
#define APIC_LVTERR	   0x370
#define APIC_TMICT	   0x380
#define APIC_TMCCT	   0x390
#define APIC_TDCR	   0x3e0
#define APIC_REG_MASK	   0xff0
#define APIC_REG_STEP	   0x10
#define APIC_SIZE	   0x1000
#define APIC_ID_SHIFT	   24
#define APIC_SPIV_ENABLE   0x00000100
#define APIC_SPIV_NO_FOCUS 0x00000200
#define APIC_VECTOR_MASK   0x000000ff
#define APIC_DM_MASK	   0x00000700
#define APIC_DM_FIXED	   0x00000000
#define APIC_DM_LOWEST	   0x00000100
#define APIC_DM_SMI	   0x00000200
#define APIC_DM_NMI	   0x00000400
#define APIC_DM_INIT	   0x00000500
#define APIC_DM_STARTUP	   0x00000600
#define APIC_DM_EXTINT	   0x00000700
#define APIC_ICR_LOGICAL   0x00000800
#define APIC_ICR_BUSY	   0x00001000
#define APIC_ICR_ASSERT	   0x00004000
#define APIC_ICR_LEVEL	   0x00008000
#define APIC_ICR_SHORTHAND 0x000c0000
#define APIC_ICR_SELF	   0x00040000
#define APIC_ICR_ALL	   0x00080000
#define APIC_ICR_OTHERS	   0x000c0000
#define APIC_LVT_BUSY	   0x00001000
#define APIC_LVT_POLARITY  0x00002000
#define APIC_LVT_REMOTE	   0x00004000
#define APIC_LVT_LEVEL	   0x00008000
#define APIC_LVT_MASKED	   0x00010000
#define APIC_LVT_PERIODIC  0x00020000
#define APIC_DFR_FLAT	   0xf0000000
#define APIC_ESR_SEND_VEC  0x00000020
#define APIC_ESR_RECV_VEC  0x00000040
#define APIC_ESR_REG	   0x00000080
#define APIC_TDCR_DIV1	   0xb
#define APIC_TDCR_MASK	   0xb
#define APIC_MIN_VECTOR	   16

/* --- IO-APIC (82093AA) ----------------------------------------------------- */
#define IOAPIC_DEFAULT_BASE   0xfec00000
#define IOAPIC_SIZE	      0x1000
#define IOAPIC_REGSEL	      0x00
#define IOAPIC_WINDOW	      0x10
#define IOAPIC_EOI	      0x40
#define IOAPIC_REG_ID	      0x00
#define IOAPIC_REG_VERSION    0x01
#define IOAPIC_REG_ARB	      0x02
#define IOAPIC_REG_RTE	      0x10 /* two words a pin */
#define IOAPIC_PINS	      24
#define IOAPIC_VERSION	      0x11
#define IOAPIC_RTE_LOGICAL    0x00000800
#define IOAPIC_RTE_BUSY	      0x00001000
#define IOAPIC_RTE_LOW	      0x00002000
#define IOAPIC_RTE_IRR	      0x00004000
#define IOAPIC_RTE_LEVEL      0x00008000
#define IOAPIC_RTE_MASKED     0x00010000
#define IOAPIC_RTE_DEST_SHIFT 24 /* in the upper word */

/* --- 8259A pair --------------------------------------------------------------- */
#define PORT_PIC1_CMD	  0x20
#define PORT_PIC1_DATA	  0x21
#define PORT_PIC2_CMD	  0xa0
#define PORT_PIC2_DATA	  0xa1
#define PORT_ELCR1	  0x4d0
#define PORT_ELCR2	  0x4d1
#define PIC_CASCADE_IRQ	  2
#define PIC_ICW1	  0x10
#define PIC_ICW1_ICW4	  0x01
#define PIC_ICW1_SINGLE	  0x02
#define PIC_ICW1_LEVEL	  0x08
#define PIC_ICW4_8086	  0x01
#define PIC_ICW4_AEOI	  0x02
#define PIC_ICW4_SFNM	  0x10
#define PIC_OCW2_LEVEL	  0x07
#define PIC_OCW2_MASK	  0xe0
#define PIC_EOI		  0x20
#define PIC_EOI_SPECIFIC  0x60
#define PIC_OCW3	  0x08
#define PIC_OCW3_READ_IRR 0x0a
#define PIC_OCW3_READ_ISR 0x0b
#define PIC_OCW3_POLL	  0x0c

/* --- 8254, port 61h -------------------------------------------------------------- */
#define PORT_PIT_CH0	 0x40
#define PORT_PIT_CH1	 0x41
#define PORT_PIT_CH2	 0x42
#define PORT_PIT_MODE	 0x43
#define PORT_SYSTEM_B	 0x61
#define PIT_HZ		 1193182
#define PIT_SELECT_SHIFT 6
#define PIT_READBACK	 0xc0
#define PIT_LATCH	 0x00
#define PIT_LOW		 0x10
#define PIT_HIGH	 0x20
#define PIT_LOW_HIGH	 0x30
#define PIT_MODE_MASK	 0x0e
#define PIT_MODE_SHIFT	 1
#define PIT_BCD		 0x01
#define SYSTEM_B_GATE2	 0x01
#define SYSTEM_B_SPEAKER 0x02
#define SYSTEM_B_REFRESH 0x10
#define SYSTEM_B_OUT2	 0x20

/* --- MC146818 clock and CMOS ------------------------------------------------------ */
#define PORT_CMOS_INDEX	    0x70
#define PORT_CMOS_DATA	    0x71
#define CMOS_INDEX_MASK	    0x7f
#define CMOS_NMI_OFF	    0x80
#define RTC_SECONDS	    0x00
#define RTC_SECONDS_ALARM   0x01
#define RTC_MINUTES	    0x02
#define RTC_MINUTES_ALARM   0x03
#define RTC_HOURS	    0x04
#define RTC_HOURS_ALARM	    0x05
#define RTC_WEEKDAY	    0x06
#define RTC_DAY		    0x07
#define RTC_MONTH	    0x08
#define RTC_YEAR	    0x09
#define RTC_REG_A	    0x0a
#define RTC_REG_B	    0x0b
#define RTC_REG_C	    0x0c
#define RTC_REG_D	    0x0d
#define CMOS_SHUTDOWN	    0x0f
#define CMOS_BASE_LOW	    0x15
#define CMOS_EXT_LOW	    0x17
#define CMOS_CENTURY	    0x32
#define RTC_A_UIP	    0x80
#define RTC_A_DIVIDER	    0x70
#define RTC_A_DIVIDER_32KHZ 0x20
#define RTC_A_RATE	    0x0f
#define RTC_B_SET	    0x80
#define RTC_B_PIE	    0x40
#define RTC_B_AIE	    0x20
#define RTC_B_UIE	    0x10
#define RTC_B_SQWE	    0x08
#define RTC_B_BINARY	    0x04
#define RTC_B_24H	    0x02
#define RTC_B_DST	    0x01
#define RTC_C_IRQF	    0x80
#define RTC_C_PF	    0x40
#define RTC_C_AF	    0x20
#define RTC_C_UF	    0x10
#define RTC_D_VRT	    0x80
#define RTC_HOUR_PM	    0x80

/* --- 16550A -------------------------------------------------------------------------- */
#define PORT_COM1	  0x3f8
#define PORT_COM2	  0x2f8
#define UART_DATA	  0 /* DLAB: divisor, low */
#define UART_IER	  1 /* DLAB: divisor, high */
#define UART_IIR	  2
#define UART_FCR	  2
#define UART_LCR	  3
#define UART_MCR	  4
#define UART_LSR	  5
#define UART_MSR	  6
#define UART_SCR	  7
#define UART_NR_PORTS	  8
#define UART_IER_RX	  0x01
#define UART_IER_THRE	  0x02
#define UART_IER_LINE	  0x04
#define UART_IER_MODEM	  0x08
#define UART_IIR_NONE	  0x01
#define UART_IIR_MODEM	  0x00
#define UART_IIR_THRE	  0x02
#define UART_IIR_RX	  0x04
#define UART_IIR_LINE	  0x06
#define UART_IIR_TIMEOUT  0x0c
#define UART_IIR_FIFO	  0xc0
#define UART_FCR_ENABLE	  0x01
#define UART_FCR_CLEAR_RX 0x02
#define UART_FCR_CLEAR_TX 0x04
#define UART_FCR_TRIGGER  0xc0
#define UART_LCR_8N1	  0x03
#define UART_LCR_BREAK	  0x40
#define UART_LCR_DLAB	  0x80
#define UART_MCR_DTR	  0x01
#define UART_MCR_RTS	  0x02
#define UART_MCR_OUT1	  0x04
#define UART_MCR_OUT2	  0x08
#define UART_MCR_LOOP	  0x10
#define UART_LSR_DATA	  0x01
#define UART_LSR_OVERRUN  0x02
#define UART_LSR_PARITY	  0x04
#define UART_LSR_FRAMING  0x08
#define UART_LSR_BREAK	  0x10
#define UART_LSR_THRE	  0x20
#define UART_LSR_TEMT	  0x40
#define UART_MSR_DCTS	  0x01
#define UART_MSR_DDSR	  0x02
#define UART_MSR_TERI	  0x04
#define UART_MSR_DDCD	  0x08
#define UART_MSR_CTS	  0x10
#define UART_MSR_DSR	  0x20
#define UART_MSR_RI	  0x40
#define UART_MSR_DCD	  0x80

/* --- i8042, delay, debug, reset -------------------------------------------------- */
#define PORT_KBD_DATA 0x60
#define PORT_KBD_CMD  0x64
#define KBD_CMD_RESET 0xfe
#define PORT_DELAY    0x80
#define PORT_DEBUGCON 0xe9
#define PORT_PORT92   0x92
#define PORT_RESET    0xcf9
#define RESET_HARD    0x06

/* --- PCI configuration mechanism 1 ------------------------------------------------ */
#define PORT_PCI_ADDR	     0xcf8
#define PORT_PCI_DATA	     0xcfc
#define PCI_ADDR_ENABLE	     0x80000000
#define PCI_ADDR_BUS_SHIFT   16
#define PCI_ADDR_DEVFN_SHIFT 8
#define PCI_ADDR_REG	     0xfc
#define PCI_DEVFN(dev, fn)   (((dev) << 3) | (fn))
#define PCI_VENDOR_ID	     0x00
#define PCI_DEVICE_ID	     0x02
#define PCI_COMMAND	     0x04
#define PCI_STATUS	     0x06
#define PCI_CLASS_REVISION   0x08
#define PCI_HEADER_TYPE	     0x0e
#define PCI_BAR0	     0x10
#define PCI_SUBSYSTEM_VENDOR 0x2c
#define PCI_SUBSYSTEM_ID     0x2e
#define PCI_ROM_ADDRESS	     0x30
#define PCI_CAPABILITIES     0x34
#define PCI_INTERRUPT_LINE   0x3c
#define PCI_INTERRUPT_PIN    0x3d
#define PCI_COMMAND_IO	     0x001
#define PCI_COMMAND_MEMORY   0x002
#define PCI_COMMAND_MASTER   0x004
#define PCI_COMMAND_INTX_OFF 0x400
#define PCI_STATUS_INTX	     0x008
#define PCI_STATUS_CAP_LIST  0x010
#define PCI_MULTIFUNCTION    0x80
#define PCI_BAR_IO	     0x1
#define PCI_ROM_ENABLE	     0x1

/* --- BIOS data area, legacy memory ------------------------------------------------ */
#define BDA_EBDA_SEGMENT 0x40e
#define BDA_BASE_KB	 0x413
#define BDA_WARM_BOOT	 0x472
#define BDA_RESET_VECTOR 0x467
#define LOWMEM_END	 0xa0000
#define ROM_AREA_START	 0xc0000
#define ROM_AREA_END	 0xe0000
#define BIOS_AREA_START	 0xe0000
#define BIOS_AREA_END	 0x100000

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

/* A segment descriptor or a gate. */
union x86_desc {
	uint64_t raw;
	struct {
		uint32_t lo, hi;
	};
};
_Static_assert(sizeof(union x86_desc) == X86_DESC_SIZE, "descriptor");

/* What LGDT, LIDT, SGDT and SIDT take. */
struct x86_dt_ptr {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));
_Static_assert(sizeof(struct x86_dt_ptr) == 6, "pseudo descriptor");

struct x86_tss {
	uint32_t link;
	uint32_t esp0, ss0, esp1, ss1, esp2, ss2;
	uint32_t cr3, eip, eflags;
	uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs, ldt;
	uint16_t trace, iomap;
};
_Static_assert(sizeof(struct x86_tss) == X86_TSS_SIZE, "TSS");

static inline union x86_desc x86_desc_make(uint32_t lo, uint32_t hi)
{
	return (union x86_desc){ .lo = lo, .hi = hi };
}

/* @flags: the upper word's type, S, DPL, P, AVL, L, DB, G; @limit as stored. */
static inline union x86_desc x86_seg_desc(uint32_t base, uint32_t limit,
					  uint32_t flags)
{
	return x86_desc_make((limit & 0xffff) | (base << 16),
			     (base & 0xff000000) | ((base >> 16) & 0xff) |
				     (limit & X86_DESC_LIMIT_HIGH) | flags);
}

static inline uint32_t x86_desc_base(union x86_desc d)
{
	return (d.lo >> 16) | ((d.hi & 0xff) << 16) | (d.hi & 0xff000000);
}

/* Highest offset, in bytes. */
static inline uint32_t x86_desc_limit(union x86_desc d)
{
	uint32_t limit = (d.lo & 0xffff) | (d.hi & X86_DESC_LIMIT_HIGH);

	return d.hi & X86_DESC_G ? (limit << 12) | 0xfff : limit;
}

static inline unsigned int x86_desc_dpl(union x86_desc d)
{
	return (d.hi & X86_DESC_DPL) >> X86_DESC_DPL_SHIFT;
}

static inline unsigned int x86_desc_type(union x86_desc d)
{
	return (d.hi & X86_DESC_TYPE) >> X86_DESC_TYPE_SHIFT;
}

static inline bool x86_desc_present(union x86_desc d)
{
	return d.hi & X86_DESC_P;
}

static inline union x86_desc x86_desc_with_dpl(union x86_desc d,
					       unsigned int dpl)
{
	d.hi = (d.hi & ~(uint32_t)X86_DESC_DPL) | (dpl << X86_DESC_DPL_SHIFT);
	return d;
}

/* @type: X86_TYPE_INT_GATE32 or X86_TYPE_TRAP_GATE32 (16 bit alike). */
static inline union x86_desc x86_gate(uint16_t sel, uint32_t offset,
				      unsigned int type, unsigned int dpl)
{
	return x86_desc_make(((uint32_t)sel << 16) | (offset & 0xffff),
			     (offset & 0xffff0000) | X86_DESC_P |
				     (dpl << X86_DESC_DPL_SHIFT) |
				     (type << X86_DESC_TYPE_SHIFT));
}

static inline uint32_t x86_gate_offset(union x86_desc d)
{
	return (d.lo & 0xffff) | (d.hi & 0xffff0000);
}

static inline uint16_t x86_gate_sel(union x86_desc d)
{
	return (uint16_t)(d.lo >> 16);
}

static inline bool x86_exc_has_error(unsigned int vector)
{
	return vector < X86_NR_EXC &&
	       ((uint32_t)X86_EXC_HAVE_ERROR >> vector) & 1;
}

/* First byte of port mechanism 1's address word. */
static inline uint32_t pci_conf1_addr(unsigned int bus, unsigned int devfn,
				      unsigned int reg)
{
	return PCI_ADDR_ENABLE | (bus << PCI_ADDR_BUS_SHIFT) |
	       (devfn << PCI_ADDR_DEVFN_SHIFT) | (reg & PCI_ADDR_REG);
}
#endif /* !__ASSEMBLER__ */
#endif
