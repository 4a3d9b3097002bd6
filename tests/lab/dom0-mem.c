/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lab's channel between dom0 and the machine around it: memory of a PCI
 * device (QEMU's ivshmem-plain), which is a file outside.
 *
 *	lab-mem wait		until a payload is there
 *	lab-mem get		the payload, to standard output
 *	lab-mem put		standard input, to the other half
 *	lab-mem tsc		the time stamp counter, a decimal number
 *
 * A disk would do the same, but answers when the host's disk does: only with
 * plain memory two runs are the same to the instruction.  The layout is that
 * of lab.py: each half begins with a header sector, MAGIC and the size.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MAGIC	    "VMIXENLAB1 "
#define HEADER_SIZE 4096u
#define CHANNEL	    ((size_t)256 << 20)
#define OUT_AT	    ((size_t)192 << 20)
#define RESOURCE    "/dev/lab-channel"
#define POLL_NS	    50000000

static unsigned char *channel;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void open_channel(void)
{
	int fd = open(RESOURCE, O_RDWR);

	if (fd < 0)
		die(RESOURCE);
	channel =
		mmap(NULL, CHANNEL, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (channel == MAP_FAILED)
		die("mmap");
	close(fd);
}

/* The payload's size, 0 when there is none yet. */
static size_t payload_size(void)
{
	char text[64];

	memcpy(text, channel, sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	if (strncmp(text, MAGIC, strlen(MAGIC)) != 0)
		return 0;
	return strtoul(text + strlen(MAGIC), NULL, 10);
}

static void wait_payload(void)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };

	while (!payload_size())
		nanosleep(&pause, NULL);
}

static void get(void)
{
	const unsigned char *p = channel + HEADER_SIZE;
	size_t left = payload_size();

	if (left > OUT_AT - HEADER_SIZE)
		left = 0;
	while (left) {
		ssize_t n =
			write(STDOUT_FILENO, p, left < 65536 ? left : 65536);

		if (n <= 0)
			die("write");
		p += n;
		left -= (size_t)n;
	}
}

static void put(void)
{
	unsigned char *p = channel + OUT_AT + HEADER_SIZE;
	size_t room = CHANNEL - OUT_AT - HEADER_SIZE;
	size_t size = 0;
	ssize_t n;

	while ((n = read(STDIN_FILENO, p + size,
			 room - size < 65536 ? room - size : 65536)) > 0)
		size += (size_t)n;
	if (n < 0)
		die("read");
	snprintf((char *)channel + OUT_AT, 64, MAGIC "%zu\n", size);
}

int main(int argc, char **argv)
{
	const char *verb = argc == 2 ? argv[1] : "";

	if (!strcmp(verb, "tsc")) {
		printf("%llu\n", __builtin_ia32_rdtsc());
		return 0;
	}
	open_channel();
	if (!strcmp(verb, "wait"))
		wait_payload();
	else if (!strcmp(verb, "get"))
		get();
	else if (!strcmp(verb, "put"))
		put();
	else
		return 2;
	return 0;
}
