/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The start sequence, one line a phase.
 *
 * Flow: head.S -> here -> guest-start.c, which never returns.
 */
#include "boot/boot.h"
#include "boot/cmdline.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "layout.h"
#include "trap/traps.h"

#define KB_PER_PAGE  4
#define PAGES_PER_MB 256
#define MB_SHIFT     20

/* The one domain and its boot processor; everything else gets pointers. */
struct machine machine0;
struct vcpu vcpu0;

static void print_banner(const struct xen_info *x)
{
	uint32_t mb = x->nr_pages / PAGES_PER_MB;

	log_raw("vmi-xen %s, the VMI ROM for Xen", VMI_XEN_VERSION);
	log_info(BOOT, "Xen %u.%u%s, %s, %u MB of memory (%u pages)",
		 x->version_major, x->version_minor, x->extraversion,
		 x->shim ? "under the PV shim" : "direct PV", mb, x->nr_pages);
	log_info(BOOT, "capabilities %s, features %#x, hole at %#x", x->caps,
		 x->features, x->hole_start);
}

static void check_hypervisor(const struct xen_info *x)
{
	if (x->hole_start && x->hole_start < WINDOW_END)
		user_error(
			"Xen's hole begins at %#x, below the adapter's window end %#x: this hypervisor is not supported",
			x->hole_start, (unsigned int)WINDOW_END);
}

/* One window of the bundle at a time. */
void bundle_read(void *opaque, uint32_t offset, void *buf, uint32_t len)
{
	struct machine *m = opaque;
	uint8_t *to = buf;

	while (len) {
		uint32_t at = offset & PAGE_MASK;
		uint32_t n = PAGE_SIZE - at < len ? PAGE_SIZE - at : len;
		pfn_t p = pfn(pfn_x(m->xen.mod_pfn) + (offset >> PAGE_SHIFT));

		memcpy(to, (const uint8_t *)boot_map(m, p) + at, n);
		to += n;
		offset += n;
		len -= n;
	}
}

/* What lies from virtual_top on comes out of an old kernel's vmalloc area. */
static void make_room(struct machine *m)
{
	const char *word;

	if (!cmdline_layout_first(m->bundle.version))
		return;
	word = cmdline_more_vmalloc(m->guest_cmdline, sizeof(m->guest_cmdline),
				    -WINDOW_BASE >> MB_SHIFT);
	if (!word)
		log_warn(BOOT, "no room on the command line for vmalloc=");
	else
		log_info(BOOT, "this kernel lays out memory early: %s", word);
}

static void load_bundle(struct machine *m)
{
	struct bzimage *b = &m->bundle;
	enum bzimage_error e = bzimage_parse(b, bundle_read, m, m->xen.mod_len);

	if (e)
		user_error("%s (%u bytes given)", bzimage_error_text(e),
			   m->xen.mod_len);
	log_info(
		BOOT,
		"bzImage: boot protocol %u.%02u, Linux %s, %u bytes at entry %#x, loadflags %#x%s",
		b->protocol >> 8, b->protocol & 0xff,
		b->version[0] ? b->version : "(unknown)", b->kernel_size,
		b->entry, b->loadflags, b->relocatable ? ", relocatable" : "");
	make_room(m);
	log_info(BOOT, "initrd: %u bytes", b->initrd_size);
	log_info(BOOT, "command line: %s", m->guest_cmdline);
	if (strlen(m->guest_cmdline) > b->cmdline_max)
		log_warn(
			BOOT,
			"the kernel takes %u characters of command line, %u are given",
			b->cmdline_max, (uint32_t)strlen(m->guest_cmdline));
}

/* Push until ESP is at @end, and trap there. */
static void __noreturn use_up_stack(const uint8_t *end)
{
	__asm__ volatile("1:	pushl $-1\n\t"
			 "cmpl %0, %%esp\n\t"
			 "ja 1b\n\t"
			 "ud2"
			 :
			 : "r"(end)
			 : "memory");
	__builtin_unreachable();
}

static void break_on_purpose(const struct cmdline_options *o)
{
	if (o->panic)
		panic("vmi_panic is on the command line");
	if (o->panic_stack)
		use_up_stack(vcpu_stack + VCPU_STACK_RESERVE);
	if (o->panic_guard)
		use_up_stack(vcpu_stack_guard);
}

static void read_options(struct machine *m)
{
	struct cmdline_options *o = &m->options;
	const char *bad = cmdline_split(m->xen.cmdline, m->guest_cmdline,
					sizeof(m->guest_cmdline), o);

	if (bad)
		user_error(
			"command line: \"%.40s\" is no word that vmi-xen knows, see vmi-xen.cfg(5)",
			bad);
	if (o->log && !log_configure(o->log, o->log_len))
		user_error(
			"command line: vmi_log=%.*s: a level (err warn info dbg) or an area is expected",
			(int)o->log_len, o->log);
	if (o->trace && !trace_configure(o->trace, o->trace_len))
		user_error(
			"command line: vmi_trace=%.*s: traps irqs calls hypercalls, or ring, are expected",
			(int)o->trace_len, o->trace);
	break_on_purpose(o);
}

void __noreturn start(uint32_t start_info_va)
{
	struct machine *m = &machine0;

	trace_init();
	xen_start(&m->xen, start_info_va);
	traps_init(&vcpu0, m);
	print_banner(&m->xen);
	read_options(m);
	check_hypervisor(&m->xen);
	load_bundle(m);
	guest_start(m);
}
