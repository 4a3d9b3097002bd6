/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waits for the power button, then runs the program that it was given.
 *
 *	powerbutton PROGRAM [ARGUMENT ...]	(PROGRAM with its path)
 *
 * Kernels tell of the button in /proc/acpi/event (2.6, where configured) or
 * through an input device; this looks at both, and ends with status 1 when
 * there is neither.  It waits in the background: when it has returned, no press
 * is missed any more.
 */
#include "mini.h"
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define EVDEV_DEVICE (13 << 8 | 64) /* of event0 */
#define MAX_INPUTS   4
#define NODE	     "/dev/.powerbutton"

static struct pollfd fds[MAX_INPUTS + 1];
static unsigned int nr_fds;

static void watch(long fd)
{
	fds[nr_fds].fd = (int)fd;
	fds[nr_fds++].events = POLLIN;
}

static bool has_power_key(long fd)
{
	static unsigned char keys[KEY_MAX / 8 + 1];

	return sys3(__NR_ioctl, fd, (long)EVIOCGBIT(EV_KEY, sizeof(keys)),
		    ptr(keys)) > 0 &&
	       keys[KEY_POWER / 8] >> KEY_POWER % 8 & 1;
}

static void open_all(void)
{
	long fd = sys2(__NR_open, ptr("/proc/acpi/event"), O_RDONLY);

	if (fd >= 0)
		watch(fd);
	for (int i = 0; i < MAX_INPUTS; i++) {
		sys3(__NR_mknod, ptr(NODE), S_IFCHR | 0600, EVDEV_DEVICE + i);
		fd = sys2(__NR_open, ptr(NODE), O_RDONLY);
		sys1(__NR_unlink, ptr(NODE));
		if (fd >= 0 && has_power_key(fd))
			watch(fd);
		else if (fd >= 0)
			sys1(__NR_close, fd);
	}
}

static bool contains(const char *text, const char *word)
{
	unsigned int i;

	for (; *text; text++) {
		for (i = 0; word[i] && text[i] == word[i]; i++)
			;
		if (!word[i])
			return true;
	}
	return false;
}

/* An event is text from /proc, a struct from an input device. */
static bool is_power(long fd)
{
	static union {
		struct input_event input[8]; /* as many as there are */
		char text[sizeof(struct input_event[8]) + 1];
	} event;
	long n = sys3(__NR_read, fd, ptr(&event), sizeof(event.input));

	for (long i = 0; i < n / (long)sizeof(event.input[0]); i++)
		if (event.input[i].type == EV_KEY &&
		    event.input[i].code == KEY_POWER && event.input[i].value)
			return true;
	return contains(event.text, "button/power");
}

int mini_main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	open_all();
	if (!nr_fds)
		return 1;
	if (sys0(__NR_fork) > 0)
		return 0;
	while (sys3(__NR_poll, ptr(fds), nr_fds, -1) > 0)
		for (unsigned int i = 0; i < nr_fds; i++)
			if (fds[i].revents && is_power(fds[i].fd)) {
				say("powerbutton: pressed\n");
				sys3(__NR_execve, ptr(argv[1]), ptr(argv + 1),
				     ptr(argv + argc));
				return 1;
			}
	return 1;
}
