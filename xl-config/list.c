/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmi-xen list: the VMI domains, as xl list shows domains.  One is recognised
 * by what its adapter writes to xenstore (data/vmi), or, before that, by what
 * it was started with.
 */
#include "commands.h"
#include "counters.h"
#include "domain.h"
#include "json.h"
#include "rewrite.h"
#include "xen-context.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#define NS_PER_S     1000000000.0
#define KB_PER_MB    1024
#define STATE_LEN    7 /* "rbpscd" */
#define ADAPTER_FILE "vmi.elf"

struct entry {
	const libxl_dominfo *info;
	char *name;
	char *version, *state; /* by the adapter; NULL: nothing yet */
	struct sums sums;      /* only where they are shown */
	bool shim;
	char letters[STATE_LEN];
	char uuid[UUID_SIZE];
};

struct lister {
	struct xen_context x;
	struct xs_handle *xs;
	const char *only; /* a domain's name or id, or NULL */
	bool verbose, json;
	struct json j;
	int found;
};

static char *read_node(struct lister *l, uint32_t domid, const char *node)
{
	char path[80];
	unsigned int n;

	snprintf(path, sizeof(path), "/local/domain/%u/data/vmi/%s", domid,
		 node);
	return l->xs ? xs_read(l->xs, XBT_NULL, path, &n) : NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

static bool is(const char *path, const char *name)
{
	return path && !strcmp(base_name(path), name);
}

/* What it was started with; true when that is our adapter. */
static bool read_config(struct lister *l, struct entry *e)
{
	libxl_domain_config config;
	const libxl_domain_build_info *b = &config.b_info;
	bool ours = false;

	libxl_domain_config_init(&config);
	if (!libxl_retrieve_domain_configuration(l->x.ctx, e->info->domid,
						 &config, NULL)) {
		ours = is(b->kernel, ADAPTER_FILE) ||
		       is(b->bootloader, BOOTLOADER_NAME);
		e->shim = config.c_info.type == LIBXL_DOMAIN_TYPE_PVH;
	}
	libxl_domain_config_dispose(&config);
	return ours;
}

static void put_letters(struct entry *e)
{
	const libxl_dominfo *i = e->info;
	const struct {
		bool set;
		char letter;
	} bits[] = {
		{ i->running, 'r' },
		{ i->blocked, 'b' },
		{ i->paused, 'p' },
		{ i->shutdown, 's' },
		{ i->shutdown &&
			  i->shutdown_reason == LIBXL_SHUTDOWN_REASON_CRASH,
		  'c' },
		{ i->dying, 'd' },
	};

	for (size_t n = 0; n < STATE_LEN - 1; n++)
		e->letters[n] = bits[n].set ? bits[n].letter : '-';
	e->letters[STATE_LEN - 1] = '\0';
}

static void print_header(const struct lister *l)
{
	printf("%-40s %5s %5s %5s\t%-6s\t%8s  %-6s %-8s %s", "Name", "ID",
	       "Mem", "VCPUs", "State", "Time(s)", "Route", "Guest", "Adapter");
	if (l->verbose)
		printf("  %-36s %12s %12s %12s %12s", "UUID", "VMI-Calls",
		       "Hypercalls", "Traps", "Interrupts");
	putchar('\n');
}

static void print_sums(const struct entry *e)
{
	const struct sums *s = &e->sums;

	printf("  %s", e->uuid);
	if (s->known)
		printf(" %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64,
		       s->calls, s->hypercalls, s->traps, s->interrupts);
	else
		printf(" %12s %12s %12s %12s", "-", "-", "-", "-");
}

static void print_entry(const struct lister *l, const struct entry *e)
{
	const libxl_dominfo *i = e->info;

	printf("%-40s %5u %5llu %5u\t%s\t%8.1f  %-6s %-8s %s",
	       e->name ? e->name : "(null)", i->domid,
	       (unsigned long long)(i->current_memkb + i->outstanding_memkb) /
		       KB_PER_MB,
	       i->vcpu_online, e->letters, (double)i->cpu_time / NS_PER_S,
	       e->shim ? "shim" : "direct", e->state ? e->state : "-",
	       e->version ? e->version : "-");
	if (l->verbose)
		print_sums(e);
	putchar('\n');
}

static void json_entry(struct lister *l, const struct entry *e)
{
	const libxl_dominfo *i = e->info;

	json_open(&l->j, NULL, '{');
	json_string(&l->j, "name", e->name);
	json_number(&l->j, "domid", i->domid);
	json_string(&l->j, "uuid", e->uuid);
	json_number(&l->j, "memory_kb",
		    (long long)(i->current_memkb + i->outstanding_memkb));
	json_number(&l->j, "vcpus", i->vcpu_online);
	json_string(&l->j, "state", e->letters);
	json_number(&l->j, "cpu_time_ns", (long long)i->cpu_time);
	json_string(&l->j, "route", e->shim ? "shim" : "direct");
	json_string(&l->j, "guest", e->state);
	json_string(&l->j, "adapter", e->version);
	if (e->sums.known) {
		json_number(&l->j, "vmi_calls", (long long)e->sums.calls);
		json_number(&l->j, "hypercalls", (long long)e->sums.hypercalls);
		json_number(&l->j, "traps", (long long)e->sums.traps);
		json_number(&l->j, "interrupts", (long long)e->sums.interrupts);
	}
	json_close(&l->j, '}');
}

static bool wanted(const struct lister *l, const struct entry *e)
{
	char id[16];

	snprintf(id, sizeof(id), "%u", e->info->domid);
	return !l->only || !strcmp(l->only, id) ||
	       (e->name && !strcmp(l->only, e->name));
}

static void read_counters(struct lister *l, struct entry *e)
{
	char *frame = read_node(l, e->info->domid, "counters");

	counters_read(&e->sums, e->info->domid, frame);
	free(frame);
}

static void show(struct lister *l, const libxl_dominfo *info)
{
	struct entry e = { .info = info };
	bool ours = info->domid && read_config(l, &e);

	e.name = libxl_domid_to_name(l->x.ctx, info->domid);
	e.version = read_node(l, info->domid, "version");
	e.state = read_node(l, info->domid, "state");
	if ((ours || e.version) && wanted(l, &e)) {
		snprintf(e.uuid, sizeof(e.uuid), LIBXL_UUID_FMT,
			 LIBXL_UUID_BYTES(info->uuid));
		put_letters(&e);
		if (l->verbose || l->json)
			read_counters(l, &e);
		if (!l->json && !l->found)
			print_header(l);
		if (l->json)
			json_entry(l, &e);
		else
			print_entry(l, &e);
		l->found++;
	}
	free(e.name);
	free(e.version);
	free(e.state);
}

static int list(struct lister *l)
{
	struct report r = { "" };
	libxl_dominfo *all;
	int n = 0;

	if (!xen_context_open(&l->x)) {
		report_error(&r,
			     "Xen does not answer: run this as root in dom0");
		return say_error(&r, STATUS_FAILED);
	}
	l->xs = xs_open(0);
	all = libxl_list_domain(l->x.ctx, &n);
	if (l->json)
		json_open(&l->j, NULL, '[');
	for (int i = 0; all && i < n; i++)
		show(l, &all[i]);
	if (l->json)
		json_close(&l->j, ']');
	else if (!l->found && !l->only)
		print_header(l);
	if (all)
		libxl_dominfo_list_free(all, n);
	if (l->xs)
		xs_close(l->xs);
	xen_context_close(&l->x);
	if (l->found || !l->only)
		return STATUS_OK;
	report_error(&r,
		     "there is no VMI domain \"%s\": vmi-xen list shows all",
		     l->only);
	return say_error(&r, STATUS_FAILED);
}

int cmd_list(int argc, char **argv)
{
	struct lister l = { .j.out = stdout };

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "-v") || !strcmp(argv[i], "--verbose"))
			l.verbose = true;
		else if (!strcmp(argv[i], "-l") || !strcmp(argv[i], "-j") ||
			 !strcmp(argv[i], "--long") ||
			 !strcmp(argv[i], "--json"))
			l.json = true;
		else if (argv[i][0] == '-' || l.only)
			return usage_error("list");
		else
			l.only = argv[i];
	}
	return list(&l);
}
