/* SPDX-License-Identifier: GPL-2.0-only */
/* What get_reloc hands out when calls are traced (trace.S). */
#ifndef REF_TRACE_H
#define REF_TRACE_H

#define TRACE_STUB_SIZE 8 /* of call n: trace_stubs + n times this */

#endif
