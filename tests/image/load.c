/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The load's frame: runs the tests, prints TAP; and what several tests use.
 *
 *	load [name ...]		only these tests
 */
#include "load.h"
#include <setjmp.h>

char load_why[512];
char load_self[256] = "/bin/load";
volatile sig_atomic_t load_signals;
volatile uintptr_t load_fault;
static sigjmp_buf fault_exit;

int wait_status(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

void *private_pages(unsigned int pages)
{
	void *m = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return m == MAP_FAILED ? NULL : m;
}

void count_signal(int sig)
{
	(void)sig;
	load_signals++;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	load_fault = (uintptr_t)info->si_addr;
	siglongjmp(fault_exit, sig);
}

int touch(volatile char *p, bool write)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO | SA_NODEFER };
	struct sigaction old[2];
	int sig;

	sigaction(SIGSEGV, &sa, &old[0]);
	sigaction(SIGBUS, &sa, &old[1]);
	sig = sigsetjmp(fault_exit, 1);
	if (!sig) {
		if (write)
			*p = 1;
		else
			(void)*p;
	}
	sigaction(SIGSEGV, &old[0], NULL);
	sigaction(SIGBUS, &old[1], NULL);
	return sig;
}

int signal_of(void (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		fn();
		_exit(0);
	}
	status = wait_status(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

unsigned int meminfo(const char *name)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned int value = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)) &&
		    line[strlen(name)] == ':')
			value = (unsigned int)strtoul(line + strlen(name) + 1,
						      NULL, 10);
	if (file)
		fclose(file);
	return value;
}

/* --------------------------------------------------------------------------*/
extern const struct load_test __start_load_tests[], __stop_load_tests[];

static bool wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc < 2;
}

/* Runs one test; whether it failed. */
static bool run(unsigned int n, const struct load_test *t)
{
	const char *error;

	fflush(stdout);
	error = t->run();
	if (error == LOAD_SKIP)
		printf("ok %u - %s # SKIP not in this kernel\n", n, t->name);
	else if (error)
		printf("not ok %u - %s: %s\n", n, t->name, error);
	else
		printf("ok %u - %s\n", n, t->name);
	return error && error != LOAD_SKIP;
}

int main(int argc, char **argv)
{
	const struct load_test *t = __start_load_tests;
	unsigned int n = 0, failed = 0;
	ssize_t len =
		readlink("/proc/self/exe", load_self, sizeof(load_self) - 1);

	if (argc == 3 && !strcmp(argv[1], "--exit"))
		return atoi(argv[2]);
	if (len > 0)
		load_self[len] = '\0';
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* cppcheck-suppress comparePointers ; both are the linker's */
	for (; t < __stop_load_tests; t++)
		if (wanted(argc, argv, t->name))
			failed += run(++n, t);
	printf("1..%u\n", n);
	if (!n)
		fprintf(stderr, "load: no test of that name\n");
	return failed || !n;
}
