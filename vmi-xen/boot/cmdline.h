/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: words that begin with "vmi_" are the adapter's, all
 * others the guest's.
 */
#ifndef VMI_BOOT_CMDLINE_H
#define VMI_BOOT_CMDLINE_H

#include "types.h"

struct cmdline_options {
	const char *log; /* vmi_log=LEVEL[,AREA...]; not NUL-terminated */
	size_t log_len;
	const char *trace; /* vmi_trace=NAME[,NAME...] */
	size_t trace_len;
	uint32_t pool;	  /* vmi_pool=PAGES: page-table pages; 0: as usual */
	uint32_t roots;	  /* vmi_roots=N: address spaces kept; 0: as usual */
	bool virtio_disk; /* vmi_disk=ide|virtio: what shows the disks */
	bool virtio_net;  /* vmi_net=pcnet|virtio: the network cards */
	bool stats;	  /* vmi_stats: print the counters at the end */
	bool panic;	  /* vmi_panic: break on purpose, for tests */
	bool panic_stack; /* vmi_panic=stack: use up the stack */
	bool panic_guard; /* vmi_panic=guard: and its reserve */
};

/**
 * Take @line apart: the adapter's words go to @o, the others to @guest (@size
 * bytes with NUL, at least 1), one space between them; quotes keep spaces.
 * Returns NULL, or the first word that begins with "vmi_" and means nothing
 * (up to the next space or the end), or the first that does not fit @guest.
 */
const char *cmdline_split(const char *line, char *guest, size_t size,
			  struct cmdline_options *o);

/**
 * Linux before 2.6.27 calls VMI_Init only after it has split its linear space
 * into memory and vmalloc area, as if that ended at 4 GB: it would lose what
 * lies from virtual_top on out of the second.  Does @version ("2.6.24 (...)")
 * name such a kernel?
 */
bool cmdline_layout_first(const char *version);
/**
 * Make the vmalloc area of @guest's kernel (@size bytes with NUL) larger by
 * @mb: appends a word "vmalloc=", which wins over one that is there.  Returns
 * that word, NULL if there is no room for it.
 */
const char *cmdline_more_vmalloc(char *guest, size_t size, uint32_t mb);

#endif
