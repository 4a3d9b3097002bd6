/* SPDX-License-Identifier: GPL-2.0-only */
/* Running domains, through libxl and xenstore. */
#ifndef XL_CONFIG_DOMAIN_H
#define XL_CONFIG_DOMAIN_H

#include "uuid.h"

#include <stdint.h>

enum domain_end {
	END_NONE, /* it runs */
	END_SUSPEND,
	END_CRASH,
	END_OTHER, /* poweroff, reboot, watchdog */
	END_DYING, /* xl or Xen takes it apart; no event tells when it is gone */
};

struct domain {
	uint32_t id;
	enum domain_end end;
};

enum domain_found {
	DOMAIN_UNKNOWN, /* Xen cannot be asked */
	DOMAIN_NONE,
	DOMAIN_FOUND,
};

/** The domain with this UUID. */
enum domain_found domain_find(struct domain *d, const char *uuid);

#endif
