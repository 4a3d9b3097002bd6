/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults as a kernel lives by them: error codes, CR2, demand paging,
 * copy on write, faults inside of handlers, accessed and dirty bits.
 */
#include "guest.h"
#include "irq.h"
#include "pte.h"
#include "traps.h"
#include "user.h"
#include "x86-defs.h"

#define PT	      VMI_PAGE_PT
#define U	      X86_PFEC_U
#define W	      X86_PFEC_W
#define P	      X86_PFEC_P
#define DATA	      0x08100000
#define WORD	      0x600df00d
#define COPIED	      0x0c0b1ed0
#define NR_DEMAND     24
#define HOLE_PROBE    0x1000
#define NR_NEIGHBOURS 6
#define AD	      (X86_PTE_A | X86_PTE_D)

static const struct trap_frame *frame(void)
{
	return &last_trap.frame;
}

/* User code at @eip with EBX = @addr faults there with @error. */
static void user_faults(uint32_t eip, uint32_t addr, uint32_t error)
{
	user_call(eip, WORD, addr, 0, 0);
	check(last_trap.user);
	check_eq(frame()->vector, X86_EXC_PF);
	check_eq(frame()->error, error);
	check_eq(last_trap.cr2, addr);
	check_eq(frame()->eip, eip);
	check_eq(frame()->ebx, addr);
	check_eq(frame()->esp, USER_STACK_TOP);
	check_eq(last_trap.flags, 0);
}

TEST("fault", "user mode: not present", AFTER)
{
	user_map();
	user_faults(USER(user_read), DATA, U);
	user_faults(USER(user_write), DATA, U | W);
	user_faults(USER(user_read), DATA + 0xabc, U);
}

TEST("fault", "user mode: pages of the kernel", AFTER)
{
	user_map();
	map_new(DATA, KERNEL_PAGE);
	user_faults(USER(user_read), DATA, U | P);
	user_faults(USER(user_write), DATA, U | P | W);
	user_faults(USER(user_read), PAGE_OFFSET + LOAD_ADDR, U | P);
	user_faults(USER(user_write), PAGE_OFFSET + LOAD_ADDR, U | P | W);
}

TEST("fault", "user mode: read-only pages", AFTER)
{
	user_map();
	map_new(DATA, USER_RO);
	user_call(USER(user_read), 0, DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	user_faults(USER(user_write), DATA, U | P | W);
}

TEST("fault", "user mode: the directory entry limits as well", AFTER)
{
	pte_t *pde = pde_of(DATA);

	user_map();
	map_new(DATA, USER_PAGE);
	user_call(USER(user_write), WORD, DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	vmi_set(pde, *pde & ~(pte_t)X86_PTE_RW, VMI_PAGE_PD);
	vmi_flush(VMI_FLUSH_TLB);
	user_faults(USER(user_write), DATA, U | P | W);
}

TEST("fault", "user mode: the hypervisor's space is out of reach", AFTER)
{
	uint32_t top = vmi_rom ? vmi_rom->virtual_top : 0;

	if (!top)
		skip("no hole");
	user_map();
	for (uint32_t at = top; at >= top; at += 0x400000) {
		user_call(USER(user_read), 0, at + HOLE_PROBE, 0, 0);
		check(last_trap.user);
		check(frame()->vector == X86_EXC_PF ||
		      frame()->vector == X86_EXC_GP);
		user_call(USER(user_write), 0, at + HOLE_PROBE, 0, 0);
		check(frame()->vector == X86_EXC_PF ||
		      frame()->vector == X86_EXC_GP);
	}
}

TEST("fault", "user mode: code that is not there", AFTER)
{
	user_map();
	user_call(USER(user_jump), 0, DATA, 0, 0);
	check_eq(frame()->vector, X86_EXC_PF);
	check_eq(frame()->error & ~(uint32_t)X86_PFEC_I, U);
	check_eq(last_trap.cr2, DATA);
	check_eq(frame()->eip, DATA);
}

TEST("fault", "the kernel's own, with its frame", AFTER)
{
	check_read_faults(DATA, 0);
	check(!last_trap.user);
	check_eq(frame()->cs & 0xffff, read_cs());
	check_write_faults(DATA + 8, W);
	map_new(DATA, USER_RO);
	check_write_faults(DATA + 0xffc, P | W);
}

TEST("fault", "an access over a page's end faults at the second page", AFTER)
{
	uint32_t v;

	map_new(DATA, KERNEL_PAGE);
	check_eq((uint32_t)try_read(DATA + PAGE_SIZE - 2, &v), X86_EXC_PF);
	check_eq(last_trap.cr2, DATA + PAGE_SIZE);
	check_eq(frame()->error, 0);
	map_new(DATA + PAGE_SIZE, KERNEL_PAGE);
	check_writes(DATA + PAGE_SIZE - 2, WORD);
	check_reads(DATA + PAGE_SIZE - 2, WORD);
	check_eq(*(volatile uint16_t *)(DATA + PAGE_SIZE), WORD >> 16);
}

/* --- Handlers that mend ------------------------------------------------------------ */
static bool demand(struct trap_frame *f)
{
	uint32_t at = last_trap.cr2 & X86_PTE32_FRAME;

	if (f->error & P)
		return false;
	pte_set(pte_of(at, true), frame_take() | USER_PAGE, PT);
	return true;
}

TEST("fault", "demand paging: the access is made again", AFTER)
{
	user_map();
	trap_hook(X86_EXC_PF, demand);
	for (uint32_t i = 0; i < NR_DEMAND; i++) {
		uint32_t at = DATA + i * 3 * PAGE_SIZE + i * 4;

		user_call(USER(user_write), WORD + i, at, 0, 0);
		check_eq(frame()->vector, SYSCALL_VECTOR);
		check_eq(*(volatile uint32_t *)at, WORD + i);
	}
	check_eq(trap_count[X86_EXC_PF], NR_DEMAND);
}

TEST("fault", "demand paging of a stack that grows", AFTER)
{
	struct user_regs r = { .eip = USER(user_push),
			       .eax = WORD,
			       .esp = USER_STACK };

	user_map();
	trap_hook(X86_EXC_PF, demand);
	user_run(&r, false);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(frame()->ecx, WORD);
	check_eq(trap_count[X86_EXC_PF], 1);
}

TEST("fault", "demand paging of the kernel, far away, tables and all", AFTER)
{
	trap_hook(X86_EXC_PF, demand);
	for (uint32_t at = TEST_VA; at < TEST_VA + 4 * PT_SPAN; at += PT_SPAN) {
		check_writes(at, at);
		check_reads(at, at);
	}
	check_eq(trap_count[X86_EXC_PF], 4);
}

static bool copy_on_write(struct trap_frame *f)
{
	uint32_t at = last_trap.cr2 & X86_PTE32_FRAME, fresh = frame_take();
	pte_t *p = pte_of(at, false);

	if ((f->error & (P | W)) != (P | W))
		return false;
	memcpy(va(fresh), va((uint32_t)*p & X86_PTE32_FRAME), PAGE_SIZE);
	pte_set(p, fresh | USER_PAGE, PT);
	flush_page(at);
	return true;
}

TEST("fault", "copy on write: in user mode and for the kernel", AFTER)
{
	uint32_t shared = marked_frame(COPIED);

	user_map();
	map(DATA, shared, USER_RO);
	map(DATA + PAGE_SIZE, shared, USER_RO);
	trap_hook(X86_EXC_PF, copy_on_write);
	user_call(USER(user_write), WORD, DATA + 4, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(frame_word(shared + 4), 0);
	check_eq(*(volatile uint32_t *)DATA, COPIED);
	check_eq(*(volatile uint32_t *)(DATA + 4), WORD);
	check_writes(DATA + PAGE_SIZE, WORD);
	check_eq(frame_word(shared), COPIED);
	check_eq(*(volatile uint32_t *)(DATA + PAGE_SIZE), WORD);
	check_eq(trap_count[X86_EXC_PF], 2);
}

/* Linux's fork: entries are made read-only in memory, then told, then flushed. */
TEST("fault", "pages made read-only in place for a fork fault on writes", AFTER)
{
	user_map();
	for (uint32_t i = 0; i < 8; i++) {
		map_new(DATA + i * PAGE_SIZE, USER_PAGE);
		check_writes(DATA + i * PAGE_SIZE, i);
	}
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	for (uint32_t i = 0; i < 8; i++) {
		pte_t *p = pte_of(DATA + i * PAGE_SIZE, false);

		*(volatile pte_t *)p = *p & ~(pte_t)X86_PTE_RW;
		vmi_update(p,
			   PT | VMI_PAGE_CURRENT_AS | (DATA + i * PAGE_SIZE));
	}
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	vmi_flush(VMI_FLUSH_TLB);
	trap_hook(X86_EXC_PF, copy_on_write);
	for (uint32_t i = 0; i < 8; i++) {
		user_call(USER(user_write), WORD, DATA + i * PAGE_SIZE + 8, 0,
			  0);
		check_eq(frame()->vector, SYSCALL_VECTOR);
		check_reads(DATA + i * PAGE_SIZE, i);
	}
	check_eq(trap_count[X86_EXC_PF], 8);
}

static bool nested(struct trap_frame *f)
{
	uint32_t cr2 = last_trap.cr2;

	/* The handler's own data fault first: vmalloc space. */
	if (cr2 < TEST_VA) {
		*(volatile uint32_t *)(TEST_VA + (cr2 & 0xffc)) = cr2;
		barrier(); /* that was a trap */
		last_trap.cr2 = cr2;
	}
	return demand(f);
}

TEST("fault", "a fault in the handler of a fault", AFTER)
{
	user_map();
	trap_hook(X86_EXC_PF, nested);
	user_call(USER(user_write), WORD, DATA + 0x40, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(trap_count[X86_EXC_PF], 2);
	check_eq(*(volatile uint32_t *)(DATA + 0x40), WORD);
	check_eq(*(volatile uint32_t *)(TEST_VA + 0x40), DATA + 0x40);
}

static bool tick_and_demand(struct trap_frame *f)
{
	irq_on();
	wait_count(&irq_count[IRQ_TIMER], 2);
	irq_off();
	last_trap.cr2 = vmi_cr2();
	return demand(f);
}

TEST("fault", "interrupts in the handler of a fault leave CR2", AFTER)
{
	user_map();
	pic_init();
	pic_unmask(IRQ_TIMER);
	pit_periodic(500);
	trap_hook(X86_EXC_PF, tick_and_demand);
	user_call(USER(user_write), WORD, DATA + 0x80, 0, 0);
	pit_stop();
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(trap_count[X86_EXC_PF], 1);
	check(irq_count[IRQ_TIMER] > 0);
	check_eq(*(volatile uint32_t *)(DATA + 0x80), WORD);
}

static bool spurious(struct trap_frame *f)
{
	(void)f;
	return true; /* the entry is right by now: do it again */
}

TEST("fault", "rights that grow need no flush: at worst one more fault", AFTER)
{
	pte_t *p = pte_of(DATA, true);

	user_map();
	map_new(DATA, USER_RO);
	p = pte_of(DATA, false);
	user_call(USER(user_read), 0, DATA, 0, 0);
	vmi_set(p, *p | X86_PTE_RW, PT);
	trap_hook(X86_EXC_PF, spurious);
	user_call(USER(user_write), WORD, DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check(trap_count[X86_EXC_PF] <= 1);
	check_reads(DATA, WORD);
}

/* --- Accessed and dirty -------------------------------------------------------------- */
static pte_t ad(const pte_t *p)
{
	return *(const volatile pte_t *)p & AD;
}

TEST("fault", "accessed and dirty bits of user pages", AFTER)
{
	pte_t *p;

	user_map();
	p = pte_of(DATA, true);
	vmi_set(p, marked_frame(WORD) | USER_PAGE, PT);
	check_eq(ad(p), 0);
	user_call(USER(user_read), 0, DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(frame()->eax, WORD);
	check_eq(ad(p), X86_PTE_A);
	user_call(USER(user_write), WORD, DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(ad(p), AD);
}

TEST("fault", "a page that is set young and clean: a write makes it dirty",
     AFTER)
{
	pte_t *p;

	user_map();
	/* By then the table is in use. */
	map_new(DATA + PAGE_SIZE, USER_PAGE);
	user_call(USER(user_read), 0, DATA + PAGE_SIZE, 0, 0);
	p = pte_of(DATA, true);
	vmi_set(p, marked_frame(WORD) | USER_PAGE | X86_PTE_A, PT);
	user_call(USER(user_read), 0, DATA, 0, 0);
	check_eq(ad(p), X86_PTE_A);
	user_call(USER(user_write), WORD, DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	check_eq(ad(p), AD);
}

TEST("fault", "accessed and dirty bits that were cleared come again", AFTER)
{
	pte_t *p;

	user_map();
	map_new(DATA, USER_PAGE);
	p = pte_of(DATA, false);
	for (unsigned int i = 0; i < 4; i++) {
		user_call(USER(user_write), WORD + i, DATA, 0, 0);
		check_eq(ad(p), AD);
		/* As ptep_test_and_clear_young, and a flush. */
		*(volatile pte_t *)p = *p & ~(pte_t)AD;
		vmi_update(p, PT | VMI_PAGE_CURRENT_AS | DATA);
		vmi_inval(DATA);
		check_eq(ad(p), 0);
		user_call(USER(user_read), 0, DATA, 0, 0);
		check_eq(frame()->eax, WORD + i);
		check_eq(ad(p), X86_PTE_A);
	}
}

TEST("fault", "accessed and dirty bits of each entry of a new table", AFTER)
{
	uint32_t table = frame_take();
	pte_t *p = (pte_t *)va(table) + (DATA >> PAGE_SHIFT) % PTE_PER_TAB;

	user_map();
	memcpy(va(table), va((uint32_t)*pde_of(DATA) & X86_PTE32_FRAME),
	       PAGE_SIZE);
	for (uint32_t i = 0; i < NR_NEIGHBOURS; i++)
		p[i] = marked_frame(WORD + i) | USER_PAGE;
	vmi_allocate(table, PT);
	vmi_set(pde_of(DATA), table | USER_PAGE, VMI_PAGE_PD);
	vmi_flush(VMI_FLUSH_TLB);
	for (uint32_t i = 0; i < NR_NEIGHBOURS; i++) {
		check_eq(ad(&p[i]), 0);
		user_call(USER(user_read), 0, DATA + i * PAGE_SIZE, 0, 0);
		check_eq(frame()->eax, WORD + i);
		check_eq(ad(&p[i]), X86_PTE_A);
	}
	for (uint32_t i = 0; i < NR_NEIGHBOURS; i++) {
		user_call(USER(user_write), WORD, DATA + i * PAGE_SIZE, 0, 0);
		check_eq(ad(&p[i]), AD);
	}
}

TEST("fault", "a write of a page that is present and clean makes no fault",
     AFTER)
{
	user_map();
	map_new(DATA, USER_PAGE);
	user_call(USER(user_read), 0, DATA, 0, 0);
	user_call(USER(user_write), WORD, DATA, 0, 0);
	check_eq(trap_count[X86_EXC_PF], 0);
}

/* --- No-execute ---------------------------------------------------------------------------- */
#if GUEST_PAE
static void set_nx(void *arg)
{
	uint32_t lo, hi;

	(void)arg;
	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(MSR_EFER));
	lo |= X86_EFER_NX;
	__asm__ volatile("wrmsr" : : "c"(MSR_EFER), "a"(lo), "d"(hi));
}

TEST("fault", "pages without execute permission", AFTER)
{
	pte_t *p;

	vmi(VMI_CALL_CPUID, CPUID_LEAF_EXT_FEATURES);
	if (!(vmi_state.out.edx & CPUID_EXT_EDX_NX))
		skip("no NX: CPUID says so");
	check_eq((uint32_t)guarded(set_nx, NULL), (uint32_t)-1);
	user_map();
	map_new(DATA, USER_PAGE);
	p = pte_of(DATA, false);
	*(volatile uint32_t *)DATA = 0x000080cd; /* int $0x80 */
	user_call(USER(user_jump), 0, DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
	vmi_set(p, *p | X86_PTE_NX, PT);
	vmi_inval(DATA);
	user_call(USER(user_jump), 0, DATA, 0, 0);
	check_eq(frame()->vector, X86_EXC_PF);
	check_eq(frame()->error, U | P | X86_PFEC_I);
	check_eq(last_trap.cr2, DATA);
	user_call(USER(user_write), WORD, DATA, 0, 0);
	check_eq(frame()->vector, SYSCALL_VECTOR);
}
#endif
