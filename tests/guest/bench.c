/* SPDX-License-Identifier: GPL-2.0-only */
/* See bench.h. */
#include "bench.h"
#include "guest.h"
#include "irq.h"
#include "pte.h"
#include "bench-space.h"
#include "eyes.h"
#include "traps.h"
#include "user.h"
#include "vmi.h"
#include "x86-defs.h"

#define TSC_PER_INSN	  8 /* -icount shift=3 */
#define BATCH		  32u
#define FULL_TABLE	  512u
#define SPACE_PAGES	  50u
#define ALARM_CYCLES	  100000u    /* well inside bench_spin() */
#define BENCH_PAGES	  0x08100000 /* by the table of the user code */
#define XEN_VERSION	  17	     /* hypercall */
#define GATE_USER	  3u
#define NR_POOL		  FULL_TABLE
#define WANTED_FLAGS	  (X86_PTE_P | X86_PTE_RW)
#define ACCESSED_AS_LINUX (X86_PTE_A | X86_PTE_D)

extern uint8_t trap_entries[];
extern union x86_desc idt[X86_NR_VECTORS];
void bench_syscall(void);
void bench_fault(void);
void bench_alarm(void);
void bench_spin(void);
void bench_map_fault(void);
void bench_alarm_taken(void);

static struct {
	bool eyes;     /* on Xen */
	uint32_t base; /* cycles of nothing */
	uint32_t inb;  /* target of the call */
	uint32_t frames[NR_POOL];
	pte_t *pte; /* first of those that a benchmark sets */
	struct light spaces[2];
	volatile uint32_t alarms;
} b;

/* --- Measuring ------------------------------------------------------------- */
static uint32_t median(uint32_t *v)
{
	for (unsigned int i = 1; i < BENCH_RUNS; i++) {
		uint32_t x = v[i];
		unsigned int k = i;

		for (; k && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
	return v[BENCH_RUNS / 2];
}

/* One operation is @n of what was measured. */
static void say(const char *name, uint32_t n, uint32_t *cycles, uint32_t *calls,
		uint32_t base)
{
	uint32_t insns = (median(cycles) - base) / TSC_PER_INSN;

	print("bench %s %u %u.%02u\n", name, insns / n, median(calls) / n,
	      median(calls) % n * 100 / n);
}

/* Kernel code: @prepare and @after are not measured. */
static void bench(const char *name, uint32_t n, void (*prepare)(void),
		  void (*op)(void), void (*after)(void))
{
	uint32_t cycles[BENCH_RUNS], calls[BENCH_RUNS];

	for (unsigned int i = 0; i < BENCH_RUNS; i++) {
		if (prepare)
			prepare();
		calls[i] = eyes_hypercalls();
		cycles[i] = bench_time(op);
		calls[i] = eyes_hypercalls() - calls[i];
		if (after)
			after();
	}
	say(name, n, cycles, calls, b.base);
}

static uint32_t nothing_in_user_mode(void)
{
	extern const uint8_t user_bench_nothing[];

	user_call(user_address(user_bench_nothing), 0, 0, 0, 0);
	return last_trap.frame.eax;
}

/* User code that leaves its cycles in EAX; hypercalls by the whole trip less
 * those of one that does nothing. */
static void bench_user(const char *name, const uint8_t *label, uint32_t ebx,
		       void (*after)(void))
{
	uint32_t cycles[BENCH_RUNS], calls[BENCH_RUNS];
	uint32_t base = nothing_in_user_mode(), trip = eyes_hypercalls();

	nothing_in_user_mode();
	trip = eyes_hypercalls() - trip;
	for (unsigned int i = 0; i < BENCH_RUNS; i++) {
		calls[i] = eyes_hypercalls();
		user_call(user_address(label), 0, ebx, 0, 0);
		calls[i] = eyes_hypercalls() - calls[i] - trip;
		cycles[i] = last_trap.frame.eax;
		if (after)
			after();
	}
	say(name, 1, cycles, calls, base);
}

/* --- Calls ------------------------------------------------------------------ */
static void flag_pair(void)
{
	irq_on();
	irq_off();
}

/* On Xen only: what every hypercall costs. */
static void null_hypercall(void)
{
	uint32_t eax = XEN_VERSION, ebx = 0;

	__asm__ volatile("int $0x82" : "+a"(eax), "+b"(ebx) : : "memory");
}

static void port_call(void)
{
	__asm__ volatile("call *%1"
			 :
			 : "d"(PORT_PIC1_DATA), "m"(b.inb)
			 : "eax", "memory");
}

static void port_trap(void)
{
	inb(PORT_PIC1_DATA);
}

/* --- User mode, faults ------------------------------------------------------- */
static void gate(unsigned int vector, void (*entry)(void), unsigned int dpl)
{
	const union x86_desc d =
		x86_gate(KERNEL_CS, (uint32_t)(uintptr_t)entry,
			 vector == SYSCALL_VECTOR ? X86_TYPE_TRAP_GATE32
						  : X86_TYPE_INT_GATE32,
			 dpl);

	vmi(VMI_CALL_WriteIDTEntry, (uint32_t)(uintptr_t)idt, vector, d.lo,
	    d.hi);
}

/* Demand-zero without the zeroing: young, and dirty as for a write. */
void bench_map_fault(void)
{
	uint32_t cr2 = vmi_cr2();

	light_set(b.pte + (cr2 - BENCH_PAGES) / PAGE_SIZE,
		  b.frames[(cr2 - BENCH_PAGES) / PAGE_SIZE] | USER_PAGE |
			  ACCESSED_AS_LINUX);
}

static void unmap_page(void)
{
	light_set(b.pte, 0);
	flush_page(BENCH_PAGES);
}

/* The entry is there, and old: the processor's business on a PC. */
static void map_untouched(void)
{
	unmap_page();
	light_set(b.pte, b.frames[0] | USER_PAGE);
}

static void user_mode(void)
{
	extern const uint8_t user_bench_syscall[], user_bench_iret[],
		user_bench_read[];
	b.pte = light_pte(&b.spaces[0], BENCH_PAGES);
	light_use(&b.spaces[0]);
	gate(SYSCALL_VECTOR, bench_syscall, GATE_USER);
	gate(X86_EXC_PF, bench_fault, 0);
	bench_user("system-call", user_bench_syscall, 0, NULL);
	bench_user("iret-to-user", user_bench_iret, 0, NULL);
	bench_user("fault-served", user_bench_read, BENCH_PAGES, unmap_page);
	map_untouched();
	bench_user("fault-hidden", user_bench_read, BENCH_PAGES, map_untouched);
	unmap_page();
	traps_restore_gate(SYSCALL_VECTOR);
	traps_restore_gate(X86_EXC_PF);
	light_use(NULL);
}

/* --- Page tables -------------------------------------------------------------- */
static void set_one(void)
{
	light_set(b.pte, b.frames[0] | WANTED_FLAGS);
}

static void set_same(void)
{
	light_set(b.pte, b.frames[0] | WANTED_FLAGS);
}

static void clear_one(void)
{
	light_set(b.pte, 0);
}

static void lazy(uint32_t mode)
{
	vmi_quick(VMI_CALL_SetLazyMode, mode, 0, 0);
}

static void set_many(uint32_t n, bool present)
{
	const uint32_t target = light_target();

	lazy(VMI_LAZY_MMU);
	for (uint32_t i = 0; i < n; i++)
		light_put(target, b.pte + i,
			  present ? b.frames[i] | WANTED_FLAGS : 0,
			  VMI_PAGE_PT);
	lazy(VMI_LAZY_NONE);
}

static void set_batch(void)
{
	set_many(BATCH, true);
}

static void clear_batch(void)
{
	set_many(BATCH, false);
}

static void set_table(void)
{
	set_many(FULL_TABLE, true);
}

static void clear_table(void)
{
	set_many(FULL_TABLE, false);
}

static void kernel_entries(void)
{
	b.pte = pte_of(TEST_VA, true);
	bench("set-entry", 1, NULL, set_one, clear_one);
	bench("clear-entry", 1, set_one, clear_one, NULL);
	set_one();
	bench("set-entry-same", 1, NULL, set_same, NULL);
	clear_one();
	bench("set-32-lazy", BATCH, NULL, set_batch, clear_batch);
	bench("set-512-lazy", FULL_TABLE, NULL, set_table, clear_table);
}

/* --- Address spaces ------------------------------------------------------------ */
static void switch_both(void)
{
	light_use(&b.spaces[0]);
	light_use(&b.spaces[1]);
}

/* As fork and exec fill it, a process uses it, and exit drops it. */
static void space_life(void)
{
	extern const uint8_t user_bench_touch[];
	struct light s;

	light_make(&s);
	lazy(VMI_LAZY_MMU);
	for (uint32_t i = 0; i < SPACE_PAGES; i++)
		light_set(light_pte(&s, BENCH_PAGES) + i,
			  b.frames[i] | USER_PAGE);
	lazy(VMI_LAZY_NONE);
	light_use(&s);
	user_call(user_address(user_bench_touch), 0, BENCH_PAGES, SPACE_PAGES,
		  0);
	light_use(NULL);
	for (uint32_t i = 0; i < SPACE_PAGES; i++) /* exit tells nobody */
		*(volatile pte_t *)(light_pte(&s, BENCH_PAGES) + i) = 0;
	light_drop(&s);
}

static void address_spaces(void)
{
	switch_both();
	bench("switch-tables", 2, NULL, switch_both, NULL);
	light_use(NULL);
	space_life();
	bench("space-of-50-pages", 1, NULL, space_life, NULL);
}

/* --- Alarms -------------------------------------------------------------------- */
void bench_alarm_taken(void)
{
	b.alarms++;
	vmi_quick(VMI_CALL_APICWrite, APIC_EOI, 0, 0);
}

static void alarm_set(void)
{
	typedef void (*set_t)(uint32_t, uint64_t, uint64_t);
	set_t set = (set_t)(uintptr_t)vmi_target(VMI_CALL_SetAlarm);
	uint64_t at =
		vmi_quick(VMI_CALL_GetCycleCounter, VMI_CYCLES_REAL, 0, 0) +
		ALARM_CYCLES;

	set(VMI_CYCLES_REAL | VMI_ALARM_WIRED_LVTT, at, 0);
	irq_on();
}

/* How much longer the same code takes when an alarm hits it. */
static void alarms(void)
{
	uint32_t alone;

	if (!b.eyes) /* elsewhere it is a device that is programmed */
		return;
	vmi(VMI_CALL_APICWrite, APIC_SPIV, APIC_SPIV_ENABLE | SPURIOUS_VEC);
	vmi(VMI_CALL_APICWrite, APIC_LVTT, LVTT_VECTOR);
	gate(LVTT_VECTOR, bench_alarm, 0);
	alone = b.base;
	b.base = bench_time(bench_spin);
	bench("alarm-interrupt", 1, alarm_set, bench_spin, irq_off);
	b.base = alone;
	if (b.alarms != BENCH_RUNS)
		note("bench: %u alarms of %u", b.alarms, BENCH_RUNS);
	traps_restore_gate(LVTT_VECTOR);
}

void bench_run(void)
{
	mm_rewind();
	b.eyes = eyes_find();
	b.inb = vmi_target(VMI_CALL_INB);
	b.base = bench_time(bench_nothing);
	for (uint32_t i = 0; i < NR_POOL; i++)
		b.frames[i] = frame_take();
	pte_of(TEST_VA, true); /* before any space copies the directory */
	for (unsigned int i = 0; i < ARRAY_SIZE(b.spaces); i++)
		light_make(&b.spaces[i]);
	bench("null-call", 1, NULL,
	      (void (*)(void))(uintptr_t)vmi_target(VMI_CALL_GetCR0), NULL);
	if (b.eyes)
		bench("null-hypercall", 1, NULL, null_hypercall, NULL);
	bench("interrupt-flag-pair", 1, NULL, flag_pair, NULL);
	bench("port-read-call", 1, NULL, port_call, NULL);
	bench("port-read-trap", 1, NULL, port_trap, NULL);
	user_mode();
	kernel_entries();
	address_spaces();
	alarms();
}
