/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One-instruction wrappers, with full constraints.
 *
 * Where an instruction faults in ring 1 it is the business of whoever catches
 * the trap; nothing here knows about rings.
 */
#ifndef X86_INSN_H
#define X86_INSN_H

#include "x86-defs.h"

/* Linear address to pointer and back: a cast in one place. */
static inline void *x86_ptr(uint32_t addr)
{
	return (void *)(uintptr_t)addr;
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}
static inline uint16_t inw(uint16_t port)
{
	uint16_t v;

	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}
static inline uint32_t inl(uint16_t port)
{
	uint32_t v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}
static inline void outb(uint8_t v, uint16_t port)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port) : "memory");
}
static inline void outw(uint16_t v, uint16_t port)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port) : "memory");
}
static inline void outl(uint32_t v, uint16_t port)
{
	__asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void x86_cli(void)
{
	__asm__ volatile("cli" : : : "memory", "cc");
}
static inline void x86_sti(void)
{
	__asm__ volatile("sti" : : : "memory", "cc");
}
static inline void x86_hlt(void)
{
	__asm__ volatile("hlt" : : : "memory");
}
/* No interrupt is taken between the two. */
static inline void x86_sti_hlt(void)
{
	__asm__ volatile("sti; hlt" : : : "memory", "cc");
}
static inline void x86_pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}
static inline void x86_wbinvd(void)
{
	__asm__ volatile("wbinvd" : : : "memory");
}
static inline void x86_clts(void)
{
	__asm__ volatile("clts" : : : "memory");
}
static inline void x86_ud2(void)
{
	__asm__ volatile("ud2");
}
static inline void x86_invlpg(uint32_t va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(x86_ptr(va)) : "memory");
}

static inline uint32_t x86_read_flags(void)
{
	uint32_t v;

	__asm__ volatile("pushfl; popl %0" : "=r"(v) : : "memory");
	return v;
}
static inline void x86_write_flags(uint32_t v)
{
	__asm__ volatile("pushl %0; popfl" : : "r"(v) : "memory", "cc");
}

#define X86_CR_ACCESSORS(n)                                                    \
	static inline uint32_t x86_read_cr##n(void)                            \
	{                                                                      \
		uint32_t v;                                                    \
                                                                               \
		__asm__ volatile("movl %%cr" #n ", %0"                         \
				 : "=r"(v)                                     \
				 :                                             \
				 : "memory");                                  \
		return v;                                                      \
	}                                                                      \
	static inline void x86_write_cr##n(uint32_t v)                         \
	{                                                                      \
		__asm__ volatile("movl %0, %%cr" #n : : "r"(v) : "memory");    \
	}
/* Host tests include this file for its other half. */
#ifdef __i386__
X86_CR_ACCESSORS(0)
X86_CR_ACCESSORS(2)
X86_CR_ACCESSORS(3)
X86_CR_ACCESSORS(4)

#define X86_DR_ACCESSORS(n)                                                    \
	static inline uint32_t x86_read_dr##n(void)                            \
	{                                                                      \
		uint32_t v;                                                    \
                                                                               \
		__asm__ volatile("movl %%dr" #n ", %0" : "=r"(v));             \
		return v;                                                      \
	}                                                                      \
	static inline void x86_write_dr##n(uint32_t v)                         \
	{                                                                      \
		__asm__ volatile("movl %0, %%dr" #n : : "r"(v));               \
	}
X86_DR_ACCESSORS(0)
X86_DR_ACCESSORS(1)
X86_DR_ACCESSORS(2)
X86_DR_ACCESSORS(3)
X86_DR_ACCESSORS(6)
X86_DR_ACCESSORS(7)
#endif

#define X86_SEG_ACCESSORS(seg)                                                 \
	static inline uint16_t x86_read_##seg(void)                            \
	{                                                                      \
		uint16_t v;                                                    \
                                                                               \
		__asm__ volatile("movw %%" #seg ", %0" : "=r"(v));             \
		return v;                                                      \
	}                                                                      \
	static inline void x86_write_##seg(uint16_t v)                         \
	{                                                                      \
		__asm__ volatile("movw %0, %%" #seg : : "r"(v) : "memory");    \
	}
X86_SEG_ACCESSORS(ds)
X86_SEG_ACCESSORS(es)
X86_SEG_ACCESSORS(fs)
X86_SEG_ACCESSORS(gs)
X86_SEG_ACCESSORS(ss)
static inline uint16_t x86_read_cs(void)
{
	uint16_t v;

	__asm__ volatile("movw %%cs, %0" : "=r"(v));
	return v;
}

static inline void x86_lgdt(const struct x86_dt_ptr *p)
{
	__asm__ volatile("lgdt %0" : : "m"(*p) : "memory");
}
static inline void x86_lidt(const struct x86_dt_ptr *p)
{
	__asm__ volatile("lidt %0" : : "m"(*p) : "memory");
}
static inline void x86_sgdt(struct x86_dt_ptr *p)
{
	__asm__ volatile("sgdt %0" : "=m"(*p));
}
static inline void x86_sidt(struct x86_dt_ptr *p)
{
	__asm__ volatile("sidt %0" : "=m"(*p));
}
static inline void x86_lldt(uint16_t sel)
{
	__asm__ volatile("lldt %0" : : "r"(sel) : "memory");
}
static inline uint16_t x86_sldt(void)
{
	uint16_t v;

	__asm__ volatile("sldt %0" : "=r"(v));
	return v;
}
static inline void x86_ltr(uint16_t sel)
{
	__asm__ volatile("ltr %0" : : "r"(sel) : "memory");
}
static inline uint16_t x86_str(void)
{
	uint16_t v;

	__asm__ volatile("str %0" : "=r"(v));
	return v;
}
static inline uint32_t x86_smsw(void)
{
	uint32_t v;

	__asm__ volatile("smsw %0" : "=r"(v));
	return v;
}
/* False: ZF clear, the selector is not valid for this. */
static inline bool x86_lar(uint16_t sel, uint32_t *rights)
{
	uint32_t v = 0;
	bool ok;

	__asm__ volatile("larl %2, %0"
			 : "+r"(v), "=@ccz"(ok)
			 : "r"((uint32_t)sel));
	*rights = v;
	return ok;
}
static inline bool x86_lsl(uint16_t sel, uint32_t *limit)
{
	uint32_t v = 0;
	bool ok;

	__asm__ volatile("lsll %2, %0"
			 : "+r"(v), "=@ccz"(ok)
			 : "r"((uint32_t)sel));
	*limit = v;
	return ok;
}
static inline bool x86_verr(uint16_t sel)
{
	bool ok;

	__asm__ volatile("verr %1" : "=@ccz"(ok) : "r"(sel));
	return ok;
}
static inline bool x86_verw(uint16_t sel)
{
	bool ok;

	__asm__ volatile("verw %1" : "=@ccz"(ok) : "r"(sel));
	return ok;
}

static inline uint64_t x86_rdtsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return ((uint64_t)hi << 32) | lo;
}
static inline uint64_t x86_rdpmc(uint32_t counter)
{
	uint32_t lo, hi;

	__asm__ volatile("rdpmc" : "=a"(lo), "=d"(hi) : "c"(counter));
	return ((uint64_t)hi << 32) | lo;
}
static inline uint64_t x86_rdmsr(uint32_t msr)
{
	uint32_t lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
	return ((uint64_t)hi << 32) | lo;
}
static inline void x86_wrmsr(uint32_t msr, uint64_t val)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)val),
			   "d"((uint32_t)(val >> 32))
			 : "memory");
}

struct x86_cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct x86_cpuid x86_cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct x86_cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf)
			 : "memory");
	return r;
}

/* Atomic: returns the old value. */
static inline uint32_t x86_xchg32(volatile uint32_t *p, uint32_t v)
{
	__asm__ volatile("xchgl %0, %1" : "+r"(v), "+m"(*p) : : "memory");
	return v;
}
static inline uint32_t x86_cmpxchg32(volatile uint32_t *p, uint32_t old,
				     uint32_t val)
{
	__asm__ volatile("lock cmpxchgl %2, %1"
			 : "+a"(old), "+m"(*p)
			 : "r"(val)
			 : "memory", "cc");
	return old;
}
/* Index of the lowest or highest bit; @v is not zero. */
static inline unsigned int x86_bsf(uint32_t v)
{
	uint32_t r;

	__asm__("bsfl %1, %0" : "=r"(r) : "r"(v) : "cc");
	return r;
}
static inline unsigned int x86_bsr(uint32_t v)
{
	uint32_t r;

	__asm__("bsrl %1, %0" : "=r"(r) : "r"(v) : "cc");
	return r;
}

#endif
