/* SPDX-License-Identifier: GPL-2.0-only */
/* VMI_Init: the guest stays where it is; only time needs preparing. */
#include "ref.h"
#include "calls.h"
#include "lib/string.h"

uint32_t rom_init(void)
{
	struct rom_data *d = rom_data();

	if (!rom_word(ROM_OFF_DATA))
		return VMI_INIT_FAIL;
	memset(d, 0, sizeof(*d));
	apic_init(d);
	paging_init(d);
	ap_init();
	time_init(d);
	return VMI_INIT_OK;
}
