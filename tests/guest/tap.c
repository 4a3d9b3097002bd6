/* SPDX-License-Identifier: GPL-2.0-only */
/* Running tests and printing TAP (testanything.org, version 12). */
#include "guest.h"
#include "irq.h"
#include "mm.h"
#include "traps.h"
#include "vmi.h"

#define TEXT_MAX  192
#define MAX_NOTES 8

static struct {
	struct context context;
	const char *skip_reason;
	int number, failures;
	bool running;
} tap;

void note(const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	print("# %s\n", text);
}

void fail(const char *file, int line, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	if (++tap.failures > MAX_NOTES)
		return;
	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	note("%s:%d: %s", file, line, text);
}

void __noreturn skip(const char *reason)
{
	tap.skip_reason = reason;
	context_jump(&tap.context, 1);
}

void __noreturn test_abort(void)
{
	if (!tap.running) {
		print("Bail out! a trap outside of a test\n");
		power_off();
	}
	tap.failures++;
	context_jump(&tap.context, 1);
}

void result(bool good, const char *reason, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	print("%s %d - %s%s%s\n", good ? "ok" : "not ok", ++tap.number, text,
	      reason ? " # SKIP " : "", reason ? reason : "");
}

/* What a test may have left behind. */
static void clean_up(void)
{
	irq_off();
	vmi_stack = 0;
	pic_init();
	traps_reset();
	mm_reset();
}

static void run_one(const struct test *t, const char *form)
{
	tap.failures = 0;
	tap.skip_reason = NULL;
	tap.running = true;
	if (!context_save(&tap.context))
		t->run();
	tap.running = false;
	clean_up();
	result(!tap.failures, tap.failures ? NULL : tap.skip_reason, "%s: %s%s",
	       t->group, t->name, form);
}

/* Is @word one of the words of @list, "a,b,c" up to a space? */
static bool is_one_of(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (;; list++) {
		if (!strncmp(list, word, n) &&
		    (list[n] == '\0' || list[n] == ' ' || list[n] == ','))
			return true;
		while (*list && *list != ' ' && *list != ',')
			list++;
		if (*list != ',')
			return false;
	}
}

static bool wanted(const struct test *t)
{
	const char *only = option("only=");

	return !only || is_one_of(only, t->group);
}

void run_tests(enum test_how how, const char *form)
{
	for (const struct test *t = tests_start; t != tests_end; t++)
		if ((t->how & how) && wanted(t))
			run_one(t, form);
}

void print_plan(void)
{
	print("1..%d\n", tap.number);
}
