/* SPDX-License-Identifier: GPL-2.0-only */
/* Structure offsets for assembly: compiled to text, see files.mk. */
#include "cpu/vcpu.h"
#include "lib/counters.h"
#include <xen/xen.h>

#define DEFINE(name, value)	   __asm__ volatile("\n->" #name " %c0" : : "i"(value))
#define OFFSET(name, type, member) DEFINE(name, offsetof(struct type, member))

void offsets(void);
void offsets(void)
{
	OFFSET(VCPU_INFO_PENDING, vcpu_info, evtchn_upcall_pending);
	OFFSET(VCPU_INFO_MASK, vcpu_info, evtchn_upcall_mask);
	OFFSET(VCPU_INFO_CR2, vcpu_info, arch.cr2);
	OFFSET(VCPU_UPCALL_DEFERRED, vcpu, upcall_deferred);
	OFFSET(VCPU_SHORT_FAULTS, vcpu, short_faults);
	OFFSET(VCPU_CALL_FAULT, vcpu, call_fault);
	OFFSET(VCPU_STI_BLOCKED, vcpu, sti_blocked);
	OFFSET(COUNTERS_CALL, counters, calls);
	OFFSET(VCPU_PROFILE_START, vcpu, profile_start);
	OFFSET(VCPU_CALL_LEAST, vcpu, call_least);
	OFFSET(VCPU_CALL_CYCLES, vcpu, call_cycles);
	OFFSET(VCPU_SYSENTER_CS, vcpu, sysenter_cs);
	DEFINE(NR_XEN_VERSION, __HYPERVISOR_xen_version);
}
