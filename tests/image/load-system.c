/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load: time, what the administrator changes, swap and modules.
 */
#include "load.h"
#include <dirent.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <time.h>

LOAD_TEST(timer, "timer")
{
	struct itimerval every = { { 0, 20000 }, { 0, 20000 } }, off = { 0 };
	struct sigaction sa = { .sa_handler = count_signal };
	struct timespec a, b;
	long ms;

	sigaction(SIGALRM, &sa, NULL);
	load_signals = 0;
	clock_gettime(CLOCK_MONOTONIC, &a);
	setitimer(ITIMER_REAL, &every, NULL);
	while (load_signals < 10)
		pause();
	setitimer(ITIMER_REAL, &off, NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	return ms >= 190 ? NULL : FAIL("ten ticks of 20 ms in %ld ms", ms);
}

LOAD_TEST(clock, "clock")
{
	struct timespec last, now, half = { 0, 500000000 };
	time_t before = time(NULL);

	clock_gettime(CLOCK_MONOTONIC, &last);
	for (int i = 0; i < 5000; i++) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec < last.tv_sec ||
		    (now.tv_sec == last.tv_sec && now.tv_nsec < last.tv_nsec))
			return FAIL("time went back");
		last = now;
	}
	nanosleep(&half, NULL);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - last.tv_sec) * 1000 +
		    (now.tv_nsec - last.tv_nsec) / 1000000 <
	    500)
		return FAIL("half a second was shorter");
	return time(NULL) >= before && before > 1000000000
		       ? NULL
		       : FAIL("the date is %ld", (long)before);
}

LOAD_TEST(sysctl, "sysctl")
{
	char name[32] = "";
	int fd = open("/proc/sys/kernel/hostname", O_RDWR);

	if (fd < 0)
		return LOAD_SKIP;
	if (write(fd, "vmi-load\n", 9) != 9)
		return FAIL("write: %s", strerror(errno));
	if (gethostname(name, sizeof(name)) || strcmp(name, "vmi-load"))
		return FAIL("the name is %s", name);
	close(fd);
	return NULL;
}

/* --- Swap -------------------------------------------------------------------*/
enum {
	SWAP_PAGES = 12 * MB / PAGE, /* at most; and at least: */
	SWAP_LEAST = 2 * MB / PAGE,
	MAX_MB = 4096, /* that are filled to make it swap */
	HOLD_MB = 1024,
	HOLD_ABOVE_MB = 2048,
	MAX_HOLDERS = 8
};

/* Page 0 of a swap area: version, last page, no bad ones; the signature. */
static bool write_signature(int fd, uint32_t pages)
{
	const uint32_t header[] = { 1, pages - 1, 0 };

	return pwrite(fd, header, sizeof(header), 1024) == sizeof(header) &&
	       pwrite(fd, "SWAPSPACE2", 10, PAGE - 10) == 10 && !fsync(fd);
}

/* A ram disk whose pages exist already: swapping out needs none then. */
static const char *make_swap(const char *path)
{
	static uint8_t page[PAGE];
	const int block = PAGE;
	uint32_t pages = 0;
	bool good;
	int fd;

	if (mknod(path, S_IFBLK | 0600, makedev(1, 3)) && errno != EEXIST)
		return FAIL("mknod: %s", strerror(errno));
	fd = open(path, O_RDWR);
	if (fd < 0)
		return LOAD_SKIP;
	/* Old ram disks forget all when swapon() does this. */
	ioctl(fd, BLKBSZSET, &block);
	while (pages < SWAP_PAGES && write(fd, page, PAGE) == (ssize_t)PAGE)
		pages++;
	good = write_signature(fd, pages);
	close(fd);
	if (pages < SWAP_LEAST)
		return LOAD_SKIP;
	return good ? NULL : FAIL("the signature: %s", strerror(errno));
}

/* Old kernels refuse a fork of what fills memory, though little is copied. */
static void allow_overcommit(char how)
{
	int fd = open("/proc/sys/vm/overcommit_memory", O_WRONLY);

	if (fd >= 0 && write(fd, &how, 1) != 1)
		printf("# vm.overcommit_memory cannot be set\n");
	close(fd);
}

/*
 * Fill memory until some of it is in the swap area, then look at all of it;
 * a child does, and so do its copies of what is swapped out.
 */
static void fill_memory(void)
{
	static uint32_t *chunk[MAX_MB];
	unsigned int total = meminfo("SwapTotal"), n = 0;
	pid_t child;

	do {
		chunk[n] = private_pages(MB / PAGE);
		if (!chunk[n])
			_exit(1);
		for (uint32_t i = 0; i < MB / PAGE; i++)
			chunk[n][i * PAGE_U32] = n << 16 | i;
		n++;
	} while (n < MAX_MB && total - meminfo("SwapFree") < total / 6);
	child = fork();
	if (child < 0)
		_exit(4);
	for (unsigned int c = 0; c < n; c++)
		for (uint32_t i = 0; i < MB / PAGE; i++)
			if (chunk[c][i * PAGE_U32] != (c << 16 | i))
				_exit(2);
	if (child && wait_status(child))
		_exit(3);
	_exit(0);
}

/* A process that holds HOLD_MB until it is killed. */
static pid_t hold_memory(void)
{
	volatile uint32_t *page;
	char byte = 0;
	int full[2];
	pid_t pid;

	if (pipe(full))
		return -1;
	pid = fork();
	if (!pid) {
		page = private_pages(HOLD_MB * (MB / PAGE));
		for (uint32_t i = 0; page && i < HOLD_MB * (MB / PAGE); i++)
			page[i * PAGE_U32] = i;
		if (write(full[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(full[1]);
	if (pid > 0 && read(full[0], &byte, 1) != 1)
		printf("# no memory to hold back\n");
	close(full[0]);
	return pid;
}

/* What one process has no addresses for others hold. */
static unsigned int hold_back(pid_t *holder)
{
	unsigned int n = 0;

	while (n < MAX_HOLDERS && meminfo("MemFree") / 1024 > HOLD_ABOVE_MB) {
		holder[n] = hold_memory();
		if (holder[n] < 0)
			break;
		n++;
	}
	return n;
}

static void let_go(const pid_t *holder, unsigned int n)
{
	while (n--) {
		kill(holder[n], SIGKILL);
		waitpid(holder[n], NULL, 0);
	}
}

LOAD_TEST(swap, "swap")
{
	const char *path = "/dev/load-swap";
	const char *error;
	pid_t pid, holder[MAX_HOLDERS];
	unsigned int holders;
	int status;

	if (access("/proc/swaps", F_OK))
		return LOAD_SKIP;
	error = make_swap(path);
	if (error)
		return error;
	if (swapon(path, 0))
		return FAIL("swapon: %s", strerror(errno));
	allow_overcommit('1');
	holders = hold_back(holder);
	pid = fork();
	if (!pid)
		fill_memory();
	status = wait_status(pid);
	let_go(holder, holders);
	allow_overcommit('0');
	if (swapoff(path))
		return FAIL("swapoff: %s", strerror(errno));
	return status ? FAIL("memory that was swapped: status %#x", status)
		      : NULL;
}

/* --- Modules ----------------------------------------------------------------*/
#define MODULES "/lib/modules"

static const char *load_module(const char *file)
{
	char path[300], name[64];
	off_t size;
	void *image;
	long rc;
	int fd;

	snprintf(path, sizeof(path), MODULES "/%s", file);
	snprintf(name, sizeof(name), "%.*s", (int)strlen(file) - 3, file);
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	fd = open(path, O_RDONLY);
	size = lseek(fd, 0, SEEK_END);
	if (fd < 0 || size <= 0)
		return FAIL("%s: %s", path, strerror(errno));
	image = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (image == MAP_FAILED)
		return FAIL("%s: %s", path, strerror(errno));
	rc = syscall(SYS_init_module, image, (size_t)size, "");
	munmap(image, (size_t)size);
	if (rc)
		return errno == ENOSYS ? LOAD_SKIP
				       : FAIL("%s: %s", file, strerror(errno));
	if (syscall(SYS_delete_module, name, O_NONBLOCK))
		return FAIL("unload %s: %s", name, strerror(errno));
	return NULL;
}

/* Often, so that what is not freed adds up. */
static const char *load_often(const char *file)
{
	const char *error = NULL;

	for (int i = 0; i < 20 && !error; i++)
		error = load_module(file);
	return error;
}

/* Modules of this very kernel, where the image has some. */
LOAD_TEST(modules, "modules")
{
	DIR *dir = opendir(MODULES);
	const char *error = LOAD_SKIP;
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *end = strrchr(entry->d_name, '.');

		if (end && !strcmp(end, ".ko"))
			error = load_often(entry->d_name);
		if (error && error != LOAD_SKIP)
			break;
	}
	if (dir)
		closedir(dir);
	return error;
}
