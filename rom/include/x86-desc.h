/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Segments: selectors, descriptors, gates, the task state segment.
 *
 * Named as in the manual: Intel SDM volume 3, chapters 3 and 7.
 */
#ifndef X86_DESC_H
#define X86_DESC_H

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
#endif /* !__ASSEMBLER__ */
#endif
