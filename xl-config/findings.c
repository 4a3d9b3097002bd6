/* SPDX-License-Identifier: GPL-2.0-only */
/* See findings.h. */
#include "findings.h"
#include "json.h"

#include <stdarg.h>
#include <string.h>

#define MEMORY_LOW 128 /* MB free: room for one small domain */

static const char *const level_names[] = {
	[LEVEL_OK] = "ok",
	[LEVEL_NOTE] = "note",
	[LEVEL_FAIL] = "fail",
};

void finding_add(struct findings *f, const char *id, enum finding_level level,
		 const char *todo, const char *fmt, ...)
{
	struct finding *next = &f->all[f->n];
	va_list args;

	if (f->n == FINDINGS_MAX)
		return;
	f->n++;
	next->id = id;
	next->level = level;
	next->todo = todo;
	va_start(args, fmt);
	vsnprintf(next->text, sizeof(next->text), fmt, args);
	va_end(args);
}

static void shim_parts(struct findings *f, const struct host *h,
		       enum finding_level missing)
{
	if (h->hvm)
		finding_add(f, "host.hvm", LEVEL_OK, NULL,
			    "pvh domains: hardware virtualization is on");
	else
		finding_add(f, "host.hvm", missing,
			    "enable VT-x or AMD-V in the firmware",
			    "pvh domains: no hardware virtualization");
	if (h->hap)
		finding_add(f, "host.hap", LEVEL_OK, NULL,
			    "nested paging: present");
	else
		finding_add(f, "host.hap", missing,
			    "a processor with EPT or NPT, or hap=1 for Xen",
			    "nested paging: missing");
	if (h->shim)
		finding_add(f, "host.shim", LEVEL_OK, NULL, "PV shim: %s",
			    h->shim_path);
	else
		finding_add(
			f, "host.shim", missing,
			"install the xen-utils of this Xen, or set pvshim_path=",
			"PV shim: missing at %s", h->shim_path);
}

static void direct_part(struct findings *f, const struct host *h,
			enum finding_level missing)
{
	if (h->pv32)
		finding_add(
			f, "host.pv32", LEVEL_NOTE,
			"prefer the shim where it works",
			"direct 32-bit PV: present; no security support by Xen's SUPPORT.md");
	else
		finding_add(f, "host.pv32", missing,
			    missing == LEVEL_FAIL
				    ? "a Xen built with CONFIG_PV32"
				    : NULL,
			    "direct 32-bit PV: not in this Xen%s",
			    missing == LEVEL_FAIL ? "" : "; the shim does it");
}

void findings_host(struct findings *f, const struct host *h)
{
	bool shim = h->hvm && h->hap && h->shim;
	enum finding_level missing = shim || h->pv32 ? LEVEL_NOTE : LEVEL_FAIL;

	if (!h->known) {
		finding_add(f, "host.xen", LEVEL_FAIL,
			    "run this as root in dom0, booted by Xen",
			    "Xen: does not answer");
		return;
	}
	finding_add(f, "host.xen", LEVEL_OK, NULL, "Xen %d.%d%s", h->major,
		    h->minor, h->extra);
	shim_parts(f, h, missing);
	direct_part(f, h, shim ? LEVEL_OK : missing);
	if (missing == LEVEL_FAIL)
		finding_add(f, "host.route", LEVEL_FAIL,
			    "see the lines above; either way is enough",
			    "VMI domains: do not run on this host");
	else
		finding_add(f, "host.route", LEVEL_OK, NULL,
			    "VMI domains: run %s",
			    shim ? "in the PV shim" : "directly");
	finding_add(f, "host.memory",
		    h->free_mb < MEMORY_LOW ? LEVEL_NOTE : LEVEL_OK,
		    h->free_mb < MEMORY_LOW
			    ? "shut a domain down, or give dom0 less"
			    : NULL,
		    "free memory: %lu MB", h->free_mb);
}

void findings_adapter(struct findings *f, const char *path, const char *error)
{
	if (error)
		finding_add(f, "host.adapter", LEVEL_FAIL,
			    "install vmi-xen, or set vmi_adapter=",
			    "adapter: %s: %s", path, error);
	else
		finding_add(f, "host.adapter", LEVEL_OK, NULL, "adapter: %s",
			    path);
}

static void inside(struct findings *f, const struct kernel_facts *k)
{
	if (!k->unpacked || !k->is_linux) {
		finding_add(f, "kernel.vmi", LEVEL_NOTE,
			    "look for CONFIG_VMI=y in its config",
			    "VMI support: not known, %s",
			    k->unpacked ? "this is not Linux"
					: "the kernel cannot be unpacked here");
		return;
	}
	finding_add(f, "kernel.vmi", LEVEL_OK, NULL, "VMI support: present");
	finding_add(f, "kernel.pae", LEVEL_OK, NULL, "pages: %s",
		    k->pae ? "PAE" : "two levels, no PAE");
}

void findings_kernel(struct findings *f, const char *path,
		     const struct bundle *b, const struct report *r)
{
	const struct bzimage *k = &b->kernel;

	if (r->text[0]) {
		finding_add(f, "kernel.file", LEVEL_FAIL, NULL, "%s", r->text);
		return;
	}
	finding_add(
		f, "kernel.file", LEVEL_OK, NULL,
		"kernel: %s, Linux %s, boot protocol %u.%02u, packed with %s",
		path, k->version[0] ? k->version : "of unknown version",
		k->protocol >> 8, k->protocol & 0xff,
		kernel_packing_name(b->facts.packing));
	inside(f, &b->facts);
	finding_add(f, "kernel.cmdline", LEVEL_OK, NULL,
		    "command line: at most %u characters", k->cmdline_max);
}

enum finding_level findings_worst(const struct findings *f)
{
	enum finding_level worst = LEVEL_OK;

	for (int i = 0; i < f->n; i++)
		if (f->all[i].level > worst)
			worst = f->all[i].level;
	return worst;
}

void findings_print(const struct findings *f, FILE *out)
{
	for (int i = 0; i < f->n; i++) {
		const struct finding *one = &f->all[i];

		fprintf(out, "%-4s  %s%s%s\n", level_names[one->level],
			one->text, one->todo ? ": " : "",
			one->todo ? one->todo : "");
	}
}

void findings_json(const struct findings *f, FILE *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_bool(&j, "ok", findings_worst(f) != LEVEL_FAIL);
	json_open(&j, "findings", '[');
	for (int i = 0; i < f->n; i++) {
		json_open(&j, NULL, '{');
		json_string(&j, "id", f->all[i].id);
		json_string(&j, "level", level_names[f->all[i].level]);
		json_string(&j, "text", f->all[i].text);
		json_string(&j, "todo", f->all[i].todo);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
}
