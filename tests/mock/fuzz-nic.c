/* SPDX-License-Identifier: GPL-2.0-only */
/* See fuzz-nic.h. */
#include "fuzz-nic.h"
#include "must.h"
#include "lib/string.h"

#define NO_ROOM_EVERY 251u /* lengths have no room now and then */

static uint32_t shortest, longest;

static uint8_t *const *pages(struct nic *n, uint32_t len)
{
	static uint8_t room[NIC_MAX_PAGES][PAGE_SIZE], *page[NIC_MAX_PAGES];

	must(len >= shortest && len <= longest);
	for (unsigned int i = 0; i < NIC_MAX_PAGES; i++)
		page[i] = room[i];
	return len % NO_ROOM_EVERY == n->mac[0] ? NULL : page;
}

static void send(struct nic *n, uint32_t len, const struct nic_hints *h)
{
	(void)n;
	(void)len;
	(void)h;
}

static void ready(struct nic *n)
{
	static const struct nic_hints none;
	static uint8_t frame[100];

	n->receive(n->card, frame, sizeof(frame), &none);
}

void fuzz_nic_init(struct nic *n, uint32_t least, uint32_t most, bool keeps)
{
	shortest = least;
	longest = most;
	memset(n, 0, sizeof(*n));
	n->pages = pages;
	n->send = send;
	n->ready = keeps ? ready : NULL;
}
