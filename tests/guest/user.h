/* SPDX-License-Identifier: GPL-2.0-only */
/* Code that runs in user mode (user-code.S), at USER_VA, and its stack. */
#ifndef GUEST_USER_H
#define GUEST_USER_H

#include "layout-guest.h"

#define USER_CODE_PAGES 1
#define USER_DATA	0x08060000
#define USER_STACK	0x08070000 /* one page */
#define USER_STACK_TOP	(USER_STACK + 0x1000 - 16)

#ifndef __ASSEMBLER__
#include "traps.h"

/** Map the code, a data page and a stack; frames come from the pool. */
void user_map(void);
/** Where the code @label of user-code.S runs. */
#define USER(label)                                                            \
	({                                                                     \
		extern const uint8_t label[];                                  \
		user_address(label);                                           \
	})
uint32_t user_address(const uint8_t *label);
/** Run @eip with eax, ebx, ecx, edx; the last trap is then last_trap. */
void user_call(uint32_t eip, uint32_t eax, uint32_t ebx, uint32_t ecx,
	       uint32_t edx);
#endif
#endif
