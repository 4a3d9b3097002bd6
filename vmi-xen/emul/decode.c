/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prefixes, opcode, ModRM, SIB, displacement, immediates.
 *
 * The code segment's D bit says which size operands and addresses have, and
 * the prefixes 66 and 67 name the other one (SDM volume 1, 3.6.1).
 */
#include "emul/insn.h"
#include "lib/string.h"

struct cursor {
	const uint8_t *p;
	uint32_t at, len;
	bool short_of; /* more bytes were wanted than there are */
};

static uint32_t take(struct cursor *c, unsigned int n)
{
	uint32_t v = 0;

	if (c->at + n > c->len) {
		c->short_of = true;
		return 0;
	}
	memcpy(&v, c->p + c->at, n);
	c->at += n;
	return v;
}

static uint32_t sign8(uint32_t v)
{
	return (uint32_t)(int32_t)(int8_t)v;
}

/* True when @b is a prefix, which is noted. */
static bool prefix(const struct emul *e, struct insn *i, uint8_t b)
{
	switch (b) {
	case 0x66:
		i->size = e->code16 ? 4 : 2;
		return true;
	case 0x67:
		i->addr16 = !e->code16;
		return true;
	case 0xf2:
	case 0xf3:
		i->rep = b;
		return true;
	case 0xf0: /* we are alone on this vCPU's memory of devices */
		return true;
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
		i->seg = (b >> 3) & 3;
		return true;
	case 0x64:
	case 0x65:
		i->seg = b == 0x64 ? S_FS : S_GS;
		return true;
	default:
		return false;
	}
}

static void sib(struct emul *e, struct insn *i, struct cursor *c)
{
	uint32_t b = take(c, 1);
	unsigned int base = b & 7, index = b >> 3 & 7;

	if (base == R_EBP && i->mod == 0) {
		i->offset = take(c, 4);
	} else {
		i->offset = e->regs.gpr[base];
		i->base_esp = base == R_ESP;
		if (i->base_esp || base == R_EBP)
			i->mem_seg = S_SS;
	}
	if (index != R_ESP)
		i->offset += e->regs.gpr[index] << (b >> 6);
}

static void address32(struct emul *e, struct insn *i, struct cursor *c)
{
	if (i->rm == R_ESP) {
		sib(e, i, c);
	} else if (i->rm == R_EBP && i->mod == 0) {
		i->offset = take(c, 4);
	} else {
		i->offset = e->regs.gpr[i->rm];
		if (i->rm == R_EBP)
			i->mem_seg = S_SS;
	}
	if (i->mod == 1)
		i->offset += sign8(take(c, 1));
	else if (i->mod == 2)
		i->offset += take(c, 4);
}

static void address16(struct emul *e, struct insn *i, struct cursor *c)
{
	static const uint8_t base[8] = { R_EBX, R_EBX, R_EBP, R_EBP,
					 R_ESI, R_EDI, R_EBP, R_EBX };
	static const uint8_t index[4] = { R_ESI, R_EDI, R_ESI, R_EDI };

	if (i->rm == 6 && i->mod == 0) {
		i->offset = take(c, 2);
		return;
	}
	i->offset = e->regs.gpr[base[i->rm]];
	if (i->rm < 4)
		i->offset += e->regs.gpr[index[i->rm]];
	if (base[i->rm] == R_EBP)
		i->mem_seg = S_SS;
	if (i->mod == 1)
		i->offset += sign8(take(c, 1));
	else if (i->mod == 2)
		i->offset += take(c, 2);
	i->offset &= 0xffff;
}

static void modrm(struct emul *e, struct insn *i, struct cursor *c)
{
	uint32_t b = take(c, 1);

	i->mod = (uint8_t)(b >> 6);
	i->reg = b >> 3 & 7;
	i->rm = b & 7;
	i->is_mem = i->mod != 3;
	i->mem_seg = S_DS;
	if (!i->is_mem)
		return;
	if (i->addr16)
		address16(e, i, c);
	else
		address32(e, i, c);
}

static void immediates(struct insn *i, struct cursor *c, uint16_t flags)
{
	unsigned int size = i->size == 2 ? 2 : 4;

	if (flags & D_BYTE)
		i->size = 1;
	if (flags & D_MOFFS) {
		i->offset = take(c, i->addr16 ? 2 : 4);
		i->is_mem = true;
		i->mem_seg = S_DS;
	}
	if (flags & D_FAR) {
		i->imm = take(c, size);
		i->imm2 = take(c, 2);
	}
	if (flags & D_IMM16)
		i->imm = take(c, 2);
	if (flags & D_IMM8)
		i->imm = sign8(take(c, 1));
	if (flags & D_IMM8U)
		i->imm = take(c, 1);
	if ((flags & D_IMM) && (!(flags & D_GROUP3) || i->reg < 2))
		i->imm = take(c, flags & D_BYTE ? 1 : size);
}

bool insn_decode(struct emul *e, struct insn *i, const struct opcode **op)
{
	struct cursor c = { .p = e->bytes };
	uint32_t b;

	memset(i, 0, sizeof(*i));
	i->size = e->code16 ? 2 : 4;
	i->addr16 = e->code16;
	i->seg = NO_SEG;
	e->nr_bytes = e->ops->fetch(e, e->ops->seg_base(e, S_CS) + e->regs.eip,
				    e->bytes, EMUL_INSN_MAX);
	c.len = e->nr_bytes;
	do
		b = take(&c, 1);
	while (!c.short_of && prefix(e, i, (uint8_t)b));
	*op = &emul_one_byte[b];
	if (b == 0x0f) {
		b = take(&c, 1);
		i->two_byte = true;
		*op = &emul_two_byte[b];
	}
	i->op = (uint8_t)b;
	if (!(*op)->fn)
		return false;
	if ((*op)->flags & D_MODRM)
		modrm(e, i, &c);
	immediates(i, &c, (*op)->flags);
	if (i->seg != NO_SEG)
		i->mem_seg = i->seg;
	i->len = c.at;
	return !c.short_of;
}
