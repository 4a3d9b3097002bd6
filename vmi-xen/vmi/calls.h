/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prototypes of the handlers that dispatch.S calls, as vmi-calls.def has
 * them.  Context: ring 1, adapter stack; upcalls may be on and are deferred.
 */
#ifndef VMI_VMI_CALLS_H
#define VMI_VMI_CALLS_H

#include "types.h"

/* Class FRAME: what pusha left. */
struct vmi_frame {
	uint32_t edi, esi, ebp, _esp, ebx, edx, ecx, eax;
	uint32_t eflags;
};

/* calls-cpu.c */
void vmi_cpuid(struct vmi_frame *f);
void vmi_wrmsr(uint32_t lo, uint32_t hi, uint32_t msr);
uint64_t vmi_rdmsr(uint32_t eax, uint32_t edx, uint32_t msr);
void vmi_set_cr0(uint32_t value);
void vmi_set_cr2(uint32_t value);
void vmi_set_cr4(uint32_t value);
uint32_t vmi_get_cr0(void);
uint32_t vmi_get_cr2(void);
uint32_t vmi_get_cr3(void);
uint32_t vmi_get_cr4(void);
void vmi_clts(void);
void vmi_wbinvd(void);
void vmi_set_dr(uint32_t nr, uint32_t value);
uint32_t vmi_get_dr(uint32_t nr);
uint64_t vmi_rdpmc(void);
uint64_t vmi_rdtsc(void);
void vmi_halt(void);
void vmi_reboot(uint32_t how);
void vmi_shutdown(void);
void vmi_set_initial_ap_state(gva_t state, uint32_t apic_id);

/* calls-desc.c */
void vmi_set_gdt(gva_t ptr);
void vmi_set_ldt(uint32_t selector);
void vmi_set_idt(gva_t ptr);
void vmi_set_tr(uint32_t selector);
void vmi_get_gdt(gva_t ptr);
uint32_t vmi_get_ldt(void);
void vmi_get_idt(gva_t ptr);
uint32_t vmi_get_tr(void);
void vmi_write_gdt_entry(gva_t table, uint32_t index, uint32_t lo, uint32_t hi);
void vmi_write_ldt_entry(gva_t table, uint32_t index, uint32_t lo, uint32_t hi);
void vmi_write_idt_entry(gva_t table, uint32_t index, uint32_t lo, uint32_t hi);
void vmi_update_kernel_stack(uint32_t ss0, uint32_t esp0);

/* calls-mmu.c */
void vmi_set_cr3(uint32_t value);
void vmi_set_pxe(uint32_t value, gva_t entry, uint32_t flags);
void vmi_set_pxe_long(uint32_t lo, uint32_t hi, gva_t entry, uint32_t flags);
void vmi_update_pxe(gva_t entry, uint32_t flags);
void vmi_update_pxe_long(gva_t entry, uint32_t flags);
void vmi_allocate_page(uint32_t frame, uint32_t flags, uint32_t from,
		       uint32_t first, uint32_t count);
void vmi_release_page(uint32_t frame, uint32_t flags);
void vmi_inval_page(gva_t va);
void vmi_flush_tlb(uint32_t flags);
void vmi_set_linear_mapping(uint32_t slot, gva_t va, uint32_t pages,
			    uint32_t frame);
void vmi_set_lazy_mode(uint32_t mode);

/* calls-io.c */
void vmi_in(struct vmi_frame *f, uint32_t nr);
void vmi_out(struct vmi_frame *f, uint32_t nr);
void vmi_ins(struct vmi_frame *f, uint32_t nr);
void vmi_outs(struct vmi_frame *f, uint32_t nr);
void vmi_set_iopl_mask(uint32_t flags);
void vmi_apic_write(uint32_t reg, uint32_t value);
uint32_t vmi_apic_read(uint32_t reg);

/* calls-time.c */
uint64_t vmi_get_cycle_frequency(void);
uint64_t vmi_get_cycle_counter(uint32_t which);
void vmi_set_alarm(uint32_t flags, uint32_t expiry_lo, uint32_t expiry_hi,
		   uint32_t period_lo, uint32_t period_hi);
uint32_t vmi_cancel_alarm(uint32_t flags);
uint64_t vmi_get_wallclock_time(void);
uint32_t vmi_wallclock_updated(void);

#endif
