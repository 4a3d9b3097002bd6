/* SPDX-License-Identifier: GPL-2.0-only */
/* See conf.h.  Values through libxlutil: what xl reads, we read alike. */
#define _GNU_SOURCE
#include "conf.h"
#include "text.h"

#include <errno.h>
#include <libxlutil.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CONF_MAX (1l << 20) /* bytes; xl's own limit is larger */

/* Every key that begins with "vmi" and means something. */
static const char *const vmi_keys[] = {
	"vmi",	     "vmi_adapter", "vmi_log",	       "vmi_trace",
	"vmi_pool",  "vmi_roots",   "vmi_shim_memory", "vmi_stats",
	"vmi_debug", "vmi_disk",    "vmi_net",
};

static bool check_vmi_keys(const char *text, size_t length, struct report *r)
{
	const char *at = text;
	struct assignment a;

	while (text_next(&at, text + length, &a)) {
		size_t i = 0;

		if (a.key_len < 3 || memcmp(a.key, "vmi", 3))
			continue;
		while (i < sizeof(vmi_keys) / sizeof(*vmi_keys) &&
		       !text_is(&a, vmi_keys[i]))
			i++;
		if (i == sizeof(vmi_keys) / sizeof(*vmi_keys))
			return report_error(
				r,
				"there is no option \"%.*s\": vmi-xen.cfg(5) lists them",
				(int)a.key_len, a.key);
	}
	return true;
}

struct reader {
	XLU_Config *cfg;
	struct report *r;
	bool good;
};

static char *get_string(struct reader *in, const char *key)
{
	const char *value;
	int rc = xlu_cfg_get_string(in->cfg, key, &value, 1);

	if (rc && rc != ESRCH)
		in->good = report_error(in->r, "%s= must be a string", key);
	return rc ? NULL : strdup(value);
}

static long get_number(struct reader *in, const char *key, long max)
{
	long value;
	int rc = xlu_cfg_get_long(in->cfg, key, &value, 1);

	if (rc == ESRCH)
		return CONF_UNSET;
	if (rc || value < 0 || value > max) {
		in->good = report_error(
			in->r, "%s= must be a number from 0 to %ld", key, max);
		return CONF_UNSET;
	}
	return value;
}

static enum guest_type type_of(struct reader *in)
{
	static const struct {
		const char *name;
		enum guest_type type;
	} types[] = {
		{ "pv", TYPE_PV },
		{ "pvh", TYPE_PVH },
		{ "hvm", TYPE_HVM },
	};
	char *text = get_string(in, "type");
	char *builder = get_string(in, "builder");
	enum guest_type type = TYPE_UNSET;

	if (builder && !strcmp(builder, "hvm"))
		type = TYPE_HVM;
	/* A prefix will do, as for xl. */
	for (size_t i = 0; text && i < sizeof(types) / sizeof(*types); i++) {
		if (strncmp(types[i].name, text, strlen(text)))
			continue;
		type = types[i].type;
		free(text);
		text = NULL;
	}
	if (text)
		in->good = report_error(
			in->r, "type=\"%s\" is none: use \"pvh\" or \"pv\"",
			text);
	free(text);
	free(builder);
	return type;
}

/* cmdline= alone, or root= and extra=: as xl's parse_cmdline(). */
static char *cmdline_of(struct reader *in)
{
	char *cmdline = get_string(in, "cmdline");
	char *root = get_string(in, "root"), *extra = get_string(in, "extra");

	if (!cmdline && root) {
		if (asprintf(&cmdline, "root=%s%s%s", root, extra ? " " : "",
			     extra ? extra : "") < 0)
			cmdline = NULL;
	} else if (!cmdline) {
		cmdline = extra;
		extra = NULL;
	}
	free(root);
	free(extra);
	return cmdline;
}

/* A list of strings, or one string of words. */
static char **words_of(struct reader *in, const char *key)
{
	XLU_ConfigList *list;
	int n;
	char **words, *text, *save = NULL;

	if (!xlu_cfg_get_list(in->cfg, key, &list, &n, 1)) {
		words = calloc((size_t)n + 1, sizeof(*words));
		for (int i = 0; words && i < n; i++)
			words[i] = strdup(xlu_cfg_get_listitem(list, i) ?: "");
		return words;
	}
	text = get_string(in, key);
	if (!text)
		return NULL;
	words = calloc(strlen(text) / 2 + 2, sizeof(*words));
	n = 0;
	for (char *w = strtok_r(text, " \t", &save); words && w;
	     w = strtok_r(NULL, " \t", &save))
		words[n++] = strdup(w);
	free(text);
	return words;
}

/* A string that must be one of two. */
static char *get_choice(struct reader *in, const char *key, const char *a,
			const char *b)
{
	char *text = get_string(in, key);

	if (text && strcmp(text, a) != 0 && strcmp(text, b) != 0)
		in->good = report_error(in->r,
					"%s=\"%s\": set it to \"%s\" or \"%s\"",
					key, text, a, b);
	return text;
}

static int disks_of(struct reader *in)
{
	XLU_ConfigList *list;
	int n;

	return xlu_cfg_get_list(in->cfg, "disk", &list, &n, 1) ? 0 : n;
}

static void read_all(struct guest_conf *c, struct reader *in)
{
	c->type = type_of(in);
	c->pvshim = get_number(in, "pvshim", 1);
	c->name = get_string(in, "name");
	c->uuid = get_string(in, "uuid");
	c->kernel = get_string(in, "kernel");
	c->ramdisk = get_string(in, "ramdisk");
	c->cmdline = cmdline_of(in);
	c->bootloader = get_string(in, "bootloader");
	c->bootloader_args = words_of(in, "bootloader_args");
	c->pvshim_path = get_string(in, "pvshim_path");
	c->pvshim_extra = get_string(in, "pvshim_extra");
	c->memory = get_number(in, "memory", 1l << 24);
	c->maxmem = get_number(in, "maxmem", 1l << 24);
	c->vcpus = get_number(in, "vcpus", 1l << 16);
	c->nr_disks = disks_of(in);
	c->adapter = get_string(in, "vmi_adapter");
	c->log = get_string(in, "vmi_log");
	c->trace = get_string(in, "vmi_trace");
	c->disk = get_choice(in, "vmi_disk", "ide", "virtio");
	c->net = get_choice(in, "vmi_net", "pcnet", "virtio");
	c->pool = get_number(in, "vmi_pool", 1l << 20);
	c->roots = get_number(in, "vmi_roots", 1l << 16);
	c->shim_memory = get_number(in, "vmi_shim_memory", 1l << 16);
	c->stats = get_number(in, "vmi_stats", 1) == 1;
	c->debug = get_number(in, "vmi_debug", 1) == 1;
}

bool conf_parse(struct guest_conf *c, const char *text, size_t length,
		const char *source, FILE *messages, struct report *r)
{
	struct reader in = { .r = r, .good = true };

	memset(c, 0, sizeof(*c));
	in.cfg = xlu_cfg_init(messages, source);
	if (!in.cfg)
		return report_error(r, "out of memory");
	if (xlu_cfg_readdata(in.cfg, text, (int)length)) {
		in.good = report_error(
			r, "%s: the configuration does not parse", source);
	} else {
		/* vmi="yes" is ours too, to be refused. */
		c->vmi = get_number(&in, "vmi", 1) == 1 || !in.good;
		/* Not ours otherwise: whatever it says is for xl to judge. */
		if (c->vmi)
			read_all(c, &in);
		if (c->vmi && in.good)
			in.good = check_vmi_keys(text, length, r);
	}
	xlu_cfg_destroy(in.cfg);
	return in.good;
}

void conf_free(struct guest_conf *c)
{
	char **const strings[] = {
		&c->name,	 &c->uuid,	   &c->kernel,	&c->ramdisk,
		&c->cmdline,	 &c->bootloader,   &c->adapter, &c->log,
		&c->pvshim_path, &c->pvshim_extra, &c->trace,	&c->disk,
		&c->net,
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		free(*strings[i]);
	for (char **arg = c->bootloader_args; arg && *arg; arg++)
		free(*arg);
	free(c->bootloader_args);
	memset(c, 0, sizeof(*c));
}

static bool append_file(FILE *out, const char *path, struct report *r)
{
	char buf[4096];
	FILE *in = fopen(path, "re");
	struct stat st;
	long total = 0;
	size_t n;

	if (!in)
		return report_error(r, "%s: %s", path, strerror(errno));
	if (!fstat(fileno(in), &st) && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else
		for (errno = 0; (n = fread(buf, 1, sizeof(buf), in)) > 0 &&
				total <= CONF_MAX;
		     total += (long)n)
			fwrite(buf, 1, n, out);
	if (errno || ferror(in))
		report_error(r, "%s: %s", path, strerror(errno));
	else if (total > CONF_MAX)
		report_error(
			r, "%s: larger than 1 MB: this is not a configuration",
			path);
	fclose(in);
	return !r->text[0];
}

char *conf_read(const char *path, char *const *overrides, int n, size_t *length,
		struct report *r)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);
	bool good = out;

	if (!out) {
		report_error(r, "out of memory");
		return NULL;
	}
	if (path)
		good = append_file(out, path, r);
	putc('\n', out);
	for (int i = 0; i < n; i++)
		fprintf(out, "%s\n", overrides[i]);
	fclose(out);
	if (!good) {
		free(text);
		text = NULL;
	}
	return text;
}
