/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a domain, and what is said before it.  See panic.h. */
#include "lib/panic.h"
#include "lib/asm.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/trace.h"
#include "cpu/vcpu.h"
#include "trap/traps.h"
#include "xen/domain.h"

#define TEXT_MAX    200
#define STACK_WORDS 128
#define TRACE_MAX   12
#define LAST_EVENTS 8 /* of the trace ring */
#define REPORT                                                                 \
	"please report this with the lines above: see README.md, \"Helping\""

extern const uint8_t _text_start[], _text_end[];

void regs_dump(const struct cpu_regs *r)
{
	uint32_t esp = regs_esp(r);
	uint32_t ss = regs_have_stack(r) ? r->ss : 0;

	log_raw("  eip %04x:%08x  esp %04x:%08x  eflags %08x  vector %x error %x",
		r->cs, r->eip, ss, esp, r->eflags, r->vector, r->error);
	log_raw("  eax %08x ebx %08x ecx %08x edx %08x", r->eax, r->ebx, r->ecx,
		r->edx);
	log_raw("  esi %08x edi %08x ebp %08x ds %04x es %04x  cr2 %08x",
		r->esi, r->edi, r->ebp, r->ds & 0xffff, r->es & 0xffff,
		xen_cr2());
}

/* Return addresses on our stack from @p on: words that point into our text. */
static void stack_walk(const uint32_t *p)
{
	const uint32_t *end =
		(const uint32_t *)(const void *)(vcpu_stack + VCPU_STACK_SIZE);
	unsigned int shown = 0;

	if ((const uint8_t *)p < vcpu_stack)
		return;
	for (unsigned int i = 0; p < end && i < STACK_WORDS; p++, i++) {
		if (*p < (uint32_t)(uintptr_t)_text_start ||
		    *p >= (uint32_t)(uintptr_t)_text_end)
			continue;
		log_raw("  called from %08x", *p);
		if (++shown == TRACE_MAX)
			break;
	}
}

void panic_at(const char *file, int line, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_raw("vmi-xen: panic: %s (%s:%d)", text, file, line);
	stack_walk(__builtin_frame_address(0));
	trace_print(LAST_EVENTS);
	log_raw("vmi-xen: " REPORT);
	xen_shutdown(XEN_CRASH);
}

void panic_regs(const struct cpu_regs *regs, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_raw("vmi-xen: panic: %s", text);
	regs_dump(regs);
	stack_walk((const uint32_t *)(const void *)regs);
	trace_print(LAST_EVENTS);
	log_raw("vmi-xen: " REPORT);
	xen_shutdown(XEN_CRASH);
}

void user_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_vprint(LOG_ERR, LOG_BOOT, fmt, args);
	va_end(args);
	xen_shutdown(XEN_POWEROFF);
}

void guest_crash(struct vcpu *v, const struct cpu_regs *regs, const char *fmt,
		 ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_raw("vmi-xen: guest: %s", text);
	if (regs)
		regs_dump(regs);
	log_raw("  cr0 %08x cr3 %08x cr4 %08x, %s", v->cr0, v->cr3, v->cr4,
		v->mode == CPU_RING2 ? "before VMI_Init" : "after VMI_Init");
	trace_print(LAST_EVENTS);
	xen_shutdown(XEN_CRASH);
}

extern const uint32_t _ex_table_start[], _ex_table_end[];

uint32_t extable_find(uint32_t eip)
{
	/* cppcheck-suppress comparePointers ; both are the link script's */
	for (const uint32_t *e = _ex_table_start; e < _ex_table_end; e += 2)
		if (e[0] == eip)
			return e[1];
	return 0;
}
