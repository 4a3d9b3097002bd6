/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every call that a test makes, with all registers known before, and compared
 * after with what the table in vmi-calls.def allows.
 */
#include "guest.h"
#include "vmi.h"
#include "x86-defs.h"

#define VALUE_EBX 0x0b0b5a01
#define VALUE_ESI 0x0516a502
#define VALUE_EDI 0x0d1d5a03
#define VALUE_EBP 0x0eb0a504
#define NR_SEGS	  6
#define WHAT_MAX  48
/* Set before each call, to see whether they survive. */
#define FLAGS_TRIED                                                            \
	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_SF | X86_EFLAGS_OF)
/* Bits of EFLAGS that no call may change; IF is another matter. */
#define FLAGS_KEPT                                                             \
	(X86_EFLAGS_DF | X86_EFLAGS_TF | X86_EFLAGS_NT | X86_EFLAGS_AC |       \
	 X86_EFLAGS_ID)
#define FLAGS_OURS (X86_EFLAGS_IF | X86_EFLAGS_IOPL)

_Static_assert(offsetof(struct vmi_call_state, in) == 0, "invoke.S");
_Static_assert(offsetof(struct vmi_call_state, out) == 32, "invoke.S");
_Static_assert(offsetof(struct vmi_call_state, st) == 64, "invoke.S");
_Static_assert(offsetof(struct vmi_call_state, esp_before) == 72, "invoke.S");
_Static_assert(offsetof(struct vmi_call_state, target) == 80, "invoke.S");
_Static_assert(offsetof(struct vmi_call_state, segs_before) == 84, "invoke.S");
_Static_assert(offsetof(struct vmi_call_state, segs_after) == 108, "invoke.S");

extern uint8_t vmi_call_site[];
uint32_t vmi_invoke(bool direct);
void vmi_patch_site(uint8_t *site, unsigned int nr);

struct vmi_call_state vmi_state;

struct row {
	const char *name, *out, *reloc;
	uint8_t class, words;
};
#define STD   VMI_CLASS_STD
#define FLAGS VMI_CLASS_FLAGS
#define FRAME VMI_CLASS_FRAME
#define NORET VMI_CLASS_NORET
#define NONE  VMI_CLASS_NONE
#define VMI_CALL(nr, name, reloc, class, words, handler, in, out, ...)         \
	[nr] = { #name, out, #reloc, class, words },
static const struct row rows[VMI_NR_CALLS] = {
#include "vmi-calls.def"
};

/* What became of each call in each form. */
static struct {
	unsigned int made;
	char broke[WHAT_MAX]; /* the first thing that it should not have */
} kept[NR_FORMS][VMI_NR_CALLS];

static void broke(unsigned int nr, const char *what, uint32_t was, uint32_t is)
{
	char *text = kept[vmi_form][nr].broke;

	if (!*text)
		vmi_snprintf(text, WHAT_MAX, "%s: %#x became %#x", what, was,
			     is);
}

/* Does the table's list of results name this register? */
static bool names(const char *list, const char *reg)
{
	size_t n = strlen(reg);

	for (; *list; list++)
		if (!strncmp(list, reg, n))
			return true;
	return false;
}

static bool may_change(const struct row *r, const char *reg)
{
	bool scratch = !strcmp(reg, "EAX") || !strcmp(reg, "EDX") ||
		       !strcmp(reg, "ECX");

	if (r->class == VMI_CLASS_STD && scratch)
		return true;
	if (!strcmp(reg, "EAX") && (names(r->out, "AL") || names(r->out, "AX")))
		return true;
	return names(r->out, reg);
}

static uint32_t may_change_flags(unsigned int nr)
{
	if (rows[nr].class == VMI_CLASS_FRAME && nr != VMI_CALL_CPUID)
		return 0;
	return X86_EFLAGS_ARITH;
}

static void compare(unsigned int nr)
{
	static const struct {
		const char *name;
		uint32_t at;
	} regs[] = {
		{ "EAX", offsetof(struct vmi_regs, eax) },
		{ "EBX", offsetof(struct vmi_regs, ebx) },
		{ "ECX", offsetof(struct vmi_regs, ecx) },
		{ "EDX", offsetof(struct vmi_regs, edx) },
		{ "ESI", offsetof(struct vmi_regs, esi) },
		{ "EDI", offsetof(struct vmi_regs, edi) },
		{ "EBP", offsetof(struct vmi_regs, ebp) },
	};
	static const char *const segs[NR_SEGS] = { "CS", "SS", "DS",
						   "ES", "FS", "GS" };
	const struct vmi_call_state *s = &vmi_state;
	uint32_t flags = s->in.flags ^ s->out.flags;

	for (unsigned int i = 0; i < ARRAY_SIZE(regs); i++) {
		uint32_t was, is;

		memcpy(&was, (const uint8_t *)&s->in + regs[i].at, sizeof(was));
		memcpy(&is, (const uint8_t *)&s->out + regs[i].at, sizeof(is));
		if (was != is && !may_change(&rows[nr], regs[i].name))
			broke(nr, regs[i].name, was, is);
	}
	for (unsigned int i = 0; i < NR_SEGS; i++)
		if ((uint16_t)s->segs_before[i] != (uint16_t)s->segs_after[i])
			broke(nr, segs[i], s->segs_before[i], s->segs_after[i]);
	if (s->esp_before != s->esp_after)
		broke(nr, "ESP", s->esp_before, s->esp_after);
	flags &= FLAGS_KEPT | (X86_EFLAGS_ARITH & ~may_change_flags(nr));
	if (flags)
		broke(nr, "EFLAGS", s->in.flags, s->out.flags);
}

static uint32_t read_flags(void)
{
	uint32_t flags;

	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags));
	return flags;
}

static void call(unsigned int nr)
{
	struct vmi_call_state *s = &vmi_state;
	bool direct = vmi_form == FORM_DIRECT && vmi_kind(nr) != VMI_RELOC_NOP;

	if (!vmi_offered(nr))
		skip("this platform does not offer the call");
	s->in.ebx = VALUE_EBX;
	s->in.ebp = VALUE_EBP;
	s->in.flags = (read_flags() & (FLAGS_OURS | FLAGS_KEPT)) | FLAGS_TRIED |
		      X86_EFLAGS_FIXED;
	s->target = vmi_target(nr);
	/* A NOP has no address to be called at. */
	if (!direct)
		vmi_patch_site(vmi_call_site, nr);
	if (vmi_invoke(direct))
		broke(nr, "the caller's stack", 0, 0);
	kept[vmi_form][nr].made++;
	compare(nr);
}

uint64_t vmi5(unsigned int nr, uint32_t eax, uint32_t edx, uint32_t ecx,
	      uint32_t st0, uint32_t st1)
{
	struct vmi_call_state *s = &vmi_state;

	s->in = (struct vmi_regs){ .eax = eax,
				   .edx = edx,
				   .ecx = ecx,
				   .esi = VALUE_ESI,
				   .edi = VALUE_EDI };
	s->st[0] = st0;
	s->st[1] = st1;
	call(nr);
	return ((uint64_t)s->out.edx << 32) | s->out.eax;
}

uint64_t vmi_string(unsigned int nr, uint32_t esi, uint32_t edi, uint32_t edx,
		    uint32_t ecx)
{
	struct vmi_call_state *s = &vmi_state;

	s->in = (struct vmi_regs){
		.edx = edx, .ecx = ecx, .esi = esi, .edi = edi
	};
	call(nr);
	return ((uint64_t)s->out.edx << 32) | s->out.eax;
}

static const char *form_name(unsigned int form)
{
	return form == FORM_PATCHED ? "patched" : "direct";
}

void vmi_contract_results(void)
{
	for (unsigned int nr = 0; nr < VMI_NR_CALLS; nr++) {
		const char *reason = "not called in one of the forms";
		bool good = true, made = true;

		for (unsigned int f = 0; f < NR_FORMS; f++) {
			made = made && kept[f][nr].made;
			if (!kept[f][nr].broke[0])
				continue;
			good = false;
			note("%s, %s: %s", rows[nr].name, form_name(f),
			     kept[f][nr].broke);
		}
		if (!vmi_offered(nr))
			reason = "not offered";
		else if (rows[nr].class == VMI_CLASS_NORET)
			reason = "does not return";
		else if (made || !good)
			reason = NULL;
		result(good, reason, "contract: %s", rows[nr].name);
	}
}
