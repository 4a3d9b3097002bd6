/* SPDX-License-Identifier: GPL-2.0-only */
/* See watch.h. */
#define _GNU_SOURCE
#include "watch.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xenstore.h>

#define STEP_MS	     20
#define START_MS     3000 /* a shim takes 0.2 s, under emulation 1.5 s */
#define END_MS	     8000
#define KEPT_MS	     500 /* xl destroys it within that */
#define SETTLE_MS    300 /* for xenconsoled to empty the ring */
#define TAIL_LINES   12
#define CONSOLE_SIZE 65536
#define NS_PER_MS    1000000

static void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * NS_PER_MS };

	nanosleep(&t, NULL);
}

static char *read_node(struct xs_handle *xs, uint32_t domid, const char *node)
{
	char path[80];
	unsigned int n;

	snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, node);
	return xs_read(xs, XBT_NULL, path, &n);
}

static bool has_spoken(struct xs_handle *xs, uint32_t domid)
{
	char *version = read_node(xs, domid, "data/vmi/version");
	bool spoken = version;

	free(version);
	return spoken;
}

enum start watch_start(const char *uuid)
{
	struct xs_handle *xs = xs_open(0);
	enum start start = START_GOOD;
	struct domain d;
	int kept_ms = 0;

	for (int ms = 0; xs && ms < START_MS; ms += STEP_MS) {
		enum domain_found found = domain_find(&d, uuid);

		if (found == DOMAIN_NONE) {
			start = START_GONE;
			break;
		}
		if (found == DOMAIN_UNKNOWN || has_spoken(xs, d.id))
			break;
		if (d.end == END_CRASH || d.end == END_OTHER)
			kept_ms += STEP_MS;
		if (kept_ms > KEPT_MS) {
			start = START_KEPT;
			break;
		}
		sleep_ms(STEP_MS);
	}
	if (xs)
		xs_close(xs);
	return start;
}

/* What the console's terminal holds. */
static char *read_console(uint32_t domid)
{
	struct xs_handle *xs = xs_open(0);
	char *tty = xs ? read_node(xs, domid, "console/tty") : NULL;
	char *text = calloc(1, CONSOLE_SIZE);
	int fd = tty ? open(tty, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
		     : -1;
	size_t used = 0;
	ssize_t n = 1;

	while (fd >= 0 && text && n > 0 && used < CONSOLE_SIZE - 1) {
		n = read(fd, text + used, CONSOLE_SIZE - 1 - used);
		if (n > 0)
			used += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	free(tty);
	if (xs)
		xs_close(xs);
	return text;
}

/* Nothing but blanks, stars and Xen's mark. */
static bool says_nothing(const char *line, size_t len)
{
	static const char mark[] = "(XEN)";
	size_t at = 0;

	if (len >= sizeof(mark) - 1 && !memcmp(line, mark, sizeof(mark) - 1))
		at = sizeof(mark) - 1;
	while (at < len && (line[at] == ' ' || line[at] == '*'))
		at++;
	return at == len;
}

int print_tail(const char *text, FILE *out)
{
	const char *lines[TAIL_LINES];
	size_t lengths[TAIL_LINES];
	int n = 0;

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\r\n");

		if (!says_nothing(p, len)) {
			lines[n % TAIL_LINES] = p;
			lengths[n % TAIL_LINES] = len;
			n++;
		}
		p += len + (p[len] != '\0');
	}
	for (int i = n > TAIL_LINES ? n - TAIL_LINES : 0; i < n; i++)
		fprintf(out, "  %.*s\n", (int)lengths[i % TAIL_LINES],
			lines[i % TAIL_LINES]);
	return n > TAIL_LINES ? TAIL_LINES : n;
}

int watch_tail(const char *uuid, uint32_t *domid, FILE *out)
{
	struct domain d = { 0 };
	char *text;
	int n = 0;

	*domid = 0;
	for (int ms = 0; ms < END_MS; ms += STEP_MS) {
		if (domain_find(&d, uuid) != DOMAIN_FOUND)
			break;
		*domid = d.id;
		if (d.end != END_NONE)
			break;
		sleep_ms(STEP_MS);
	}
	if (!*domid)
		return 0;
	sleep_ms(SETTLE_MS);
	text = read_console(*domid);
	if (text)
		n = print_tail(text, out);
	free(text);
	return n;
}
