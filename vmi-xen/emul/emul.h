/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An instruction emulator for 32-bit and 16-bit protected mode: what traps in a ring that is not 0,
 * and what touches memory that is a device.
 *
 * Pure: everything outside the general registers is reached through struct
 * emul_ops.  A fault of the instruction's own leaves the registers as they
 * were (string instructions: as after the last whole step).
 * Source: Intel SDM volume 2.
 */
#ifndef VMI_EMUL_EMUL_H
#define VMI_EMUL_EMUL_H

#include "types.h"

enum {
	R_EAX,
	R_ECX,
	R_EDX,
	R_EBX,
	R_ESP,
	R_EBP,
	R_ESI,
	R_EDI,
	NR_GPR
};
enum {
	S_ES,
	S_CS,
	S_SS,
	S_DS,
	S_FS,
	S_GS,
	NR_SEG
};

struct emul_regs {
	uint32_t gpr[NR_GPR];
	uint32_t eip, eflags;
	uint16_t seg[NR_SEG];
};

struct emul_fault {
	uint8_t vector;
	uint32_t error, cr2;
};

#define EMUL_INSN_MAX 15

struct emul;

struct emul_ops {
	/**
	 * Memory at linear address @va, any length up to 8.  False: e->fault
	 * says why, and nothing was written.
	 */
	bool (*read)(struct emul *e, uint32_t va, void *dst, uint32_t len);
	bool (*write)(struct emul *e, uint32_t va, const void *src,
		      uint32_t len);
	/** Instruction bytes; the number that could be read, up to @len. */
	uint32_t (*fetch)(struct emul *e, uint32_t va, void *dst, uint32_t len);
	uint32_t (*seg_base)(struct emul *e, unsigned int seg);

	/** May the code execute privileged instructions? IN, OUT of @port? */
	bool (*is_kernel)(struct emul *e);
	bool (*may_io)(struct emul *e, uint16_t port, unsigned int size);
	uint32_t (*in)(struct emul *e, uint16_t port, unsigned int size);
	void (*out)(struct emul *e, uint16_t port, unsigned int size,
		    uint32_t value);

	/* From here on false means #GP(0), unless e->fault says otherwise. */
	bool (*cr_read)(struct emul *e, unsigned int cr, uint32_t *value);
	bool (*cr_write)(struct emul *e, unsigned int cr, uint32_t value);
	bool (*dr_read)(struct emul *e, unsigned int dr, uint32_t *value);
	bool (*dr_write)(struct emul *e, unsigned int dr, uint32_t value);
	bool (*msr_read)(struct emul *e, uint32_t msr, uint64_t *value);
	bool (*msr_write)(struct emul *e, uint32_t msr, uint64_t value);
	bool (*load_gdt)(struct emul *e, uint32_t base, uint16_t limit);
	bool (*load_idt)(struct emul *e, uint32_t base, uint16_t limit);
	bool (*load_ldt)(struct emul *e, uint16_t selector);
	bool (*load_tr)(struct emul *e, uint16_t selector);
	/** Load a segment register other than CS. */
	bool (*load_seg)(struct emul *e, unsigned int seg, uint16_t selector);
	/** Far transfer: sets CS and EIP. */
	bool (*jump)(struct emul *e, uint16_t selector, uint32_t eip);
	/** IRET to what was on the stack: sets CS, EIP and EFLAGS. */
	bool (*iret)(struct emul *e, uint32_t eip, uint32_t cs,
		     uint32_t eflags);

	bool (*set_if)(struct emul *e, bool on);

	void (*clts)(struct emul *e);
	void (*invlpg)(struct emul *e, uint32_t va);
	void (*hlt)(struct emul *e);
};

struct emul {
	struct emul_regs regs;
	const struct emul_ops *ops;
	void *opaque;
	/*
	 * Set by the caller: the #GP that brought it here, which stands when
	 * the instruction is none of those that trap outside ring 0.
	 * Set by emul_one(): what is to be delivered.
	 */
	struct emul_fault fault;
	bool only_system;
	/* Set by the caller: the D bit of CS, the B bit of SS is clear. */
	bool code16, stack16;
	/* After EMUL_UNKNOWN: what it was. */
	uint8_t bytes[EMUL_INSN_MAX];
	uint32_t nr_bytes;
};

enum emul_result {
	EMUL_DONE,
	EMUL_STEPPED, /* done, with TF set: #DB is due, by DR6.BS */
	EMUL_FAULT,   /* e->fault is to be delivered */
	EMUL_UNKNOWN, /* e->bytes */
};

/** Emulate the instruction at CS:EIP. */
enum emul_result emul_one(struct emul *e);

#endif
