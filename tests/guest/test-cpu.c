/* SPDX-License-Identifier: GPL-2.0-only */
/* Control registers, MSRs, CPUID, the FPU, debug registers. */
#include "guest.h"
#include "mm.h"
#include "traps.h"
#include "user.h"
#include "vmi.h"
#include "x86-defs.h"

#define MSR_NONE       0x4fffffff
#define PMC_NONE       0x7fffffff
#define CR0_NEEDED     (X86_CR0_PE | X86_CR0_PG | X86_CR0_WP)
#define CR2_TRIED      0xdeadb000
#define CR4_TRIED      (X86_CR4_TSD | X86_CR4_DE)
#define NR_BREAKPOINTS 4
#define DR6_B0	       0x1
#define DR7_L0	       0x1
#define DR7_L1	       0x4
#define DR7_L0_WRITE_4 0x000d0000
#define LEAF_COUNT     4
#define USER_FLAGS_TSD (X86_EFLAGS_FIXED | X86_EFLAGS_IF)

static uint32_t get(unsigned int call)
{
	return (uint32_t)vmi(call);
}

extern uint8_t boot_pgd[];

/* --- CPUID ------------------------------------------------------------------- */
TEST("cpu", "CPUID: vendor, and what this kernel needs", AFTER)
{
	vmi(VMI_CALL_CPUID, CPUID_LEAF_VENDOR);
	check(vmi_state.out.eax >= 1);
	check(vmi_state.out.ebx && vmi_state.out.ecx && vmi_state.out.edx);
	vmi(VMI_CALL_CPUID, CPUID_LEAF_FEATURES);
	check(vmi_state.out.eax != 0);
	check(vmi_state.out.edx & CPUID_1_EDX_FPU);
	check(vmi_state.out.edx & CPUID_1_EDX_TSC);
	check(vmi_state.out.edx & CPUID_1_EDX_CX8);
#if GUEST_PAE
	check(vmi_state.out.edx & CPUID_1_EDX_PAE);
#endif
}

TEST("cpu", "CPUID: the same answer each time", AFTER)
{
	static const uint32_t leaves[LEAF_COUNT] = { CPUID_LEAF_VENDOR,
						     CPUID_LEAF_CACHE,
						     CPUID_LEAF_EXT,
						     CPUID_LEAF_EXT_FEATURES };

	for (unsigned int i = 0; i < LEAF_COUNT; i++) {
		struct vmi_regs first;

		vmi(VMI_CALL_CPUID, leaves[i]);
		first = vmi_state.out;
		vmi(VMI_CALL_CPUID, leaves[i]);
		check_eq(vmi_state.out.eax, first.eax);
		check_eq(vmi_state.out.ebx, first.ebx);
		check_eq(vmi_state.out.ecx, first.ecx);
		check_eq(vmi_state.out.edx, first.edx);
	}
}

TEST("cpu", "CPUID: ECX chooses the subleaf", AFTER)
{
	uint32_t type0, type1;

	vmi(VMI_CALL_CPUID, CPUID_LEAF_VENDOR);
	if (vmi_state.out.eax < CPUID_LEAF_CACHE_PARAM)
		skip("the processor has no leaf with subleaves");
	vmi(VMI_CALL_CPUID, CPUID_LEAF_CACHE_PARAM, 0, 0);
	type0 = vmi_state.out.eax;
	vmi(VMI_CALL_CPUID, CPUID_LEAF_CACHE_PARAM, 0, 1);
	type1 = vmi_state.out.eax;
	if (!type0)
		skip("the processor does not describe its caches");
	check(type0 != type1);
}

TEST("cpu", "CPUID: nothing is offered that faults", AFTER)
{
	uint32_t features;

	features = (uint32_t)(vmi(VMI_CALL_CPUID, CPUID_LEAF_FEATURES) >> 32);
	/* 3.0 has no way to these but the instructions. */
	check(!(features & CPUID_1_EDX_APIC) || vmi_offered(VMI_CALL_APICRead));
	check(features & CPUID_1_EDX_MSR);
}

/* Kernels have begun to use these before VMI_Init, and stop where one is gone. */
TEST("cpu", "CPUID: memory types as the processor announced them", AFTER)
{
	const uint32_t types = CPUID_1_EDX_MTRR | CPUID_1_EDX_PAT;
	uint32_t eax = CPUID_LEAF_FEATURES, ebx, ecx = 0, edx;

	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	vmi(VMI_CALL_CPUID, CPUID_LEAF_FEATURES);
	check_eq(vmi_state.out.edx & types, edx & types);
}

/* --- CR0 and the FPU ----------------------------------------------------------------- */
static void use_fpu(void *arg)
{
	(void)arg;
	__asm__ volatile("fldpi\n\tfstp %%st(0)" : : : "memory");
}

TEST("cpu", "GetCR0: protected mode, paging, WP", AFTER)
{
	check_eq(get(VMI_CALL_GetCR0) & CR0_NEEDED, CR0_NEEDED);
}

TEST("cpu", "SetCR0 keeps TS, and CLTS clears it", AFTER)
{
	uint32_t cr0 = get(VMI_CALL_GetCR0) & ~(uint32_t)X86_CR0_TS;

	vmi(VMI_CALL_SetCR0, cr0 | X86_CR0_TS);
	check_eq(get(VMI_CALL_GetCR0), cr0 | X86_CR0_TS);
	vmi(VMI_CALL_CLTS);
	check_eq(get(VMI_CALL_GetCR0), cr0);
	vmi(VMI_CALL_CLTS);
	check_eq(get(VMI_CALL_GetCR0), cr0);
	vmi(VMI_CALL_SetCR0, cr0 | X86_CR0_TS);
	vmi(VMI_CALL_SetCR0, cr0);
	check_eq(get(VMI_CALL_GetCR0), cr0);
}

TEST("cpu", "TS makes the FPU trap, in the kernel", AFTER)
{
	uint32_t cr0 = get(VMI_CALL_GetCR0);

	vmi(VMI_CALL_CLTS);
	check_eq((uint32_t)guarded(use_fpu, NULL), (uint32_t)-1);
	vmi(VMI_CALL_SetCR0, cr0 | X86_CR0_TS);
	check_eq((uint32_t)guarded(use_fpu, NULL), X86_EXC_NM);
	/* It stays until somebody clears it. */
	check_eq(get(VMI_CALL_GetCR0) & X86_CR0_TS, X86_CR0_TS);
	check_eq((uint32_t)guarded(use_fpu, NULL), X86_EXC_NM);
	vmi(VMI_CALL_CLTS);
	check_eq((uint32_t)guarded(use_fpu, NULL), (uint32_t)-1);
}

static bool clts_and_go_on(struct trap_frame *f)
{
	(void)f;
	if (vmi_active)
		vmi_quick(VMI_CALL_CLTS, 0, 0, 0);
	else
		__asm__ volatile("clts");
	return true;
}

TEST("cpu", "TS makes the FPU trap in user mode, CLTS lets it go on", AFTER)
{
	uint32_t cr0 = get(VMI_CALL_GetCR0);

	user_map();
	vmi(VMI_CALL_SetCR0, cr0 | X86_CR0_TS);
	user_call(USER(user_fpu), 0, 0, 0, 0);
	check_eq(last_trap.frame.vector, X86_EXC_NM);
	check_eq(last_trap.frame.eip, USER(user_fpu));
	trap_hook(X86_EXC_NM, clts_and_go_on);
	user_call(USER(user_fpu), 0, 0, 0, 0);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
	check_eq(trap_count[X86_EXC_NM], 2);
}

TEST("cpu", "the FPU's registers survive calls and traps", AFTER)
{
	uint32_t in = 0x12345678, out = 0;

	vmi(VMI_CALL_CLTS);
	__asm__ volatile("fninit\n\tfildl %0" : : "m"(in));
	trap_hook(X86_EXC_BP, clts_and_go_on);
	vmi(VMI_CALL_GetCR0);
	vmi(VMI_CALL_SetCR2, 0);
	vmi(VMI_CALL_FlushTLB, VMI_FLUSH_TLB);
	__asm__ volatile("int3" : : : "memory");
	__asm__ volatile("fistpl %0" : "=m"(out));
	check_eq(out, in);
}

/* --- CR2, CR3, CR4 ------------------------------------------------------------------ */
TEST("cpu", "CR2 keeps what SetCR2 gave it", AFTER)
{
	vmi(VMI_CALL_SetCR2, CR2_TRIED);
	check_eq(get(VMI_CALL_GetCR2), CR2_TRIED);
	vmi(VMI_CALL_SetCR2, 0);
	check_eq(get(VMI_CALL_GetCR2), 0);
}

TEST("cpu", "GetCR3 is the guest-physical address; SetCR3 of the same", AFTER)
{
	check_eq(get(VMI_CALL_GetCR3), pa(boot_pgd));
	vmi(VMI_CALL_SetCR3, pa(boot_pgd));
	check_eq(get(VMI_CALL_GetCR3), pa(boot_pgd));
}

TEST("cpu", "CR4 keeps what SetCR4 gave it", AFTER)
{
	uint32_t cr4 = get(VMI_CALL_GetCR4);

	check_eq(!!(cr4 & X86_CR4_PAE), GUEST_PAE);
	vmi(VMI_CALL_SetCR4, cr4 | CR4_TRIED);
	check_eq(get(VMI_CALL_GetCR4), cr4 | CR4_TRIED);
	vmi(VMI_CALL_SetCR4, cr4 & ~(uint32_t)CR4_TRIED);
	check_eq(get(VMI_CALL_GetCR4), cr4 & ~(uint32_t)CR4_TRIED);
	vmi(VMI_CALL_SetCR4, cr4);
}

TEST("cpu", "CR4.TSD makes RDTSC the kernel's", AFTER)
{
	uint32_t cr4 = get(VMI_CALL_GetCR4);

	user_map();
	user_call(USER(user_rdtsc), 0, 0, 0, 0);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
	vmi(VMI_CALL_SetCR4, cr4 | X86_CR4_TSD);
	user_call(USER(user_rdtsc), 0, 0, 0, 0);
	vmi(VMI_CALL_SetCR4, cr4);
	check_eq(last_trap.frame.vector, X86_EXC_GP);
	check_eq(last_trap.frame.eip, USER(user_rdtsc));
	user_call(USER(user_rdtsc), 0, 0, 0, 0);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
}

/* --- MSRs, counters -------------------------------------------------------------------- */
static void call_rdmsr(void *arg)
{
	vmi(VMI_CALL_RDMSR, 0, 0, (uint32_t)(uintptr_t)arg);
}

static void call_wrmsr(void *arg)
{
	vmi(VMI_CALL_WRMSR, 0, 0, (uint32_t)(uintptr_t)arg);
}

static void call_rdpmc(void *arg)
{
	vmi(VMI_CALL_RDPMC, 0, 0, (uint32_t)(uintptr_t)arg);
}

static void plain_rdmsr(void *arg)
{
	__asm__ volatile("rdmsr" : : "c"(arg) : "eax", "edx");
}

static void plain_wrmsr(void *arg)
{
	__asm__ volatile("wrmsr" : : "c"(arg), "a"(0), "d"(0));
}

/* Kernels believe CPUID, and read without a net. */
TEST("cpu", "MSRs that CPUID announces are there", AFTER)
{
	static const struct {
		uint32_t feature, msr;
	} t[] = { { CPUID_1_EDX_MTRR, MSR_MTRRCAP },
		  { CPUID_1_EDX_MTRR, MSR_MTRR_DEFTYPE },
		  { CPUID_1_EDX_MCA, MSR_MCG_CAP },
		  { CPUID_1_EDX_MCA, MSR_MCG_STATUS },
		  { CPUID_1_EDX_PAT, MSR_PAT },
		  { CPUID_1_EDX_APIC, MSR_APIC_BASE } };
	uint32_t eax = 1, ebx, ecx, edx;

	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		if (edx & t[i].feature)
			check_eq((uint32_t)guarded(plain_rdmsr,
						   (void *)t[i].msr),
				 (uint32_t)-1);
}

TEST("cpu", "WRMSR and RDMSR", AFTER)
{
	vmi(VMI_CALL_WRMSR, KERNEL_CS, 0, MSR_SYSENTER_CS);
	check_eq(vmi(VMI_CALL_RDMSR, ~0u, ~0u, MSR_SYSENTER_CS), KERNEL_CS);
	vmi(VMI_CALL_WRMSR, 0, 0, MSR_SYSENTER_CS);
	check_eq(vmi(VMI_CALL_RDMSR, ~0u, ~0u, MSR_SYSENTER_CS), 0);
}

TEST("cpu", "an MSR that does not exist: a protection fault", AFTER)
{
	void *none = (void *)MSR_NONE;

	if (guarded(plain_rdmsr, none) == -1)
		skip("the processor ignores unknown MSRs (QEMU does)");
	check_eq(last_trap.frame.vector, X86_EXC_GP);
	check_eq(last_trap.frame.error, 0);
	check_eq((uint32_t)guarded(plain_wrmsr, none), X86_EXC_GP);
	check_eq((uint32_t)guarded(call_rdmsr, none), X86_EXC_GP);
	check_eq(last_trap.frame.error, 0);
	check_eq((uint32_t)guarded(call_wrmsr, none), X86_EXC_GP);
}

TEST("cpu", "a counter that does not exist faults", AFTER)
{
	int vector = guarded(call_rdpmc, (void *)PMC_NONE);

	/* QEMU's processor has no such instruction. */
	check(vector == X86_EXC_GP || vector == X86_EXC_UD);
}

TEST("cpu", "WBINVD", AFTER)
{
	vmi(VMI_CALL_WBINVD);
}

/* --- Debug registers ---------------------------------------------------------------------- */
TEST("cpu", "debug registers keep addresses", AFTER)
{
	for (uint32_t i = 0; i < NR_BREAKPOINTS; i++) {
		uint32_t at = USER_VA + i * 4;

		vmi(VMI_CALL_SetDR, i, at);
		check_eq((uint32_t)vmi(VMI_CALL_GetDR, i), at);
		vmi(VMI_CALL_SetDR, i, 0);
		check_eq((uint32_t)vmi(VMI_CALL_GetDR, i), 0);
	}
}

TEST("cpu", "debug registers that do not exist", AFTER)
{
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 8), 0);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 0xffffffff), 0);
	vmi(VMI_CALL_SetDR, 8, 1);
	vmi(VMI_CALL_SetDR, 0xffffffff, 1);
}

TEST("cpu", "debug registers 4 and 5 are 6 and 7", AFTER)
{
	uint32_t cr4 = get(VMI_CALL_GetCR4);

	vmi(VMI_CALL_SetCR4, cr4 & ~(uint32_t)X86_CR4_DE);
	vmi(VMI_CALL_SetDR, 1, USER_VA);
	vmi(VMI_CALL_SetDR, 4, X86_DR6_DEFAULT | X86_DR6_BS);
	vmi(VMI_CALL_SetDR, 5, X86_DR7_DEFAULT | DR7_L1);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 4),
		 X86_DR6_DEFAULT | X86_DR6_BS);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 6),
		 X86_DR6_DEFAULT | X86_DR6_BS);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 5), X86_DR7_DEFAULT | DR7_L1);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 7), X86_DR7_DEFAULT | DR7_L1);
	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
	vmi(VMI_CALL_SetDR, 7, X86_DR7_DEFAULT);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 4), X86_DR6_DEFAULT);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 5), X86_DR7_DEFAULT);
	vmi(VMI_CALL_SetDR, 1, 0);
	vmi(VMI_CALL_SetCR4, cr4);
}

static uint32_t dr4;

static void call_get_dr4(void *arg)
{
	(void)arg;
	dr4 = (uint32_t)vmi(VMI_CALL_GetDR, 4);
}

static void call_set_dr4(void *arg)
{
	(void)arg;
	vmi(VMI_CALL_SetDR, 4, X86_DR6_DEFAULT | X86_DR6_BS);
}

/* A call may do nothing where the instruction faults. */
TEST("cpu", "debug registers 4 and 5 do not exist with CR4.DE", AFTER)
{
	uint32_t cr4 = get(VMI_CALL_GetCR4);
	int vector;

	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
	vmi(VMI_CALL_SetCR4, cr4 | X86_CR4_DE);
	dr4 = 0;
	vector = guarded(call_get_dr4, NULL);
	check(vector == -1 || vector == X86_EXC_UD);
	check_eq(dr4, 0);
	vector = guarded(call_set_dr4, NULL);
	check(vector == -1 || vector == X86_EXC_UD);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 6), X86_DR6_DEFAULT);
	vmi(VMI_CALL_SetCR4, cr4);
}

TEST("cpu", "a breakpoint of user code traps, and DR6 says which", AFTER)
{
	user_map();
	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
	vmi(VMI_CALL_SetDR, 0, USER(user_write));
	vmi(VMI_CALL_SetDR, 7, X86_DR7_DEFAULT | DR7_L0);
	user_call(USER(user_write), 1, USER_DATA, 0, 0);
	vmi(VMI_CALL_SetDR, 7, X86_DR7_DEFAULT);
	check_eq(last_trap.frame.vector, X86_EXC_DB);
	check_eq(last_trap.frame.eip, USER(user_write));
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 6) & DR6_B0, DR6_B0);
	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
	user_call(USER(user_write), 1, USER_DATA, 0, 0);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
}

TEST("cpu", "a watchpoint of user data traps after the write", AFTER)
{
	user_map();
	vmi(VMI_CALL_SetDR, 0, USER_DATA);
	vmi(VMI_CALL_SetDR, 7, X86_DR7_DEFAULT | DR7_L0 | DR7_L0_WRITE_4);
	user_call(USER(user_write), 0x77, USER_DATA, 0, 0);
	vmi(VMI_CALL_SetDR, 7, X86_DR7_DEFAULT);
	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
	check_eq(last_trap.frame.vector, X86_EXC_DB);
	check(last_trap.frame.eip > USER(user_write));
	check_eq(*(volatile uint32_t *)USER_DATA, 0x77);
}
