/* SPDX-License-Identifier: GPL-2.0-only */
/* See rewrite.h. */
#define _GNU_SOURCE
#include "rewrite.h"
#include "text.h"
#include "uuid.h"

#include <stdlib.h>
#include <string.h>

#define MB			(1ul << 20)
#define DEFAULT_MEMORY		128 /* libxl's, MB */
#define BZIMAGE_CMDLINE_UNKNOWN 0

static const char direct_note[] =
	"runs directly, without the shim: Xen's SUPPORT.md gives 32-bit PV security support only in the shim";

static const char memory_note[] =
	"has more memory than the 6144 MB that a VMI guest can use";
static const char vcpus_note[] =
	"has more vcpus than the one that a VMI guest can use";

static void add_note(struct plan *p, const char *note)
{
	int n = 0;

	while (p->notes[n])
		n++;
	if (n < NOTES_MAX)
		p->notes[n] = note;
}

void plan_print_notes(const struct plan *p, const char *name, FILE *out)
{
	for (int i = 0; p->notes[i]; i++)
		fprintf(out, "vmi-xen: note: %s %s\n",
			name ? name : "the domain", p->notes[i]);
}

static bool choose_route(struct plan *p, const struct guest_conf *c,
			 const struct host *h, struct report *r)
{
	bool can_shim = !h->known || (h->hvm && h->hap && h->shim);
	bool can_direct = !h->known || h->pv32;

	if (c->type == TYPE_HVM)
		return report_error(
			r,
			"vmi=1 and type=\"hvm\" exclude each other: remove type=, VMI domains are PV");
	if (c->pvshim == 0 && c->type == TYPE_PVH)
		return report_error(
			r,
			"vmi=1 in a pvh domain needs the shim: remove pvshim=0, or set type=\"pv\"");
	p->shim = c->type == TYPE_PVH || (c->type == TYPE_UNSET && can_shim);
	if (p->shim && !can_shim) {
		if (!h->hvm)
			return report_error(
				r,
				"this host cannot run pvh domains: enable VT-x or AMD-V in its firmware, or set type=\"pv\" on a Xen with CONFIG_PV32");
		if (!h->hap)
			return report_error(
				r,
				"this host has no nested paging (EPT or NPT): it cannot run pvh domains; set type=\"pv\" on a Xen with CONFIG_PV32");
		return report_error(
			r,
			"the PV shim is missing at %s: install xen-utils-%d.%d, or set pvshim_path=",
			h->shim_path, h->major, h->minor);
	}
	if (!p->shim && !can_direct) {
		if (c->type == TYPE_PV)
			return report_error(
				r,
				"this Xen does not run 32-bit PV domains (xen_caps lacks xen-3.0-x86_32p): remove type=\"pv\" for the shim, or install a Xen with CONFIG_PV32");
		return report_error(
			r,
			"this host runs VMI domains in no way: %s, and Xen lacks xen-3.0-x86_32p; enable VT-x or AMD-V, or install a Xen with CONFIG_PV32",
			!h->hvm	  ? "no pvh domains"
			: !h->hap ? "no nested paging"
				  : "no PV shim is installed");
	}
	if (!p->shim)
		add_note(p, direct_note);
	return true;
}

long shim_memory(long memory)
{
	return SHIM_MEMORY_BASE +
	       (memory + SHIM_MEMORY_FACTOR - 1) / SHIM_MEMORY_FACTOR;
}

static void put_word(FILE *out, const char *name, const char *value)
{
	if (value && *value)
		fprintf(out, " %s=%s", name, value);
}

static char *make_cmdline(const struct guest_conf *c)
{
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return NULL;
	fputs(c->cmdline ? c->cmdline : "", out);
	put_word(out, "vmi_log", c->log);
	put_word(out, "vmi_trace", c->trace);
	put_word(out, "vmi_disk", c->disk);
	put_word(out, "vmi_net", c->net);
	if (c->pool != CONF_UNSET)
		fprintf(out, " vmi_pool=%ld", c->pool);
	if (c->roots != CONF_UNSET)
		fprintf(out, " vmi_roots=%ld", c->roots);
	if (c->stats)
		fputs(" vmi_stats", out);
	fclose(out);
	if (line && !(c->cmdline && *c->cmdline) && *line == ' ')
		memmove(line, line + 1, size);
	return line;
}

static bool check_cmdline(const char *line, struct report *r)
{
	size_t n = strlen(line);

	if (n > CMDLINE_MAX)
		return report_error(
			r,
			"the command line has %zu characters: at most %d reach the domain, shorten cmdline=, extra= or root=",
			n, CMDLINE_MAX);
	if (strchr(line, '\n'))
		return report_error(
			r,
			"the command line has a newline: write it in one line");
	return true;
}

static bool check_boot(struct plan *p, const struct guest_conf *c,
		       struct report *r)
{
	p->bootloader = c->bootloader && *c->bootloader;
	if (!p->bootloader && !(c->kernel && *c->kernel))
		return report_error(
			r,
			"there is no kernel=: give the guest's bzImage, or bootloader=\"%s\" for one on its disk",
			BOOTLOADER_NAME);
	if (p->bootloader && !c->nr_disks)
		return report_error(
			r,
			"bootloader= needs a disk to boot from: add disk=, or give kernel= without a bootloader");
	if (p->bootloader) {
		const char *slash = strrchr(c->bootloader, '/');

		p->wrap = strcmp(slash ? slash + 1 : c->bootloader,
				 BOOTLOADER_NAME) != 0;
	}
	return true;
}

static bool check_size(struct plan *p, const struct guest_conf *c,
		       struct report *r)
{
	if (c->memory > MEMORY_MAX)
		return report_error(
			r,
			"memory=%ld is too much: the adapter starts with up to %d, and the guest can use %d of it",
			c->memory, MEMORY_MAX, MEMORY_USED);
	if (c->memory > MEMORY_USED)
		add_note(p, memory_note);
	if (c->vcpus > 1)
		add_note(p, vcpus_note);
	return true;
}

/* Files of the domain are named by it. */
static bool check_uuid(const struct guest_conf *c, struct report *r)
{
	char uuid[UUID_SIZE];

	return !c->uuid || uuid_normal(uuid, c->uuid) ||
	       report_error(r,
			    "uuid=\"%s\" is not a UUID: 32 hexadecimal digits",
			    c->uuid);
}

bool plan_make(struct plan *p, const struct guest_conf *c, const struct host *h,
	       struct report *r)
{
	memset(p, 0, sizeof(*p));
	if (!choose_route(p, c, h, r) || !check_boot(p, c, r) ||
	    !check_size(p, c, r) || !check_uuid(c, r))
		return false;
	p->cmdline = make_cmdline(c);
	if (!p->cmdline)
		return report_error(r, "out of memory");
	if (p->shim) {
		long memory =
			c->memory == CONF_UNSET ? DEFAULT_MEMORY : c->memory;

		p->shim_memory = c->shim_memory == CONF_UNSET
					 ? shim_memory(memory)
					 : c->shim_memory;
		p->add_memory = p->shim_memory > 0;
	}
	return check_cmdline(p->cmdline, r);
}

void plan_free(struct plan *p)
{
	free(p->cmdline);
	p->cmdline = NULL;
}

/* The words that are not the adapter's own. */
static size_t guest_length(const char *line)
{
	size_t n = 0;

	while (*line) {
		size_t skip = strspn(line, " "), len;

		line += skip;
		len = strcspn(line, " ");
		if (strncmp(line, "vmi_", 4))
			n += len + (n && len);
		line += len;
	}
	return n;
}

bool plan_check_bundle(const struct plan *p, const struct guest_conf *c,
		       const struct bundle *b, struct report *r)
{
	long memory = c->memory == CONF_UNSET ? DEFAULT_MEMORY : c->memory;
	/* The bundle, what it is unpacked to, and the initrd where it stays. */
	size_t need = b->size + b->kernel.init_size + b->initrd_size;
	long need_mb = (long)((need + MB - 1) / MB) + ADAPTER_MEMORY;
	size_t length = guest_length(p->cmdline);

	if (length > b->kernel.cmdline_max)
		return report_error(
			r,
			"the command line has %zu characters: this kernel takes %u, shorten cmdline=, extra= or root=",
			length, b->kernel.cmdline_max);
	if (p->shim && c->shim_memory != CONF_UNSET)
		memory += c->shim_memory - shim_memory(memory);
	if (memory >= need_mb)
		return true;
	if (b->initrd_size > b->kernel_size + b->kernel.init_size)
		return report_error(
			r,
			"the ramdisk of %zu MB is too big for memory=%ld: give at least memory=%ld",
			b->initrd_size / MB, memory, need_mb);
	return report_error(
		r,
		"memory=%ld is too small for this kernel and ramdisk: give at least memory=%ld",
		memory, need_mb);
}

static void put_number(FILE *out, const char *key, long value)
{
	fprintf(out, "%s = %ld\n", key, value);
}

static void put_type(FILE *out, const struct plan *p,
		     const struct guest_conf *c)
{
	char *extra = NULL;

	text_put_string(out, "type", p->shim ? "pvh" : "pv");
	if (!p->shim)
		return;
	put_number(out, "pvshim", 1);
	if (asprintf(&extra, "%s%s%s%s%s", SHIM_OPTIONS, c->debug ? " " : "",
		     c->debug ? SHIM_DEBUG : "", c->pvshim_extra ? " " : "",
		     c->pvshim_extra ? c->pvshim_extra : "") < 0)
		return;
	text_put_string(out, "pvshim_extra", extra);
	free(extra);
}

static void put_memory(FILE *out, const struct plan *p,
		       const struct guest_conf *c)
{
	long memory = c->memory == CONF_UNSET ? DEFAULT_MEMORY : c->memory;

	if (!p->add_memory)
		return;
	put_number(out, "memory", memory + p->shim_memory);
	if (c->maxmem != CONF_UNSET)
		put_number(out, "maxmem", c->maxmem + p->shim_memory);
}

static void put_bootloader(FILE *out, const struct plan *p,
			   const struct guest_conf *c)
{
	int n = 0;
	char **args, *wrap = NULL;

	if (!p->wrap)
		return;
	while (c->bootloader_args && c->bootloader_args[n])
		n++;
	args = calloc((size_t)n + 2, sizeof(*args));
	if (args && asprintf(&wrap, "--wrap=%s", c->bootloader) >= 0) {
		args[0] = wrap;
		for (int i = 0; i < n; i++)
			args[i + 1] = c->bootloader_args[i];
		text_put_string(out, "bootloader", BOOTLOADER_NAME);
		text_put_list(out, "bootloader_args", args);
	}
	free(wrap);
	free(args);
}

static void put_boot(FILE *out, const struct plan *p,
		     const struct guest_conf *c, const char *bundle)
{
	if (p->bootloader) {
		put_bootloader(out, p, c);
	} else {
		text_put_string(out, "kernel",
				c->adapter ? c->adapter : ADAPTER_DEFAULT);
		text_put_string(out, "ramdisk", bundle);
	}
	if (*p->cmdline)
		text_put_string(out, "cmdline", p->cmdline);
}

void rewrite(FILE *out, const char *text, size_t length, const struct plan *p,
	     const struct guest_conf *c, const char *bundle, const char *uuid)
{
	const char *drop[40] = {
		"vmi",		"vmi_adapter", "vmi_log",
		"vmi_trace",	"vmi_pool",    "vmi_roots",
		"vmi_stats",	"vmi_debug",   "vmi_shim_memory",
		"type",		"builder",     "pvshim",
		"pvshim_extra", "cmdline",     "root",
		"extra",	"vmi_disk",    "vmi_net",
	};
	int n = 0;

	while (drop[n])
		n++;
	if (p->add_memory) {
		drop[n++] = "memory";
		drop[n++] = "maxmem";
	}
	if (!p->bootloader) {
		drop[n++] = "kernel";
		drop[n++] = "ramdisk";
		drop[n++] = "bootloader"; /* "" counts as one for libxl */
		drop[n++] = "bootloader_args";
	}
	if (p->wrap) {
		drop[n++] = "bootloader";
		drop[n++] = "bootloader_args";
	}
	if (c->debug)
		drop[n++] = "on_crash";
	text_without(out, text, length, drop);
	put_type(out, p, c);
	put_boot(out, p, c, bundle);
	put_memory(out, p, c);
	if (c->debug)
		text_put_string(out, "on_crash", "preserve");
	if (uuid && !c->uuid)
		text_put_string(out, "uuid", uuid);
}
