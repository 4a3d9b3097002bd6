/* SPDX-License-Identifier: GPL-2.0-only */
/* The monitor's tables, and the calls that are about tables and rings. */
#include "ring1.h"
#include "reference/calls.h"
#include "x86-insn.h"
#include "lib/string.h"

#define DWORDS 2
#define RING   1u

/* The functions behind the calls (stubs.S). */
extern const uint16_t ring1_functions[] __attribute__((visibility("hidden")));

static uint8_t *data_page(uint32_t page)
{
	return x86_ptr(rom_word(ROM_OFF_DATA) + rom_linear_base() +
		       page * PAGE_SIZE);
}

static struct ring1_cpu *cpu(uint32_t id)
{
	return (void *)(data_page(RING1_CPU_PAGE) + id * RING1_CPU_SIZE);
}

struct ring1_cpu *ring1_cpu(void)
{
	return cpu((uint32_t)(rom_cpu() - rom_data()->cpus) % MAX_CPUS);
}

struct ring1_idts *ring1_idts(void)
{
	return (void *)data_page(RING1_IDT_PAGE);
}

void ring1_panic(const char *why, uint32_t value)
{
	while (*why)
		outb((uint8_t)*why++, PORT_DEBUGCON);
	for (int shift = 28; shift >= 0; shift -= 4) {
		uint8_t digit = value >> shift & 0xf;

		outb((uint8_t)(digit < 10 ? '0' + digit : 'a' - 10 + digit),
		     PORT_DEBUGCON);
	}
	outb('\n', PORT_DEBUGCON);
	for (;;) {
		x86_cli();
		x86_hlt();
	}
}

/* --- GDT --------------------------------------------------------------------------- */
static uint32_t type_of(uint32_t high)
{
	return (high & X86_DESC_TYPE) >> X86_DESC_TYPE_SHIFT;
}

/* Entry @i of a table of the guest's; zeros beyond its end. */
static void read_entry(const struct x86_dt_ptr *table, uint32_t i,
		       uint32_t *low, uint32_t *high)
{
	const uint32_t *src = x86_ptr(table->base + i * X86_DESC_SIZE);
	bool inside = (i + 1) * X86_DESC_SIZE - 1 <= table->limit;

	*low = inside ? src[0] : 0;
	*high = inside ? src[1] : 0;
}

/* One descriptor of the guest's, as it is in the table that counts. */
static void gdt_sync(struct ring1_cpu *c, uint32_t i)
{
	uint32_t low, high;

	if (i >= RING1_GUEST_GDT)
		return;
	read_entry(&c->guest_gdt, i, &low, &high);
	if ((high & X86_DESC_S) && !(high & X86_DESC_DPL))
		high |= X86_DESC_DPLN(RING);
	if (!(high & X86_DESC_S) && type_of(high) == X86_TYPE_TASK_GATE)
		high &= ~(uint32_t)X86_DESC_P;
	c->gdt[i] = x86_desc_make(low, high);
}

static void gdt_load(struct ring1_cpu *c)
{
	struct x86_dt_ptr p = { sizeof(c->gdt) - 1,
				(uint32_t)(uintptr_t)c->gdt };

	for (uint32_t i = 0; i < RING1_GUEST_GDT; i++)
		gdt_sync(c, i);
	x86_lgdt(&p);
}

void ring1_SetGDT(const struct x86_dt_ptr *p)
{
	struct ring1_cpu *c = ring1_cpu();

	c->guest_gdt = *p;
	gdt_load(c);
}

void ring1_GetGDT(struct x86_dt_ptr *p)
{
	*p = ring1_cpu()->guest_gdt;
}

/* Whatever address the table has been written by: it is read again. */
void ring1_WriteGDTEntry(uint32_t *table, uint32_t index, uint32_t low,
			 uint32_t high)
{
	table[index * DWORDS] = low;
	table[index * DWORDS + 1] = high;
	gdt_sync(ring1_cpu(), index);
}

/* A null selector, or one of the guest's. */
void ring1_SetLDT(uint32_t sel)
{
	x86_lldt((uint16_t)sel);
}

/* --- IDT ----------------------------------------------------------------------------- */
static void idt_sync(struct ring1_cpu *c, uint32_t i)
{
	uint32_t low, high;

	if (i >= X86_NR_VECTORS || i == X86_EXC_GP)
		return;
	read_entry(&c->guest_idt, i, &low, &high);
	if (type_of(high) == X86_TYPE_TASK_GATE)
		high = 0;
	if (!(high & X86_DESC_DPL))
		high |= X86_DESC_DPLN(RING);
	ring1_idts()->guest[i] = (uint64_t)high << 32 | low;
}

void ring1_load_idt(const uint64_t *table, uint32_t entries)
{
	struct x86_dt_ptr p = { (uint16_t)(entries * X86_DESC_SIZE - 1),
				(uint32_t)(uintptr_t)table };

	x86_lidt(&p);
}

void ring1_SetIDT(const struct x86_dt_ptr *p)
{
	struct ring1_cpu *c = ring1_cpu();

	c->guest_idt = *p;
	for (uint32_t i = 0; i < X86_NR_VECTORS; i++)
		idt_sync(c, i);
}

void ring1_GetIDT(struct x86_dt_ptr *p)
{
	*p = ring1_cpu()->guest_idt;
}

void ring1_WriteIDTEntry(uint32_t *table, uint32_t index, uint32_t low,
			 uint32_t high)
{
	table[index * DWORDS] = low;
	table[index * DWORDS + 1] = high;
	idt_sync(ring1_cpu(), index);
}

/* --- Task register and stacks ----------------------------------------------------------- */
static void set_stack(struct ring1_cpu *c, uint32_t ss, uint32_t esp)
{
	c->tss.ss1 = (ss & X86_SEL_INDEX) | RING;
	c->tss.esp1 = esp;
}

/* A boot loader's TR may name an entry that the guest's GDT has no TSS in. */
static bool is_tss(uint32_t high)
{
	return (high & X86_DESC_P) && !(high & X86_DESC_S) &&
	       (type_of(high) == X86_TYPE_TSS32 ||
		type_of(high) == X86_TYPE_TSS32_BUSY);
}

void ring1_SetTR(uint32_t sel)
{
	struct ring1_cpu *c = ring1_cpu();
	const union x86_desc *d = &c->gdt[(sel & X86_SEL_INDEX) /
					  X86_DESC_SIZE % RING1_GUEST_GDT];
	const struct x86_tss *tss;

	c->guest_tr = (uint16_t)sel;
	c->guest_tss_limit = 0;
	if (!is_tss(d->hi))
		return;
	c->guest_tss = x86_desc_base(*d);
	c->guest_tss_limit = x86_desc_limit(*d);
	tss = x86_ptr(c->guest_tss);
	set_stack(c, tss->ss0, tss->esp0);
}

uint32_t ring1_GetTR(void)
{
	return ring1_cpu()->guest_tr;
}

void ring1_UpdateKernelStack(uint32_t ss0, uint32_t esp0)
{
	set_stack(ring1_cpu(), ss0, esp0);
}

/* --- IOPL and halting ---------------------------------------------------------------------- */
/* Never below ours. */
void ring1_SetIOPLMask(uint32_t mask)
{
	struct ring1_frame *f = ring1_cpu()->frame;
	uint32_t iopl = mask & X86_EFLAGS_IOPL;

	if (iopl < RING << X86_EFLAGS_IOPL_SHIFT)
		iopl = RING << X86_EFLAGS_IOPL_SHIFT;
	f->eflags = (f->eflags & ~(uint32_t)X86_EFLAGS_IOPL) | iopl;
}

/* In ring 0 the guest's gates cannot be used: wait with gates of our own. */
void ring1_wait(struct ring1_cpu *c, struct ring1_frame *f)
{
	uint32_t vector;

	time_service();
	ring1_load_idt(ring1_idts()->halt, X86_NR_VECTORS);
	vector = ring1_hlt();
	ring1_load_idt(ring1_idts()->guest, X86_NR_VECTORS);
	if (vector < X86_NR_EXC)
		ring1_panic("ring-1 ROM: trap while halted: ", vector);
	f->eflags |= X86_EFLAGS_IF;
	ring1_inject(c, f, vector, false);
}

/* The flags that the caller's stub will restore: interrupts are on after. */
void ring1_Halt(void)
{
	struct ring1_cpu *c = ring1_cpu();
	uint32_t *flags = x86_ptr(c->frame->esp);

	*flags |= X86_EFLAGS_IF;
	ring1_wait(c, c->frame);
}

/* --- Calls ------------------------------------------------------------------------------------ */
/* The caller's stack: flags, the call's number, a return address, arguments. */
struct caller {
	uint32_t flags, nr, eip, st0, st1;
};

typedef uint64_t (*function_t)(uint32_t eax, uint32_t edx, uint32_t ecx,
			       uint32_t st0, uint32_t st1);

void ring1_call(struct ring1_frame *f)
{
	const struct caller *s = x86_ptr(f->esp);
	function_t fn;
	uint64_t r;

	if (s->nr >= VMI_NR_CALLS || !ring1_functions[s->nr])
		ring1_panic("ring-1 ROM: no such call: ", s->nr);
	ring1_cpu()->frame = f;
	fn = (function_t)(uintptr_t)(rom_start + ring1_functions[s->nr]);
	r = fn(f->eax, f->edx, f->ecx, s->st0, s->st1);
	f->eax = (uint32_t)r;
	f->edx = (uint32_t)(r >> 32);
}

/* --- Start ------------------------------------------------------------------------------------- */
static uint64_t gate(const uint8_t *target, uint32_t type, uint32_t dpl)
{
	uint32_t to = (uint32_t)(uintptr_t)target;
	uint32_t high = (to & 0xffff0000) | X86_DESC_P | X86_DESC_DPLN(dpl) |
			type << X86_DESC_TYPE_SHIFT;

	return (uint64_t)high << 32 | MON_CS << 16 | (to & 0xffff);
}

static void put(struct ring1_cpu *c, uint32_t sel, uint64_t desc)
{
	c->gdt[sel / X86_DESC_SIZE] =
		x86_desc_make((uint32_t)desc, (uint32_t)(desc >> 32));
}

static void own_descriptors(struct ring1_cpu *c)
{
	uint32_t tss = (uint32_t)(uintptr_t)&c->tss;

	put(c, MON_CS, (uint64_t)X86_DESC_FLAT_CODE << 32 | X86_DESC_FLAT_LOW);
	put(c, MON_DS, (uint64_t)X86_DESC_FLAT_DATA << 32 | X86_DESC_FLAT_LOW);
	put(c, MON_GATE, gate(ring1_gate_entry, X86_TYPE_CALL_GATE32, RING));
	c->gdt[MON_TSS / X86_DESC_SIZE] = x86_seg_desc(
		tss, sizeof(c->tss) - 1,
		X86_TYPE_TSS32 << X86_DESC_TYPE_SHIFT | X86_DESC_P);
	for (uint32_t i = 0; i <= X86_EXC_MC; i++)
		c->step_idt[i] = gate(ring1_step_stubs + i * RING1_STEP_SIZE,
				      X86_TYPE_INT_GATE32, 0);
}

void ring1_cpu_init(const struct x86_dt_ptr *gdt, const struct x86_dt_ptr *idt,
		    uint16_t tr)
{
	struct ring1_cpu *c = ring1_cpu();

	memset(c, 0, sizeof(*c));
	own_descriptors(c);
	c->tss.ss0 = MON_DS;
	c->tss.esp0 = (uint32_t)(uintptr_t)c + RING1_CPU_SIZE;
	c->tss.iomap = sizeof(c->tss);
	ring1_SetGDT(gdt);
	ring1_SetIDT(idt);
	ring1_load_idt(ring1_idts()->guest, X86_NR_VECTORS);
	x86_ltr(MON_TSS);
	if (tr)
		ring1_SetTR(tr);
}

void ring1_init(void)
{
	struct ring1_idts *t = ring1_idts();
	struct x86_dt_ptr gdt, idt;

	for (uint32_t i = 0; i < X86_NR_VECTORS; i++)
		t->halt[i] = gate(ring1_wake_stubs + i * RING1_WAKE_SIZE,
				  X86_TYPE_INT_GATE32, 0);
	t->guest[X86_EXC_GP] = gate(ring1_gp_entry, X86_TYPE_INT_GATE32, 0);
	x86_sgdt(&gdt);
	x86_sidt(&idt);
	ring1_cpu_init(&gdt, &idt, x86_str());
}

void ring1_ap_start(const struct vmi_ap_state *s)
{
	struct x86_dt_ptr gdt = { s->gdtr_limit, s->gdtr_base };
	struct x86_dt_ptr idt = { s->idtr_limit, s->idtr_base };

	ring1_cpu_init(&gdt, &idt, 0);
}
