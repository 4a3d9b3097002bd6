/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rest of the adapter may ask of Xen, in our own types.
 *
 * Page-table calls are in mmu/xen-mmu.h, rings of devices in their own
 * headers.  Nothing here needs Xen's headers, so that only the files in xen/
 * depend on them.
 */
#ifndef VMI_XEN_DOMAIN_H
#define VMI_XEN_DOMAIN_H

#include "types.h"

typedef uint32_t evtchn_t;
#define EVTCHN_NONE 0u

/* --- What Xen handed over (startinfo.c) -----------------------------------*/
struct xen_info {
	uint32_t nr_pages;
	const uint32_t *p2m; /* pfn -> mfn, nr_pages words */
	uint32_t pt_base;    /* linear address of the first L3 */
	uint32_t nr_pt_frames;
	mfn_t console_frame, store_frame;
	evtchn_t console_port, store_port;
	pfn_t mod_pfn;	  /* the bundle */
	uint32_t mod_len; /* bytes, direct PV rounds up to pages; 0 = none */
	const char *cmdline;
	unsigned int version_major, version_minor;
	char extraversion[16];
	char caps[64];
	gva_t hole_start;
	bool shim; /* we run under the PV shim */
	uint32_t features;
};

/**
 * Read start_info at @va, map shared_info, console and xenstore rings, ask for
 * versions.  Before anything else.
 */
void xen_start(struct xen_info *x, uint32_t start_info_va);

/** mfn of a pfn below nr_pages. */
static inline mfn_t xen_mfn(const struct xen_info *x, pfn_t p)
{
	return mfn(x->p2m[pfn_x(p)]);
}

/** pfn of a machine frame, INVALID_PFN when it is not the domain's memory. */
pfn_t xen_m2p(const struct xen_info *x, mfn_t m);

/** Map machine frame @m at @va, whose L1 exists. Panics when Xen refuses. */
void xen_map(gva_t va, mfn_t m, bool writable);
void xen_unmap(gva_t va);
/** Tell the toolstack: @pages pfns, in a tree of mfns with @top above. */
void xen_publish_p2m(uint32_t pages, mfn_t top);
/** Frame behind an adapter address, by the page tables that are loaded. */
mfn_t xen_va_to_mfn(const struct xen_info *x, const void *p);

/* --- Console (console.c) --------------------------------------------------*/
void console_init(const struct xen_info *x);
/** Write; waits for room at most briefly: a ring without reader drops. */
void console_write(const char *text, size_t len);
/** What was written is seen now, also without a newline; cheap. */
void console_flush(void);
/** One byte of input, -1 when there is none. */
int console_read(void);
/** Room for output in bytes. */
uint32_t console_room(void);
evtchn_t console_port(void);

/* --- Events (evtchn.c) ----------------------------------------------------*/
typedef void (*evtchn_handler_t)(void *opaque);
/** Call @fn with upcalls masked when @port fires; unmasks it. */
void evtchn_handle(evtchn_t port, evtchn_handler_t fn, void *opaque);
/** Run the handlers of everything that is pending. */
void evtchn_scan(void);
/** Let @port's handler run at the next chance, as if it had fired. */
void evtchn_raise(evtchn_t port);
/** Forget that @port fired. */
void evtchn_clear(evtchn_t port);
void evtchn_send(evtchn_t port);
evtchn_t evtchn_bind_virq(uint32_t virq, uint32_t vcpu);
/** A port that domain @remote may bind to. */
evtchn_t evtchn_alloc(uint32_t remote);
void evtchn_close(evtchn_t port);
#define XEN_VIRQ_TIMER 0

/* --- Traps (callback.c) ---------------------------------------------------*/
struct xen_trap {
	uint8_t vector, flags; /* DPL in bits 0-1, XEN_TRAP_MASK */
	uint16_t cs;
	uint32_t eip;
};
#define XEN_TRAP_MASK 4 /* mask upcalls on entry */
/** Add or replace vectors; @t ends with eip = 0. */
void xen_set_traps(const struct xen_trap *t);
/** Where event upcalls and the failsafe callback enter. */
void xen_set_upcall(uint16_t cs, uint32_t event, uint32_t failsafe);
void xen_stack_switch(uint32_t ss, uint32_t esp);
void xen_fpu_taskswitch(bool ts);

/* --- Descriptors (callback.c) ---------------------------------------------*/
int __must_check xen_set_gdt(const mfn_t *frames, uint32_t entries);
int __must_check xen_update_descriptor(maddr_t where, uint64_t desc);
/** An update of it waits: what stands there now does not count. */
bool xen_descriptor_waits(maddr_t where);
int __must_check xen_set_ldt(gva_t va, uint32_t entries);
void xen_set_debugreg(uint32_t reg, uint32_t value);
uint32_t xen_get_debugreg(uint32_t reg);

/* --- Lazy sections (batch.c) ----------------------------------------------*/
/**
 * While on, xen_stack_switch(), xen_fpu_taskswitch(), xen_update_descriptor()
 * and xen_set_ldt() wait; the end sends them, with what waits of the page
 * tables when that is sent next.
 */
void xen_lazy(bool on);
/** Send them now; the section goes on. */
void xen_lazy_flush(void);

/* --- vcpu_info ------------------------------------------------------------*/
uint32_t xen_cr2(void);
bool xen_upcall_masked(void);
void xen_upcall_mask(bool masked);
/** Make "enable interrupts" look: a virtual interrupt waits. */
void xen_upcall_pend(void);

/* --- Time (time.c) --------------------------------------------------------*/
/** Nanoseconds since boot of the host, monotonic. */
uint64_t xen_time_ns(void);
/** Nanoseconds since the epoch at xen_time_ns() = 0. */
uint64_t xen_wallclock_base_ns(void);
uint64_t xen_rdtsc(void);
/** Durations: TSC cycles (below 2^40) to ns, ns (below 2^60) to cycles. */
uint64_t xen_tsc_to_ns(uint64_t cycles);
uint64_t xen_ns_to_tsc(uint64_t ns);
/** TSC frequency in kHz. */
uint32_t xen_tsc_khz(void);
/** Fire VIRQ_TIMER at @ns; 0 = never. */
void xen_timer_set(uint64_t ns);
/** Stop the 100 Hz tick. */
void xen_stop_tick(uint32_t vcpu);
/** Let Xen account the vCPU's time in memory of ours; before xen_stolen_ns. */
void xen_runstate_register(uint32_t vcpu);
/** ns that this vCPU was runnable or offline: stolen from it; @tsc: then. */
uint64_t xen_stolen_ns(uint32_t vcpu, uint64_t *tsc);

/* --- Scheduling (sched.c) -------------------------------------------------*/
enum xen_shutdown {
	XEN_POWEROFF,
	XEN_REBOOT,
	XEN_SUSPEND,
	XEN_CRASH
};
void __noreturn xen_shutdown(enum xen_shutdown reason);
/** Unmask and wait for an event. */
void xen_block(void);
void xen_yield(void);

#endif
