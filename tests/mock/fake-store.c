/* SPDX-License-Identifier: GPL-2.0-only */
/* See fake-store.h. */
#include <string.h>
#include "fake-store.h"
#include "must.h"
#include "lib/printf.h"

#define MAX_NODES   48
#define MAX_WATCHES 8
#define TEXT_MAX    80

static struct node {
	char path[XS_PATH_MAX], value[TEXT_MAX];
} nodes[MAX_NODES];

static struct watch {
	char path[XS_PATH_MAX];
	xs_watch_fn fn;
	void *opaque;
} watches[MAX_WATCHES];

static const char *list;
static size_t list_len;
int store_broken;
void (*store_written)(const char *path, const char *value);

static struct node *find(const char *path)
{
	for (unsigned int i = 0; i < MAX_NODES; i++)
		if (!strcmp(nodes[i].path, path))
			return &nodes[i];
	return NULL;
}

void store_reset(void)
{
	memset(nodes, 0, sizeof(nodes));
	memset(watches, 0, sizeof(watches));
	store_broken = 0;
	store_written = NULL;
}

void store_put(const char *path, const char *value)
{
	struct node *n = find(path);

	if (!n)
		n = find("");
	must(n);
	snprintf(n->path, sizeof(n->path), "%s", path);
	snprintf(n->value, sizeof(n->value), "%s", value);
}

void store_forget(const char *path)
{
	struct node *n = find(path);

	if (n)
		n->path[0] = '\0';
}

const char *store_get(const char *path)
{
	const struct node *n = find(path);

	return n ? n->value : NULL;
}

void store_names(const char *names, size_t len)
{
	list = names;
	list_len = len;
}

bool store_watched(const char *path)
{
	for (unsigned int i = 0; i < MAX_WATCHES; i++)
		if (watches[i].fn && !strcmp(watches[i].path, path))
			return true;
	return false;
}

void store_fire(const char *path)
{
	must(store_watched(path));
	for (unsigned int i = 0; i < MAX_WATCHES; i++)
		if (watches[i].fn && !strcmp(watches[i].path, path))
			watches[i].fn(watches[i].opaque, path);
}

/* --- The client -----------------------------------------------------------*/
int xs_read(const char *path, char *buf, size_t size)
{
	const struct node *n = find(path);

	buf[0] = '\0';
	if (store_broken || !n)
		return store_broken ? store_broken : XS_ENOENT;
	if (strlen(n->value) >= size)
		return XS_E2BIG;
	return snprintf(buf, size, "%s", n->value);
}

int xs_write(const char *path, const char *value)
{
	store_put(path, value);
	if (store_written)
		store_written(path, value);
	return 0;
}

int xs_printf(const char *path, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return xs_write(path, text);
}

int xs_list(const char *path, char *buf, size_t size)
{
	(void)path;
	must(list && size >= list_len);
	memcpy(buf, list, list_len);
	return (int)list_len;
}

int xs_watch(const char *path, xs_watch_fn fn, void *opaque)
{
	struct watch *w = watches;

	while (w->fn)
		must(++w < watches + MAX_WATCHES);
	snprintf(w->path, sizeof(w->path), "%s", path);
	w->fn = fn;
	w->opaque = opaque;
	return 0;
}
