/* SPDX-License-Identifier: GPL-2.0-only */
/* Grant references, version 1 (the shim has no other). */
#ifndef VMI_XEN_GRANT_H
#define VMI_XEN_GRANT_H

#include "types.h"

typedef uint32_t grant_t;
#define GRANT_NONE 0u

struct machine;

/** Map the grant table; entries that a loader left behind are not used. */
void grant_init(struct machine *m);
/**
 * Let domain @domid access frame @m. Returns GRANT_NONE when the table is
 * full.
 */
grant_t grant_access(uint32_t domid, mfn_t m, bool read_only);
/**
 * End it.  A backend that still has the frame mapped keeps the entry: then
 * false is returned, and the entry is never used again.
 */
bool grant_end(grant_t g);
/** References that grant_access() can still give. */
uint32_t grant_free(void);

#endif
