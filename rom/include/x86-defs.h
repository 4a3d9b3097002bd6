/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Constants of the 32-bit PC, all of them, for C and for assembly.
 */
#ifndef X86_DEFS_H
#define X86_DEFS_H

#include "pc-devices.h"
#include "x86-cpu.h"
#include "x86-desc.h"

#endif
