/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frame numbers and addresses, boxed so that mixing them is a compile error.
 *
 * gfn: what the guest believes is physical.  pfn: Xen's pseudo-physical frame
 * of the domain, the p2m list's index.  mfn: machine frame, only for Xen.
 * Guest-visible addresses are plain integers and never C pointers, so that one
 * source is right for -m32 and -m64.
 */
#ifndef VMI_TYPES_H
#define VMI_TYPES_H

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint32_t v;
} gfn_t;
typedef struct {
	uint32_t v;
} pfn_t;
typedef struct {
	uint32_t v;
} mfn_t;

typedef uint32_t gva_t;	  /* guest linear address */
typedef uint64_t gpa_t;	  /* guest-physical address */
typedef uint64_t maddr_t; /* machine address */

static inline gfn_t gfn(uint32_t v)
{
	return (gfn_t){ v };
}
static inline pfn_t pfn(uint32_t v)
{
	return (pfn_t){ v };
}
static inline mfn_t mfn(uint32_t v)
{
	return (mfn_t){ v };
}
static inline uint32_t gfn_x(gfn_t g)
{
	return g.v;
}
static inline uint32_t pfn_x(pfn_t p)
{
	return p.v;
}
static inline uint32_t mfn_x(mfn_t m)
{
	return m.v;
}

#define INVALID_FRAME 0xffffffffu
#define INVALID_GFN   ((gfn_t){ INVALID_FRAME })
#define INVALID_PFN   ((pfn_t){ INVALID_FRAME })
#define INVALID_MFN   ((mfn_t){ INVALID_FRAME })

#define ARRAY_SIZE(a)  (sizeof(a) / sizeof((a)[0]))
#define BIT(n)	       (1u << (n))
#define __must_check   __attribute__((warn_unused_result))
#define __noreturn     __attribute__((noreturn))
#define __noinline     __attribute__((noinline))
#define __packed       __attribute__((packed))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define barrier()      __asm__ volatile("" ::: "memory")
#endif /* !__ASSEMBLER__ */

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096
#define PAGE_MASK  0xfff /* offset in page */

#endif
