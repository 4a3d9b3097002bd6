/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The least user space there is: as /init it says which kernel it runs on and
 * powers off.  For tests of the ways to start a guest, where the guest's own
 * work would only take time.
 */
#include "mini.h"
#include <linux/reboot.h>
#include <linux/utsname.h>

int mini_main(int argc, char **argv)
{
	struct new_utsname name;

	(void)argc;
	(void)argv;
	if (sys1(__NR_uname, ptr(&name)))
		return 1;
	say("up: ");
	say(name.sysname);
	say(" ");
	say(name.release);
	say(" ");
	say(name.machine);
	say("\n");
	sys3(__NR_reboot, (long)LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
	     LINUX_REBOOT_CMD_POWER_OFF);
	return 1;
}
