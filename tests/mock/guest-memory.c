/* SPDX-License-Identifier: GPL-2.0-only */
/* See guest-memory.h. */
#include "guest-memory.h"
#include "must.h"
#include "lib/string.h"

#define WIRE_NR 11 /* any: it comes back */

/* Bytes of [@gpa, @gpa + @len) that are there. */
static uint32_t inside(struct guest_memory *m, gpa_t gpa, uint32_t len)
{
	m->accesses++;
	must(!m->most || m->accesses <= m->most);
	must(!m->longest || len <= m->longest);
	must(!m->strict || (gpa <= m->size && len <= m->size - gpa));
	if (gpa >= m->size)
		return 0;
	return len < m->size - gpa ? len : m->size - (uint32_t)gpa;
}

static void mem_read(void *opaque, void *dst, gpa_t gpa, uint32_t len)
{
	struct guest_memory *m = opaque;
	uint32_t n = inside(m, gpa, len);

	memset((uint8_t *)dst + n, 0xff, len - n);
	if (n)
		memcpy(dst, m->ram + gpa, n);
}

static void mem_write(void *opaque, gpa_t gpa, const void *src, uint32_t len)
{
	struct guest_memory *m = opaque;
	uint32_t n = inside(m, gpa, len);

	if (n)
		memcpy(m->ram + gpa, src, n);
}

struct dma_host guest_memory_dma(struct guest_memory *m)
{
	return (struct dma_host){ mem_read, mem_write, m };
}

uint32_t ram_get(const uint8_t *ram, uint32_t at, unsigned int size)
{
	uint32_t v = 0;

	memcpy(&v, ram + at, size);
	return v;
}

void ram_put(uint8_t *ram, uint32_t at, uint32_t value, unsigned int size)
{
	memcpy(ram + at, &value, size);
}

static void wire(void *opaque, unsigned int nr, bool on)
{
	bool *state = opaque;

	must(nr == WIRE_NR);
	if (state)
		*state = on;
}

struct irq_line wired_to(bool *state)
{
	return (struct irq_line){ wire, state, WIRE_NR };
}
