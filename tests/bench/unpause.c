/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In dom0: let a paused domain run, and say when, in instructions since
 * power-on, modulo 2^32.
 *
 *	unpause DOMID
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <xenctrl.h>

#define INSN_SHIFT 3 /* the laboratory's time-stamp counter: 8 each */

int main(int argc, char **argv)
{
	xc_interface *xc = xc_interface_open(NULL, NULL, 0);
	uint64_t now = __builtin_ia32_rdtsc();

	if (argc != 2 || !xc || xc_domain_unpause(xc, (uint32_t)atoi(argv[1])))
		return 1;
	printf("op start %u\n", (uint32_t)(now >> INSN_SHIFT));
	return 0;
}
