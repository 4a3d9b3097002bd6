/* SPDX-License-Identifier: GPL-2.0-only */
/* What must hold in mocks and fuzzers, which have no test to fail. */
#ifndef TESTS_MOCK_MUST_H
#define TESTS_MOCK_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define must(x)                                                                \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
				#x);                                           \
			abort();                                               \
		}                                                              \
	} while (0)

#endif
