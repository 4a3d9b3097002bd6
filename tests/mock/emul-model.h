/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model machine of 4 kB for the emulator: code at 0, data at 0x800; it notes
 * what it is asked.
 */
#ifndef TESTS_MOCK_EMUL_MODEL_H
#define TESTS_MOCK_EMUL_MODEL_H

#include "emul/insn.h"

#define MEM_SIZE 4096
#define DATA	 0x800u
#define FS_BASE	 0x100u

struct model {
	uint8_t mem[MEM_SIZE];
	char log[256];
	bool user, io_refused, refuse;
	struct emul e;
};

/** A new machine: registers and data that can be told apart. */
void reset(struct model *m);
/** Emulate the instruction @code of @len bytes, which is put at 0. */
enum emul_result run(struct model *m, const char *code, size_t len);
#define RUN(m, code) run(m, code, sizeof(code) - 1)

#endif
