/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stands around a frontend: guest memory, pages, grants, event channels; the
 * xenstore is fake-store.h's.
 */
#ifndef TESTS_MOCK_FRONT_RIG_H
#define TESTS_MOCK_FRONT_RIG_H

#include "cpu/machine.h"
#include "xen/grant.h"
#include "xen/xenbus.h"

#define RIG_RAM	    0x200000u
#define RIG_HOLE    0x1f0000u /* to the end: no memory */
#define RIG_ROM	    0x1e0000u /* to RIG_HOLE: the guest cannot write there */
#define RIG_GRANTS  8000u
#define RIG_BACKEND 7u /* the backends' domain */

struct rig_grant {
	uint32_t frame;
	bool used, read_only;
	bool kept; /* the backend has it mapped */
};

extern struct machine rig_machine;
extern uint8_t rig_ram[RIG_RAM];
extern struct rig_grant rig_grant[RIG_GRANTS];
extern uint32_t rig_grant_limit; /* at once, below RIG_GRANTS */
extern uint32_t rig_pages;	 /* of the adapter's that there are */
extern unsigned int rig_warnings, rig_errors, rig_kicks;

/** Once: memory is there, and the store is empty. */
void rig_memory(void);
/** Fire @port as the backend does; then what ourselves raised. */
void rig_fire(evtchn_t port);
/** What ourselves raised only. */
void rig_soft(void);
/** Memory behind grant @g, which must be given. */
uint8_t *rig_granted(grant_t g);
unsigned int rig_grants_used(void);
/** Key of a device: @back: of its backend. */
const char *rig_path(const char *type, const char *number, bool back,
		     const char *key);
uint32_t rig_number(const char *path);

#endif
