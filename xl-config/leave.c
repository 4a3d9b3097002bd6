/* SPDX-License-Identifier: GPL-2.0-only */
/* See leave.h. */
#define _GNU_SOURCE
#include "leave.h"
#include "xen-context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

/* As xl takes commands' names: any beginning that only one of them has. */
static const struct verb {
	const char *name;
	size_t least;
	const char *with_value; /* its options that have one */
} verbs[] = {
	{ "save", 2, "" },
	{ "migrate", 7, "Cs" },
	{ "remus", 3, "isN" },
};

#define NR_VERBS (sizeof(verbs) / sizeof(*verbs))

static const struct verb *find_verb(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < NR_VERBS; i++)
		if (len >= verbs[i].least && !strncmp(verbs[i].name, word, len))
			return &verbs[i];
	return NULL;
}

const char *leave_domain(int argc, char **argv)
{
	const struct verb *verb = argc > 0 ? find_verb(argv[0]) : NULL;

	for (int i = 1; verb && i < argc; i++) {
		if (argv[i][0] != '-')
			return argv[i];
		if (argv[i][1] && !argv[i][2] &&
		    strchr(verb->with_value, argv[i][1]))
			i++;
	}
	return NULL;
}

/* Whether it has something in it: libxl makes some of them empty. */
static bool has_node(struct xs_handle *xs, uint32_t domid, const char *node)
{
	char path[80], *value;
	unsigned int n;
	bool has;

	snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, node);
	value = xs_read(xs, XBT_NULL, path, &n);
	has = value && *value;
	free(value);
	return has;
}

static bool find_domain(uint32_t *domid, const char *name)
{
	struct xen_context x;
	char *end;
	bool found;

	*domid = (uint32_t)strtoul(name, &end, 10);
	if (*name && !*end)
		return true;
	if (!xen_context_open(&x))
		return false;
	found = !libxl_name_to_domid(x.ctx, name, domid);
	xen_context_close(&x);
	return found;
}

bool leave_check(const char *name, struct report *r)
{
	struct xs_handle *xs;
	uint32_t domid;
	bool good;

	if (!find_domain(&domid, name))
		return true; /* xl says so itself */
	xs = xs_open(0);
	if (!xs)
		return true;
	/* An adapter that can be suspended says so, as other guests do. */
	good = !has_node(xs, domid, "data/vmi/version") ||
	       has_node(xs, domid, "control/feature-suspend");
	xs_close(xs);
	return good ||
	       report_error(
		       r,
		       "domain \"%s\" is a VMI guest and cannot be saved or migrated: it runs on; xl shutdown ends it",
		       name);
}
