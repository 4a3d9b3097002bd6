/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the domain builder, the shim or pvgrub hand over, and the first pages.
 *
 * Only start_info's fields are relied on: pvgrub does not map the console and
 * xenstore rings behind it as the other two do, so all rings are mapped here.
 * Flags are tested by bit: the shim sets bits of its own.
 * Hypercalls: update_va_mapping, xen_version.
 */
#include "xen/hypercall.h"
#include "xen/domain.h"
#include "layout.h"
#include "lib/asm.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "x86-defs.h"
#include <xen/features.h>
#include <xen/version.h>

/* Pages of the image whose frames are replaced by Xen's. */
uint8_t shared_info_page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
uint8_t console_page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
uint8_t xenstore_page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

void xen_map(gva_t va, mfn_t m, bool writable)
{
	uint64_t pte =
		((uint64_t)mfn_x(m) << PAGE_SHIFT) | X86_PTE_P | X86_PTE_A;
	int rc;

	if (writable)
		pte |= X86_PTE_RW | X86_PTE_D;
	rc = hypercall_update_va_mapping(va, pte, UVMF_INVLPG | UVMF_LOCAL);
	if (rc)
		panic("map mfn %#x at %#x: rc %d", mfn_x(m), va, rc);
}

void xen_unmap(gva_t va)
{
	int rc = hypercall_update_va_mapping(va, 0, UVMF_INVLPG | UVMF_LOCAL);

	if (rc)
		panic("unmap %#x: rc %d", va, rc);
}

void xen_publish_p2m(uint32_t pages, mfn_t top)
{
	struct shared_info *s = (struct shared_info *)(void *)shared_info_page;

	s->arch.pfn_to_mfn_frame_list_list = mfn_x(top);
	s->arch.max_pfn = pages;
}

mfn_t xen_va_to_mfn(const struct xen_info *x, const void *p)
{
	return xen_mfn(
		x, pfn(((uint32_t)(uintptr_t)p - WINDOW_BASE) >> PAGE_SHIFT));
}

/* Parts of the table over holes of the machine's memory are not mapped. */
static bool guarded_read(uint32_t va, uint32_t *value)
{
	bool ok = false;

	__asm__ volatile("1:	movl (%2), %1\n"
			 "	movb $1, %0\n"
			 "2:\n" EXTABLE_C("1b", "2b")
			 : "+qm"(ok), "=r"(*value)
			 : "r"(va));
	return ok;
}

pfn_t xen_m2p(const struct xen_info *x, mfn_t m)
{
	uint32_t n;

	if (mfn_x(m) >= (M2P_END - M2P_VA) / sizeof(uint32_t) ||
	    !guarded_read(M2P_VA + mfn_x(m) * (uint32_t)sizeof(uint32_t), &n))
		return INVALID_PFN;
	if (n >= x->nr_pages || x->p2m[n] != mfn_x(m))
		return INVALID_PFN;
	return pfn(n);
}

static void read_versions(struct xen_info *x)
{
	struct xen_feature_info feature = { .submap_idx = 0 };
	xen_platform_parameters_t platform;
	static union { /* start of day only; too large for a stack */
		xen_capabilities_info_t caps;
		xen_extraversion_t extra;
	} text;
	int version = hypercall_xen_version(XENVER_version, NULL);

	x->version_major = (unsigned int)version >> 16;
	x->version_minor = (unsigned int)version & 0xffff;
	if (hypercall_xen_version(XENVER_extraversion, text.extra) == 0)
		memcpy(x->extraversion, text.extra,
		       sizeof(x->extraversion) - 1);
	memset(&text, 0, sizeof(text));
	hypercall_xen_version(XENVER_capabilities, text.caps);
	memcpy(x->caps, text.caps, sizeof(x->caps) - 1);
	if (hypercall_xen_version(XENVER_platform_parameters, &platform) == 0)
		x->hole_start = (gva_t)platform.virt_start;
	hypercall_xen_version(XENVER_get_features, &feature);
	x->features = feature.submap;
}

/* Signature that Xen shows to what it virtualizes, at 0x40000000 + n*0x100. */
static bool cpuid_shows_xen(void)
{
	for (uint32_t leaf = 0x40000000; leaf < 0x40010000; leaf += 0x100) {
		uint32_t a = leaf, b, c = 0, d;

		__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
		if (b == 0x566e6558 && c == 0x65584d4d && d == 0x4d4d566e)
			return true;
	}
	return false;
}

void xen_start(struct xen_info *x, uint32_t start_info_va)
{
	const struct start_info *si = (const void *)(uintptr_t)start_info_va;

	memset(x, 0, sizeof(*x));
	x->nr_pages = si->nr_pages;
	x->p2m = (const uint32_t *)(uintptr_t)si->mfn_list;
	x->pt_base = si->pt_base;
	x->nr_pt_frames = si->nr_pt_frames;
	x->console_frame = mfn(si->console.domU.mfn);
	x->console_port = si->console.domU.evtchn;
	x->store_frame = mfn(si->store_mfn);
	x->store_port = si->store_evtchn;
	x->cmdline = (const char *)si->cmd_line;
	x->mod_len = si->mod_len;
	if (si->flags & SIF_MOD_START_PFN)
		x->mod_pfn = pfn(si->mod_start);
	else if (si->mod_len)
		x->mod_pfn = pfn((si->mod_start - WINDOW_BASE) >> PAGE_SHIFT);

	xen_map((gva_t)(uintptr_t)shared_info_page,
		mfn(si->shared_info >> PAGE_SHIFT), true);
	xen_map((gva_t)(uintptr_t)console_page, x->console_frame, true);
	xen_map((gva_t)(uintptr_t)xenstore_page, x->store_frame, true);
	console_init(x);

	read_versions(x);
	/*
	 * The CPUID instruction runs natively in ring 1: in the container of
	 * the shim it shows the outer Xen, on a bare host the processor.
	 */
	x->shim = cpuid_shows_xen();
}
