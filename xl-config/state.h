/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What belongs to one domain: the folder STATE/UUID with its bundle.
 *
 * xl's daemon, which starts the domain anew when it reboots, inherits a lock
 * on it; and a process of our own waits for the domain's end and removes the
 * folder then.  A domain that was saved keeps it: it may be restored, and
 * rebooted after that.  Whoever removes a folder holds its lock.
 */
#ifndef XL_CONFIG_STATE_H
#define XL_CONFIG_STATE_H

#include "domain.h"
#include "report.h"

#define STATE_DIR "/var/lib/vmi-xen"

struct state {
	char uuid[UUID_SIZE];
	char *dir, *bundle, *lock, *saved; /* paths */
	int lock_fd;			   /* inherited by xl; or -1 */
};

/** The folder of all: STATE_DIR, or what VMI_XEN_STATE_DIR says. */
const char *state_dir(void);

/** Make the folder of the domain @uuid and lock it. */
bool state_open(struct state *s, const char *uuid, struct report *r);

/** Only the names, for state_remove(). */
bool state_names(struct state *s, const char *uuid);

/** Remove the folder and what is in it. */
void state_remove(const struct state *s);

/** Let go of it; nothing is removed. */
void state_close(struct state *s);

/** Leave a process behind that removes the folder when its domain is gone. */
void state_guard(const struct state *s);

/** Remove the folders of domains that are gone. */
void state_sweep(void);

#endif
