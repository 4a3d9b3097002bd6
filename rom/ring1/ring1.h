/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring-1 ROM: the reference ROM's calls behind a small monitor in ring 0.
 *
 * VMI_Init takes ring 0 from the guest: it goes on in ring 1, with copies of
 * its GDT and IDT in which what was for ring 0 is for ring 1.  IOPL is 1, so
 * the interrupt flag and ports are the guest's own; traps and interrupts go
 * straight to its handlers, on the stack for ring 1 in our TSS.  User code has
 * what ports the bitmap in the guest's TSS gives it: such an instruction is one
 * step with another IOPL.  Everything else that is privileged comes to the
 * monitor: calls through a call gate, plain instructions as protection faults.
 */
#ifndef RING1_H
#define RING1_H

#include "reference/rom-header.h"

#define RING1_CPU_SIZE	2048 /* variables and stack */
#define RING1_GATE_SIZE 8    /* of the stub of one call */
#define RING1_WAKE_SIZE 8    /* of the stub of one vector */
#define RING1_STEP_SIZE 16   /* the same */

/* Pages behind those of the reference ROM: IDTs, then processors. */
#define RING1_IDT_PAGE (DATA_REF_PAGES)
#define RING1_CPU_PAGE (DATA_REF_PAGES + 1)

/* The guest's descriptors come first, the monitor's last. */
#define RING1_GDT_ENTRIES 64
#define RING1_GUEST_GDT	  56
#define MON_CS		  (56 * 8)
#define MON_DS		  (57 * 8)
#define MON_TSS		  (58 * 8)
#define MON_GATE	  (59 * 8 + 1)

#ifndef __ASSEMBLER__
#include "reference/ref.h"

/* What entry.S saves; esp and ss are not there in a fault of the monitor. */
struct ring1_frame {
	uint32_t es, ds;
	uint32_t edi, esi, ebp, esp_unused, ebx, edx, ecx, eax;
	uint32_t error;
	uint32_t eip, cs, eflags, esp, ss;
};

struct ring1_cpu {
	union x86_desc gdt[RING1_GDT_ENTRIES];
	struct x86_tss tss;
	struct ring1_frame *frame; /* of what is being done */
	struct x86_dt_ptr guest_gdt, guest_idt;
	uint16_t guest_tr;
	uint32_t guest_tss, guest_tss_limit; /* 0: none */
	uint32_t sysenter[3]; /* MSRs, which are not set really */
	uint8_t scratch[16];  /* an instruction to be executed */
	/* A step of user code: gates for what can end it, what it began with. */
	uint64_t step_idt[X86_EXC_MC + 1];
	uint32_t step_flags, step_dr6;
};
_Static_assert(sizeof(struct ring1_cpu) <= RING1_CPU_SIZE - 1024,
	       "a stack behind it");

struct ring1_idts {
	uint64_t guest[X86_NR_VECTORS]; /* the guest's gates, for ring 1 */
	uint64_t halt[X86_NR_VECTORS];	/* while ring 0 waits in HLT */
};

struct ring1_cpu *ring1_cpu(void);
struct ring1_idts *ring1_idts(void);
/* Ring 0's part of VMI_Init. */
void ring1_init(void);
/* Another processor, before its guest runs. */
void ring1_ap_start(const struct vmi_ap_state *s)
	__attribute__((visibility("hidden")));
/* Everything of the calling processor, from the guest's tables. */
void ring1_cpu_init(const struct x86_dt_ptr *gdt, const struct x86_dt_ptr *idt,
		    uint16_t tr);
/* Make the guest go on in its handler of @vector. */
void ring1_inject(struct ring1_cpu *c, struct ring1_frame *f, uint32_t vector,
		  bool has_error);
void ring1_load_idt(const uint64_t *table, uint32_t entries);
/* Wait for an interrupt; deliver it. */
void ring1_wait(struct ring1_cpu *c, struct ring1_frame *f);
void ring1_panic(const char *why, uint32_t value) __noreturn;

_Static_assert(2 * MAX_CPUS * RING1_CPU_SIZE == 4 * PAGE_SIZE, "two pages");

/* entry.S */
#define RING1_LABEL(name)                                                      \
	extern const uint8_t name[] __attribute__((visibility("hidden")))
RING1_LABEL(ring1_gate_entry);
RING1_LABEL(ring1_gp_entry);
RING1_LABEL(ring1_wake_stubs);
RING1_LABEL(ring1_step_stubs);
RING1_LABEL(ring1_exec_fault);
RING1_LABEL(ring1_pops);
RING1_LABEL(ring1_pops_end);
/* HLT with interrupts on; the vector that ended it. */
uint32_t ring1_hlt(void);
/* Execute @code with the frame's registers: 0, or -1 when it faulted. */
int ring1_exec(struct ring1_frame *f, const uint8_t *code);

/* Called by entry.S. */
void ring1_gp(struct ring1_frame *f);
void ring1_stepped(struct ring1_frame *f, uint32_t vector);
void ring1_call(struct ring1_frame *f);

void ring1_SetGDT(const struct x86_dt_ptr *p);
void ring1_SetLDT(uint32_t sel);
void ring1_SetIDT(const struct x86_dt_ptr *p);
void ring1_SetTR(uint32_t sel);
void ring1_GetGDT(struct x86_dt_ptr *p);
void ring1_GetIDT(struct x86_dt_ptr *p);
uint32_t ring1_GetTR(void);
void ring1_WriteGDTEntry(uint32_t *table, uint32_t index, uint32_t low,
			 uint32_t high);
void ring1_WriteIDTEntry(uint32_t *table, uint32_t index, uint32_t low,
			 uint32_t high);
void ring1_UpdateKernelStack(uint32_t ss0, uint32_t esp0);
void ring1_SetIOPLMask(uint32_t mask);
void ring1_Halt(void);
#endif
#endif
