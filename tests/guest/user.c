/* SPDX-License-Identifier: GPL-2.0-only */
/* See user.h. */
#include "guest.h"
#include "mm.h"
#include "user.h"

extern uint8_t user_start[];

void user_map(void)
{
	map(USER_VA, pa(user_start), USER_RO);
	map_new(USER_DATA, USER_PAGE);
	map_new(USER_STACK, USER_PAGE);
}

uint32_t user_address(const uint8_t *label)
{
	return USER_VA + (uint32_t)(label - user_start);
}

void user_call(uint32_t eip, uint32_t eax, uint32_t ebx, uint32_t ecx,
	       uint32_t edx)
{
	struct user_regs r = { .eip = eip,
			       .esp = USER_STACK_TOP,
			       .eax = eax,
			       .ebx = ebx,
			       .ecx = ecx,
			       .edx = edx };

	user_run(&r, false);
}
