/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the ring-1 ROM differs from the reference ROM, for the tables of calls:
 * a call of class STD goes through the gate to ring 0, except those that are
 * RING1_NATIVE; the function behind a call is ref_NAME, except RING1_OWN.
 */
#ifndef RING1_OVERRIDES_H
#define RING1_OVERRIDES_H

#define RING1_SECOND(a, b, ...) b
#define RING1_PICK(...)		RING1_SECOND(__VA_ARGS__)

/* They trap, and are emulated where they stand: so are their faults. */
#define RING1_NATIVE_WRMSR    ~, 1
#define RING1_NATIVE_RDMSR    ~, 1
#define RING1_NATIVE_RDPMC    ~, 1
#define RING1_IS_NATIVE(name) RING1_PICK(RING1_NATIVE_##name, 0, ~)

#define RING1_OWN_CPUID		    ~, ring1_CPUID
#define RING1_OWN_IRET		    ~, ring1_IRET
#define RING1_OWN_SYSEXIT	    ~, ring1_SYSEXIT
#define RING1_OWN_SetGDT	    ~, ring1_SetGDT
#define RING1_OWN_SetLDT	    ~, ring1_SetLDT
#define RING1_OWN_SetIDT	    ~, ring1_SetIDT
#define RING1_OWN_SetTR		    ~, ring1_SetTR
#define RING1_OWN_GetGDT	    ~, ring1_GetGDT
#define RING1_OWN_GetIDT	    ~, ring1_GetIDT
#define RING1_OWN_GetTR		    ~, ring1_GetTR
#define RING1_OWN_WriteGDTEntry	    ~, ring1_WriteGDTEntry
#define RING1_OWN_WriteIDTEntry	    ~, ring1_WriteIDTEntry
#define RING1_OWN_UpdateKernelStack ~, ring1_UpdateKernelStack
#define RING1_OWN_SetIOPLMask	    ~, ring1_SetIOPLMask
#define RING1_OWN_Halt		    ~, ring1_Halt
#define RING1_FUNCTION(name)	    RING1_PICK(RING1_OWN_##name, ref_##name, ~)

#endif
