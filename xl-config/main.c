/* SPDX-License-Identifier: GPL-2.0-only */
/* vmi-xen: the dom0 side of VMI guests. */
#include "commands.h"

int main(int argc, char **argv)
{
	return vmi_xen(argc, argv);
}
