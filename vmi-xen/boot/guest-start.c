/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Build a PC in guest-physical memory and enter the guest.
 *
 * Order: which pages are free; the window; tables that grow with memory; the
 * pager's pool; guest frames; the first root; then the kernel, initrd,
 * boot_params, command line, ROM and firmware tables are written through the
 * pager, as the guest will see them.
 *
 * Hypercalls: by window.c, the pager and cpu/desc.c.
 */
#include "boot/boot.h"
#include "boot/bootparams.h"
#include "boot/window.h"
#include "cpu/control.h"
#include "cpu/desc.h"
#include "cpu/platform.h"
#include "cpu/timer.h"
#include "lib/counters.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "trap/traps.h"
#include "vmi/vmi.h"
#include "xen/blkfront.h"
#include "xen/grant.h"
#include "xen/netfront.h"
#include "x86-defs.h"

#define PAGES_PER_MB 256
#define KB_PER_PAGE  4
#define KB_SHIFT     10

/* The pool: so many pages, and one for each so many pages of memory. */
#define POOL_BASE      256
#define POOL_RATIO     256
#define ROOTS_BASE     8
#define ROOTS_MB_RATIO 8
#define ROOTS_MAX      128
/* What vmi_pool= and vmi_roots= may ask for, at least. */
#define POOL_MIN  32
#define ROOTS_MIN 2
/* META_BASE to META_END holds the tables of this much. */
#define RAM_MAX_PAGES (6 * 1024 * PAGES_PER_MB)

#define BOOT_STACK_TOP BOOT_PARAMS_GPA

extern const uint8_t _image_end[];

static uint8_t window[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

void *boot_map(struct machine *m, pfn_t p)
{
	if (pfn_x(p) >= m->xen.nr_pages)
		panic("page %#x of %#x", pfn_x(p), m->xen.nr_pages);
	xen_map((gva_t)(uintptr_t)window, xen_mfn(&m->xen, p), false);
	return window;
}

/* --- Memory ---------------------------------------------------------------*/
struct meta {
	struct mmu_config config;
	uint32_t used; /* bytes of META */
};

static void *meta_take(struct meta *t, uint32_t bytes)
{
	void *p = (void *)(uintptr_t)(META_BASE + t->used);

	t->used = (t->used + bytes + 7) & ~7u;
	if (t->used > META_END - META_BASE)
		user_error(
			"tables of %u kB do not fit: choose a smaller vmi_pool=",
			t->used >> KB_SHIFT);
	return p;
}

static void check_option(const char *name, uint32_t value, uint32_t least,
			 uint32_t most)
{
	if (value && (value < least || value > most))
		user_error(
			"command line: %s=%u: from %u to %u are possible in this domain",
			name, value, least, most);
}

static void check_options(const struct cmdline_options *o, uint32_t pages)
{
	uint32_t most = pages / 2;

	if (most > SHADOW_MAX_PAGES)
		most = SHADOW_MAX_PAGES;
	check_option("vmi_pool", o->pool, POOL_MIN, most);
	check_option("vmi_roots", o->roots, ROOTS_MIN, ROOTS_MAX);
}

static void meta_plan(struct meta *t, const struct memmap *map,
		      const struct cmdline_options *o)
{
	uint32_t pages = memmap_backed_pages(map);
	struct mmu_config *c = &t->config;

	memset(t, 0, sizeof(*t));
	c->p2m.nr_low = (PC_HIGH_START >> PAGE_SHIFT) + map->low_pages;
	c->p2m.low = meta_take(t, c->p2m.nr_low * sizeof(uint32_t));
	c->p2m.high_base = PC_4G_GFN;
	c->p2m.nr_high = map->high_pages;
	c->p2m.high = meta_take(t, c->p2m.nr_high * sizeof(uint32_t));

	c->nr_pool = POOL_BASE + pages / POOL_RATIO;
	c->max_roots = ROOTS_BASE + pages / PAGES_PER_MB / ROOTS_MB_RATIO;
	if (c->max_roots > ROOTS_MAX)
		c->max_roots = ROOTS_MAX;
	if (o->pool)
		c->nr_pool = o->pool;
	if (o->roots)
		c->max_roots = o->roots;
	c->nr_slots = NR_SLOTS;
	c->slots_va = SLOTS_BASE;
	c->window_base = WINDOW_BASE;
	c->window_end = WINDOW_END;
	c->stats = &counters.pager;
	c->meta_size = shadow_meta_size(c->nr_pool, c->max_roots, c->nr_slots);
	c->meta = meta_take(t, (uint32_t)c->meta_size);
	c->pool = meta_take(t, c->nr_pool * (uint32_t)sizeof(mfn_t));
}

static bool cpu_has_nx(void)
{
	uint32_t a = CPUID_LEAF_EXT_FEATURES, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return d & CPUID_EXT_EDX_NX;
}

static void p2m_fill(struct machine *m, struct p2m *p)
{
	uint32_t n = memmap_backed_pages(&m->memmap);

	for (uint32_t i = 0; i < p->nr_low; i++)
		p->low[i] = P2M_HOLE;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t g = gfn_x(memmap_nth(&m->memmap, i));
		mfn_t frame = xen_mfn(&m->xen, frames_take(&m->frames));
		uint32_t *word =
			g < p->nr_low ? &p->low[g] : &p->high[g - p->high_base];

		*word = mfn_x(frame);
	}
}

/* What the builder has put into the window grows with the domain's memory. */
static void check_size(const struct xen_info *x)
{
	gva_t tables_end = x->pt_base + (x->nr_pt_frames << PAGE_SHIFT);
	gva_t p2m_end = (gva_t)(uintptr_t)(x->p2m + x->nr_pages);

	if (tables_end > BUILDER_END_MAX || p2m_end > BUILDER_END_MAX)
		user_error(
			"%u MB of memory are too many: give the domain %u, of more it makes no use",
			x->nr_pages / PAGES_PER_MB,
			RAM_MAX_PAGES / PAGES_PER_MB);
}

static void __noreturn too_small(const struct machine *m)
{
	user_error("%u MB of memory is too small for this guest: give it more",
		   m->xen.nr_pages / PAGES_PER_MB);
}

static void memory_init(struct machine *m)
{
	struct meta meta;
	uint32_t ram;
	mfn_t *pool;

	check_size(&m->xen);
	frames_init(&m->frames, &m->xen, (gva_t)(uintptr_t)_image_end);
	if (memmap_build(&m->memmap, frames_left(&m->frames)))
		too_small(m);
	ram = frames_left(&m->frames);
	if (ram > RAM_MAX_PAGES) {
		log_warn(BOOT, "only %u MB of the domain's memory are used",
			 RAM_MAX_PAGES / PAGES_PER_MB);
		memmap_build(&m->memmap, RAM_MAX_PAGES);
	}
	check_options(&m->options, ram);
	window_init(m);
	meta_plan(&meta, &m->memmap,
		  &m->options); /* for a little more than will be left */
	window_alloc(m, META_BASE, (meta.used + PAGE_SIZE - 1) >> PAGE_SHIFT);
	p2m_publish(m);
	window_alloc_ro(m, GDT_VA, 1, &m->gdt_frame);
	window_alloc_ro(m, LDT_VA, LDT_PAGES, m->ldt_frames);
	grant_init(m);
	blkfront_scan(m);
	netfront_scan(m);

	pool = (mfn_t *)(uintptr_t)meta.config.pool;
	for (uint32_t i = 0; i < meta.config.nr_pool; i++)
		pool[i] = xen_mfn(&m->xen, frames_take(&m->frames));

	ram = frames_left(&m->frames);
	if (ram > RAM_MAX_PAGES)
		ram = RAM_MAX_PAGES;
	if (memmap_build(&m->memmap, ram))
		too_small(m);
	meta.config.p2m.nr_low =
		(PC_HIGH_START >> PAGE_SHIFT) + m->memmap.low_pages;
	meta.config.p2m.nr_high = m->memmap.high_pages;
	meta.config.window_l1 = m->window_l1;
	meta.config.has_nx = cpu_has_nx();
	p2m_fill(m, &meta.config.p2m);
	if (shadow_init(&m->mmu, &meta.config))
		panic("the pager refuses its configuration");
	log_info(BOOT,
		 "%u kB for the guest, %u kB of page tables, %u kB of records",
		 memmap_backed_pages(&m->memmap) * KB_PER_PAGE,
		 meta.config.nr_pool * KB_PER_PAGE, meta.used >> 10);
}

/* --- Contents -------------------------------------------------------------*/
static void put(struct machine *m, gpa_t gpa, const void *src, uint32_t len)
{
	guest_write_phys(&m->mmu, &vcpu0.shadow, gpa, src, len);
}

/* Copy @len bytes of the bundle from @offset to guest-physical @gpa. */
static void put_bundle(struct machine *m, gpa_t gpa, uint32_t offset,
		       uint32_t len)
{
	while (len) {
		uint32_t at = offset & PAGE_MASK;
		uint32_t n = PAGE_SIZE - at < len ? PAGE_SIZE - at : len;
		pfn_t p = pfn(pfn_x(m->xen.mod_pfn) + (offset >> PAGE_SHIFT));

		put(m, gpa, (const uint8_t *)boot_map(m, p) + at, n);
		gpa += n;
		offset += n;
		len -= n;
	}
}

/* End of RAM below 4 GB. */
static uint32_t low_end(const struct machine *m)
{
	return PC_HIGH_START + (m->memmap.low_pages << PAGE_SHIFT);
}

/* First byte of RAM below 4 GB whose page still holds the bundle. */
static uint32_t bundle_floor(const struct machine *m)
{
	uint32_t pages = m->frames.bundle.end - m->frames.bundle.start;
	uint32_t backed = memmap_backed_pages(&m->memmap);
	uint32_t floor;

	if (pages > backed)
		return 0;
	floor = gfn_x(memmap_nth(&m->memmap, backed - pages));
	return floor < PC_4G_GFN && floor << PAGE_SHIFT < low_end(m)
		       ? floor << PAGE_SHIFT
		       : low_end(m);
}

static void check_room(uint64_t need, uint32_t left)
{
	if (need > left)
		user_error(
			"the kernel needs %u kB of memory, and %u kB are left: give the domain more",
			(uint32_t)(need >> KB_SHIFT), left >> KB_SHIFT);
}

/*
 * Kernel and initrd are copied to below the bundle, at @floor; then the kernel
 * unpacks itself, also over what was the bundle.  The initrd goes above all
 * that or, in little memory, between the kernel's file and what it unpacks to.
 */
static struct initrd_place place_initrd(const struct machine *m, uint32_t floor)
{
	const struct bzimage *b = &m->bundle;
	uint64_t copied = (uint64_t)b->entry + b->kernel_size;
	uint64_t end = (uint64_t)b->unpacked + b->init_size;
	struct initrd_place ird = { .size = b->initrd_size };

	if (end < copied)
		end = copied;
	check_room(end, low_end(m));
	check_room(copied, floor);
	if (!ird.size)
		return ird;
	ird.gpa = bootparams_place_initrd(ird.size, b->initrd_max, floor,
					  (uint32_t)end);
	if (!ird.gpa)
		ird.gpa = bootparams_place_initrd(
			ird.size, b->initrd_max,
			b->unpacked < floor ? b->unpacked : floor,
			(uint32_t)copied);
	if (!ird.gpa)
		user_error(
			"no room for an initrd of %u kB: give the domain more memory",
			ird.size >> KB_SHIFT);
	return ird;
}

static void load_guest(struct machine *m)
{
	static uint8_t page[PAGE_SIZE]; /* start of day only */
	const struct bzimage *b = &m->bundle;
	struct initrd_place ird = place_initrd(m, bundle_floor(m));
	uint32_t setup_end = b->header_len;
	const union x86_desc gdt[BOOT_GDT_LEN] = {
		[BOOT_CS / 8] =
			x86_desc_make(X86_DESC_FLAT_LOW, X86_DESC_FLAT_CODE),
		[BOOT_DS / 8] =
			x86_desc_make(X86_DESC_FLAT_LOW, X86_DESC_FLAT_DATA),
	};
	uint8_t setup[BZIMAGE_HEADER_MAX - 0x1f1];

	memset(setup, 0, sizeof(setup));
	if (setup_end > sizeof(setup))
		setup_end = sizeof(setup);
	bundle_read(m, 0x1f1, setup, setup_end);
	bootparams_build(page, setup, setup_end, &m->memmap, &ird);
	put(m, BOOT_PARAMS_GPA, page, PAGE_SIZE);
	memset(page, 0, PAGE_SIZE);
	memcpy(page, m->guest_cmdline,
	       strnlen(m->guest_cmdline, BOOT_CMDLINE_MAX));
	put(m, BOOT_CMDLINE_GPA, page, PAGE_SIZE);
	put(m, BOOT_GDT_GPA, gdt, sizeof(gdt));
	put_bundle(m, b->entry, b->kernel_offset, b->kernel_size);
	put_bundle(m, ird.gpa, b->initrd_offset, ird.size);
}

/* --- Entry ----------------------------------------------------------------*/
static void vcpu_reset(struct vcpu *v)
{
	v->mode = CPU_RING2;
	v->ring = 2;
	v->cr0 = X86_CR0_PE | X86_CR0_ET;
	v->gdtr.base = BOOT_GDT_GPA;
	v->gdtr.limit = BOOT_GDT_LEN * X86_DESC_SIZE - 1;
	v->idtr.limit = 0;
	v->shadow.cr0 = v->cr0;
}

static void __noreturn enter(struct vcpu *v, uint32_t eip)
{
	/* Here, not at the stack's top: the callers' frames are there. */
	const struct cpu_regs r = {
		.eip = eip,
		.cs = (uint16_t)(BOOT_CS | v->ring),
		.eflags = X86_EFLAGS_FIXED | X86_EFLAGS_IF,
		.esp = BOOT_STACK_TOP,
		.ss = BOOT_DS | v->ring,
		.ds = BOOT_DS,
		.es = BOOT_DS,
		.esi = BOOT_PARAMS_GPA,
	};

	__asm__ volatile("mov %0, %%fs; mov %0, %%gs\n\t"
			 "mov %1, %%esp\n\t"
			 "jmp trap_resume"
			 :
			 : "r"(BOOT_DS), "r"(&r)
			 : "memory");
	__builtin_unreachable();
}

void __noreturn guest_start(struct machine *m)
{
	struct vcpu *v = &vcpu0;

	control_init(m);
	memory_init(m);
	vcpu_reset(v);
	shadow_vcpu_start(&m->mmu, &v->shadow);
	load_guest(m);
	rom_install(m);
	platform_init(m);
	platform_firmware(m);
	timer_init(v);
	blkfront_connect(m);
	netfront_connect(m);
	platform_disks(m);
	platform_nets(m);
	desc_init(v);
	desc_gdt_load(v, NULL);
	control_state("guest");
	log_info(BOOT, "entering the guest at %#x", m->bundle.entry);
	control_state("guest");
	enter(v, m->bundle.entry);
}
