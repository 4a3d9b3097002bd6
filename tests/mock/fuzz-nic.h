/* SPDX-License-Identifier: GPL-2.0-only */
/* The network behind a card that a fuzzer drives: it takes what it is given. */
#ifndef TESTS_MOCK_FUZZ_NIC_H
#define TESTS_MOCK_FUZZ_NIC_H

#include "dev/nic.h"

/**
 * @n anew, for frames of @least to @most bytes; others are a crash.  With
 * @keeps it keeps what the card refuses, and gives it a frame when it is ready.
 */
void fuzz_nic_init(struct nic *n, uint32_t least, uint32_t most, bool keeps);

#endif
