/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls that a lazy section collects (VMI call SetLazyMode): the kernel's
 * stack, descriptors, TS, the LDT.  At its end they go to Xen as one multicall,
 * behind the page tables' updates; a call that is alone goes by itself.
 * NEW_BASEPTR never waits: a multicall with it is continued (costs.md B.3).
 *
 * A section of Linux is a switch of processes, with interrupts off, or a loop
 * over page tables: segments and the FPU are not used in it, and it does not go
 * to user mode.  What else looks at this state is a trap that the adapter looks
 * at, and that sends it first; a page fault does not look.
 *
 * Hypercalls: multicall of mmu_update, stack_switch, update_descriptor,
 * fpu_taskswitch, mmuext_op SET_LDT.
 * Flow: vmi/calls-mmu.c, trap/traps.c -> here -> callback.c.
 */
#include "xen/batch.h"
#include "xen/domain.h"
#include "lib/panic.h"

/* Stack, TS, LDT, and descriptors: Linux has three for threads' segments. */
#define BATCH_MAX 11

static struct {
	bool on;
	unsigned int n;
	/* [0] is mmu_update's place. */
	struct multicall_entry call[1 + BATCH_MAX];
} batch;

/* The call that waits for the same as @op with @args would, else none. */
static struct multicall_entry *find(uint32_t op, const uint32_t *args)
{
	for (unsigned int i = 1; i <= batch.n; i++) {
		struct multicall_entry *e = &batch.call[i];

		if (e->op == op &&
		    (op != __HYPERVISOR_update_descriptor ||
		     (e->args[0] == args[0] && e->args[1] == args[1])))
			return e;
	}
	return NULL;
}

static void fill(struct multicall_entry *e, uint32_t op, const uint32_t *args)
{
	e->op = op;
	for (unsigned int i = 0; i < BATCH_ARGS; i++)
		e->args[i] = args[i];
}

bool batch_has_descriptor(uint64_t where)
{
	const uint32_t args[] = { (uint32_t)where, (uint32_t)(where >> 32) };

	return batch.n && find(__HYPERVISOR_update_descriptor, args);
}

bool batch_waits(void)
{
	return batch.n;
}

/* Results of all but mmu_update. */
static void check(const struct multicall_entry *e, int rc)
{
	if (rc)
		panic("hypercall %u (%#x, %#x, %#x, %#x) of a lazy section: rc %d",
		      (unsigned int)e->op, (unsigned int)e->args[0],
		      (unsigned int)e->args[1], (unsigned int)e->args[2],
		      (unsigned int)e->args[3], rc);
}

static void check_all(unsigned int n)
{
	for (unsigned int i = 1; i <= n; i++)
		check(&batch.call[i], (int)batch.call[i].result);
}

static void multicall(struct multicall_entry *e, unsigned int n)
{
	int rc = batch_multicall(e, n);

	if (rc)
		panic("multicall of %u: rc %d", n, rc);
}

static void send(void)
{
	unsigned int n = batch.n;

	batch.n = 0;
	if (n == 1) { /* a switch of Linux, most often */
		check(&batch.call[1], batch_call(&batch.call[1]));
		return;
	}
	multicall(&batch.call[1], n);
	check_all(n);
}

bool batch_add(uint32_t op, const uint32_t args[BATCH_ARGS])
{
	struct multicall_entry *e;

	if (!batch.on)
		return false;
	e = find(op, args);
	if (!e) {
		if (batch.n == BATCH_MAX)
			send();
		e = &batch.call[++batch.n];
	}
	fill(e, op, args);
	return true;
}

int batch_send_behind(uint32_t op, const uint32_t args[BATCH_ARGS])
{
	unsigned int n = batch.n;

	batch.n = 0;
	fill(&batch.call[0], op, args);
	multicall(batch.call, n + 1);
	check_all(n);
	return (int)batch.call[0].result;
}

void xen_lazy(bool on)
{
	batch.on = on;
	if (!on)
		xen_lazy_flush();
}

void xen_lazy_flush(void)
{
	if (batch.n)
		send();
}
