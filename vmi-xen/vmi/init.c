/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ROM in guest memory, VMI_Init and get_reloc.
 *
 * VMI calls: VMI_Init, get_reloc.
 * Hypercalls: update_descriptor, set_trap_table, set_callbacks, stack_switch.
 * Flow: ROM -> dispatch.S (a HLT, #GP in ring 2) -> trap/protection.c -> here.
 */
#include "cpu/control.h"
#include "cpu/cr.h"
#include "cpu/desc.h"
#include "cpu/irq.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "trap/traps.h"
#include "vmi-abi.h"
#include "vmi/vmi.h"
#include "x86-defs.h"
#include "xen-rom.h"

#define ROM_PAGES   ((ROM_AREA_END - ROM_AREA_START) >> PAGE_SHIFT)
#define EMPTY_BYTE  0xff
#define KERNEL_UNIT 0x08000000u /* kernels are linked at a multiple of it */
#define RPL	    3u

extern const uint8_t vmi_init_entry[], vmi_init_hlt[], vmi_reloc_entry[];
extern const uint32_t vmi_call_eip[VMI_NR_CALLS];
extern const uint32_t vmi_traced_eip[VMI_NR_CALLS];
extern const uint8_t event_upcall[], failsafe_callback[];

void rom_install(struct machine *m)
{
	static uint8_t page[PAGE_SIZE]; /* start of day only */
	struct shadow_vcpu *v = &vcpu0.shadow;
	const gpa_t start = ROM_AREA_START;

	for (uint32_t i = 0; i < ROM_PAGES; i++) {
		memset(page, EMPTY_BYTE, sizeof(page));
		if (i == 0 &&
		    !xen_rom_build(page, sizeof(page), WINDOW_BASE,
				   (uint32_t)(uintptr_t)vmi_init_entry,
				   (uint32_t)(uintptr_t)vmi_reloc_entry))
			panic("the ROM does not fit a page");
		guest_write_phys(&m->mmu, v, start + i * PAGE_SIZE, page,
				 PAGE_SIZE);
	}
	for (uint32_t i = 0; i < ROM_PAGES; i++) {
		gfn_t g = gfn((ROM_AREA_START >> PAGE_SHIFT) + i);

		p2m_set(&m->mmu, g, p2m_mfn(&m->mmu, g), true);
	}
}

/* --- get_reloc ------------------------------------------------------------*/
#define NONE			       VMI_RELOC_NONE
#define CALL			       VMI_RELOC_CALL
#define JUMP			       VMI_RELOC_JUMP
#define NOP			       VMI_RELOC_NOP
#define VMI_CALL(nr, name, reloc, ...) [nr] = (reloc),
static const uint8_t reloc_kind[VMI_NR_CALLS] = {
#include "vmi-calls.def"
};
#undef NONE
#undef CALL
#undef JUMP
#undef NOP

/* From dispatch.S, in the guest's ring: looks at tables only. */
uint64_t vmi_get_reloc(uint32_t nr);
uint64_t vmi_get_reloc(uint32_t nr)
{
	const uint32_t *eip =
		trace_wants(TRACE_CALL) ? vmi_traced_eip : vmi_call_eip;

	if (nr >= VMI_NR_CALLS)
		return 0;
	return ((uint64_t)reloc_kind[nr] << 32) | eip[nr];
}

/* --- VMI_Init -------------------------------------------------------------*/
bool vmi_init_called(const struct cpu_regs *regs)
{
	/* User code may stand at any EIP. */
	return regs->eip == (uint32_t)(uintptr_t)vmi_init_hlt &&
	       (regs->cs & RPL) == 2;
}

static uint16_t to_ring(const struct vcpu *v, uint32_t sel)
{
	if (!(sel & ~RPL))
		return (uint16_t)sel;
	return (uint16_t)((sel & ~RPL) | v->ring);
}

/* FS and GS may hold an RPL that is too weak now. */
static void data_segments(struct cpu_regs *regs)
{
	uint32_t fs, gs;

	__asm__ volatile("mov %%fs, %0; mov %%gs, %1" : "=r"(fs), "=r"(gs));
	if ((fs & RPL) == 2)
		__asm__ volatile("mov %0, %%fs" : : "r"(fs & ~RPL));
	if ((gs & RPL) == 2)
		__asm__ volatile("mov %0, %%gs" : : "r"(gs & ~RPL));
	if ((regs->ds & RPL) == 2)
		regs->ds &= ~RPL;
	if ((regs->es & RPL) == 2)
		regs->es &= ~RPL;
}

/* The stack that traps from user mode get, as the TSS has it. */
static void kernel_stack(struct vcpu *v, const struct cpu_regs *regs)
{
	uint32_t words[2] = { regs->esp, regs->ss };
	struct guest_fault f;

	if (v->tss_limit >= X86_TSS_SS0 + 1)
		guest_read(&v->machine->mmu, &v->shadow, words,
			   v->tss_base + X86_TSS_ESP0, sizeof(words), 0, &f);
	v->kernel_esp = words[0];
	v->kernel_ss =
		words[1] & 0xfffc ? to_ring(v, words[1] & 0xffff) : regs->ss;
	if (v->kernel_esp == 0)
		v->kernel_esp = regs->esp;
	xen_stack_switch(v->kernel_ss, v->kernel_esp);
}

/* Continue on the guest's stack: Xen's frame without ESP and SS. */
static void __noreturn continue_on(struct vcpu *v, const struct cpu_regs *regs)
{
	const uint32_t len = offsetof(struct cpu_regs, esp);
	uint32_t esp = regs->esp - len;
	struct guest_fault f;

	if (!guest_write(&v->machine->mmu, &v->shadow, esp, regs, len, 0, &f) ||
	    !shadow_ensure_stack(&v->machine->mmu, &v->shadow, esp + len,
				 len + PAGE_SIZE / 2))
		guest_crash(v, regs,
			    "VMI_Init on a stack that is not mapped writable");
	__asm__ volatile("mov %0, %%ss\n\t"
			 "mov %1, %%esp\n\t"
			 "jmp trap_resume"
			 :
			 : "r"(regs->ss), "r"(esp)
			 : "memory");
	__builtin_unreachable();
}

/*
 * In ring 1 Xen answers RDMSR of EFER itself, with NX on, and a write of what
 * it says passes unseen: the pager must believe the same.
 */
static void take_xens_efer(struct vcpu *v)
{
	if (v->machine->mmu.has_nx)
		msr_write(v, MSR_EFER, v->efer | X86_EFER_NX);
}

void __noreturn vmi_init(struct vcpu *v, struct cpu_regs *regs)
{
	struct mmu *mmu = &v->machine->mmu;
	struct guest_fault f;
	uint32_t ret;

	if (!guest_read(mmu, &v->shadow, &ret, regs->esp, sizeof(ret), 0, &f))
		guest_crash(v, regs, "VMI_Init without a return address");
	regs->eip = ret;
	regs->esp += sizeof(ret);
	regs->eax = VMI_INIT_OK;

	step_end(v);
	v->mode = CPU_VMI;
	v->short_faults = !v->gdt_stale;
	v->ring = 1;
	v->sti_blocked = 1;
	regs->cs = to_ring(v, regs->cs);
	regs->ss = to_ring(v, regs->ss);
	regs->eflags &= ~(uint32_t)X86_EFLAGS_IF;
	if (v->vif_ring2)
		regs->eflags |= X86_EFLAGS_IF;
	data_segments(regs);
	desc_gdt_load(v, regs);
	v->kernel_cs = regs->cs;
	take_xens_efer(v);
	shadow_vmi_init(mmu, &v->shadow, ret & ~(KERNEL_UNIT - 1));
	idt_load(v);
	xen_set_upcall(v->kernel_cs, (uint32_t)(uintptr_t)event_upcall,
		       (uint32_t)(uintptr_t)failsafe_callback);
	kernel_stack(v, regs);
	irq_refresh(v);
	log_info(VMI, "VMI_Init: kernel at %#x, %s, CS %#x",
		 ret & ~(KERNEL_UNIT - 1),
		 v->cr4 & X86_CR4_PAE ? "PAE" : "non-PAE", regs->cs);
	control_state("vmi");
	continue_on(v, regs);
}
