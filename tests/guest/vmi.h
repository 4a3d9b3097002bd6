/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMI calls as tests make them.
 *
 * Without a ROM each call is a few native instructions (native.S), so that
 * every expectation is proved on the processor's own rules first.
 *
 * vmi() loads all registers with known values, makes the call in the current
 * form, and compares what the contract in vmi-calls.def lets it change.  The
 * other wrappers are for the guest's own use.
 */
#ifndef GUEST_VMI_H
#define GUEST_VMI_H

#include "types.h"
#include "vmi-abi.h"

/* How vmi() calls: through a patched CALL, or indirectly. */
enum vmi_form {
	FORM_PATCHED,
	FORM_DIRECT,
	NR_FORMS
};
extern enum vmi_form vmi_form;

/** The ROM's header in place, NULL without one. */
extern const struct vmi_rom_header *vmi_rom;

/** Look for a ROM as Linux does; sets vmi_rom. */
void vmi_probe(void);
/** Call VMI_Init, ask for all relocations, patch the kernel's own places. */
void vmi_activate(void);
/** No ROM, or one that is not to be used: native code behind the calls. */
void vmi_native(void);
/** Is there something behind the call? */
bool vmi_offered(unsigned int nr);
/** What get_reloc said: kind and address. */
unsigned int vmi_kind(unsigned int nr);
uint32_t vmi_target(unsigned int nr);
/** Put something else behind a call: tests see it, the kernel's own places do
 *  not. */
void vmi_replace(unsigned int nr, uint32_t target);
/** Break what "break=NAME" on the command line says; list what there is. */
void mutate(void);
void mutants_list(void);
/** True once VMI_Init has returned 0. */
extern bool vmi_active;
/** CS before and after VMI_Init. */
extern uint16_t vmi_cs_before, vmi_cs_after;
/** Interrupt flag after VMI_Init, and after Linux's first SetInterruptMask, with
 *  what a pushf showed before. */
extern uint32_t vmi_flag_after[2];

/* --- A call with everything known ------------------------------------------- */
struct vmi_regs {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp, flags;
};
struct vmi_call_state {
	struct vmi_regs in, out;
	uint32_t st[2];
	uint32_t esp_before, esp_after;
	uint32_t target;
	uint32_t segs_before[6], segs_after[6];
};
extern struct vmi_call_state vmi_state;
/** Where the calls of vmi() have their stack end; 0: the caller's stack. */
extern uint32_t vmi_stack;

/** Make call @nr with arguments in EAX, EDX, ECX, ST0, ST1; result EDX:EAX.
 *  Skips the test when the call is not offered. */
uint64_t vmi5(unsigned int nr, uint32_t eax, uint32_t edx, uint32_t ecx,
	      uint32_t st0, uint32_t st1);
#define VMI_PICK(_1, _2, _3, _4, _5, _6, f, ...) f
#define vmi1(nr)				 vmi5(nr, 0, 0, 0, 0, 0)
#define vmi2(nr, a)				 vmi5(nr, a, 0, 0, 0, 0)
#define vmi3(nr, a, d)				 vmi5(nr, a, d, 0, 0, 0)
#define vmi4(nr, a, d, c)			 vmi5(nr, a, d, c, 0, 0)
#define vmi45(nr, a, d, c, s)			 vmi5(nr, a, d, c, s, 0)
/** vmi(nr [, eax [, edx [, ecx [, st0 [, st1]]]]]) */
#define vmi(...)                                                               \
	VMI_PICK(__VA_ARGS__, vmi5, vmi45, vmi4, vmi3, vmi2, vmi1)(__VA_ARGS__)
/** The same with ESI and EDI too. */
uint64_t vmi_string(unsigned int nr, uint32_t esi, uint32_t edi, uint32_t edx,
		    uint32_t ecx);

/** One TAP line for each call and form: did it keep its contract? */
void vmi_contract_results(void);

/* --- For the guest's own use, in any context ------------------------------------ */
/** Plain call by regparm(3), no checks. */
uint64_t vmi_quick(unsigned int nr, uint32_t eax, uint32_t edx, uint32_t ecx);
uint32_t vmi_cr2(void);
void vmi_kernel_stack(uint32_t esp0);

uint32_t irq_flag(void);
void irq_set(uint32_t flag);
void irq_on(void);
void irq_off(void);

#endif
