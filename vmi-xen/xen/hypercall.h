/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercalls of a 32-bit PV domain: int $0x82, number in EAX, arguments in
 * EBX ECX EDX ESI EDI, result in EAX.  A debug build of Xen trashes the
 * argument registers: they are clobbered here.
 *
 * Source: xen/arch-x86/xen-x86_32.h and the public header of each call.
 * Only files in xen/ and boot/ include this.
 */
#ifndef VMI_XEN_HYPERCALL_H
#define VMI_XEN_HYPERCALL_H

#include "types.h"
#include "lib/counters.h"
#include "lib/trace.h"
#include <xen/xen.h>

#define HYPERCALL_VECTOR "0x82"

/* One instruction, and two more for the question. */
static inline void hypercall_done(uint32_t nr, uint32_t a1, int32_t rc)
{
	counters.hypercalls[nr & (COUNTERS_HYPERCALLS - 1)]++;
	if (trace_wants(TRACE_HYPERCALL))
		trace_add(TRACE_HYPERCALL, nr, a1, (uint32_t)rc);
}

static inline int32_t hypercall5(uint32_t nr, uint32_t a1, uint32_t a2,
				 uint32_t a3, uint32_t a4, uint32_t a5)
{
	uint32_t first = a1;
	int32_t rc;

	__asm__ volatile("int $" HYPERCALL_VECTOR
			 : "=a"(rc), "+b"(a1), "+c"(a2), "+d"(a3), "+S"(a4),
			   "+D"(a5)
			 : "0"(nr)
			 : "memory");
	hypercall_done(nr, first, rc);
	return rc;
}

static inline int32_t hypercall4(uint32_t nr, uint32_t a1, uint32_t a2,
				 uint32_t a3, uint32_t a4)
{
	uint32_t first = a1;
	int32_t rc;

	__asm__ volatile("int $" HYPERCALL_VECTOR
			 : "=a"(rc), "+b"(a1), "+c"(a2), "+d"(a3), "+S"(a4)
			 : "0"(nr)
			 : "memory");
	hypercall_done(nr, first, rc);
	return rc;
}

static inline int32_t hypercall3(uint32_t nr, uint32_t a1, uint32_t a2,
				 uint32_t a3)
{
	uint32_t first = a1;
	int32_t rc;

	__asm__ volatile("int $" HYPERCALL_VECTOR
			 : "=a"(rc), "+b"(a1), "+c"(a2), "+d"(a3)
			 : "0"(nr)
			 : "memory");
	hypercall_done(nr, first, rc);
	return rc;
}

static inline int32_t hypercall2(uint32_t nr, uint32_t a1, uint32_t a2)
{
	uint32_t first = a1;
	int32_t rc;

	__asm__ volatile("int $" HYPERCALL_VECTOR
			 : "=a"(rc), "+b"(a1), "+c"(a2)
			 : "0"(nr)
			 : "memory");
	hypercall_done(nr, first, rc);
	return rc;
}

static inline int32_t hypercall1(uint32_t nr, uint32_t a1)
{
	uint32_t first = a1;
	int32_t rc;

	__asm__ volatile("int $" HYPERCALL_VECTOR
			 : "=a"(rc), "+b"(a1)
			 : "0"(nr)
			 : "memory");
	hypercall_done(nr, first, rc);
	return rc;
}

/** A pointer as a hypercall takes it. */
static inline uint32_t hc_ptr(const volatile void *p)
{
	return (uint32_t)(uintptr_t)p;
}

static inline int hypercall_set_trap_table(const void *table)
{
	return hypercall1(__HYPERVISOR_set_trap_table, hc_ptr(table));
}
static inline int hypercall_mmu_update(const void *req, uint32_t n,
				       uint32_t *done)
{
	return hypercall4(__HYPERVISOR_mmu_update, hc_ptr(req), n, hc_ptr(done),
			  DOMID_SELF);
}
static inline int hypercall_set_gdt(const uint32_t *frames, uint32_t entries)
{
	return hypercall2(__HYPERVISOR_set_gdt, hc_ptr(frames), entries);
}
static inline int hypercall_stack_switch(uint32_t ss, uint32_t esp)
{
	return hypercall2(__HYPERVISOR_stack_switch, ss, esp);
}
static inline int hypercall_fpu_taskswitch(uint32_t set)
{
	return hypercall1(__HYPERVISOR_fpu_taskswitch, set);
}
static inline int hypercall_set_debugreg(uint32_t reg, uint32_t value)
{
	return hypercall2(__HYPERVISOR_set_debugreg, reg, value);
}
static inline uint32_t hypercall_get_debugreg(uint32_t reg)
{
	return (uint32_t)hypercall1(__HYPERVISOR_get_debugreg, reg);
}
static inline int hypercall_update_descriptor(uint64_t maddr, uint64_t desc)
{
	return hypercall4(__HYPERVISOR_update_descriptor, (uint32_t)maddr,
			  (uint32_t)(maddr >> 32), (uint32_t)desc,
			  (uint32_t)(desc >> 32));
}
static inline int hypercall_update_va_mapping(uint32_t va, uint64_t val,
					      uint32_t flags)
{
	return hypercall4(__HYPERVISOR_update_va_mapping, va, (uint32_t)val,
			  (uint32_t)(val >> 32), flags);
}
static inline int hypercall_set_callbacks(uint32_t cs, uint32_t event,
					  uint32_t fs_cs, uint32_t failsafe)
{
	return hypercall4(__HYPERVISOR_set_callbacks, cs, event, fs_cs,
			  failsafe);
}
static inline int hypercall_sched_op(uint32_t cmd, const void *arg)
{
	return hypercall2(__HYPERVISOR_sched_op, cmd, hc_ptr(arg));
}
static inline int hypercall_event_channel_op(uint32_t cmd, void *arg)
{
	return hypercall2(__HYPERVISOR_event_channel_op, cmd, hc_ptr(arg));
}
static inline int hypercall_xen_version(uint32_t cmd, void *arg)
{
	return hypercall2(__HYPERVISOR_xen_version, cmd, hc_ptr(arg));
}
static inline int hypercall_console_io(uint32_t cmd, uint32_t count,
				       const char *text)
{
	return hypercall3(__HYPERVISOR_console_io, cmd, count, hc_ptr(text));
}
static inline int hypercall_vcpu_op(uint32_t cmd, uint32_t vcpu, void *arg)
{
	return hypercall3(__HYPERVISOR_vcpu_op, cmd, vcpu, hc_ptr(arg));
}
static inline int hypercall_mmuext_op(const void *ops, uint32_t n,
				      uint32_t *done)
{
	return hypercall4(__HYPERVISOR_mmuext_op, hc_ptr(ops), n, hc_ptr(done),
			  DOMID_SELF);
}
static inline int hypercall_memory_op(uint32_t cmd, void *arg)
{
	return hypercall2(__HYPERVISOR_memory_op, cmd, hc_ptr(arg));
}
static inline int hypercall_grant_table_op(uint32_t cmd, void *arg, uint32_t n)
{
	return hypercall3(__HYPERVISOR_grant_table_op, cmd, hc_ptr(arg), n);
}

#endif
