/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What create and config have in common: a configuration read, judged by this
 * host, and rewritten.
 */
#ifndef XL_CONFIG_PREPARE_H
#define XL_CONFIG_PREPARE_H

#include "bundle.h"
#include "conf.h"
#include "host.h"
#include "rewrite.h"

struct prepared {
	char *text; /* the file and the overrides */
	size_t length;
	struct guest_conf conf;
	struct host host;
	struct plan plan;
	struct bundle bundle; /* as checked */
};

/**
 * Read and judge @file with @n overrides; files that it names are looked at,
 * none is written.  Without vmi=1 only .conf is filled in.  @messages: for
 * what xl's parser finds wrong.  False with an error in @r; prepared_free() is needed in any case.
 */
bool prepare(struct prepared *p, const char *file, char *const *overrides,
	     int n, FILE *messages, struct report *r);
void prepared_free(struct prepared *p);

/** Make the bundle @path, when the plan needs one. */
bool prepare_bundle(struct prepared *p, const char *path, struct report *r);

#endif
