/* SPDX-License-Identifier: GPL-2.0-only */
/* The calls of the reference ROM that are C; vmi-calls.def says what each is. */
#ifndef REF_CALLS_H
#define REF_CALLS_H

#include "x86-defs.h"

uint32_t rom_init(void);

void ref_SetGDT(const struct x86_dt_ptr *p);
void ref_SetIDT(const struct x86_dt_ptr *p);
void ref_SetLDT(uint32_t sel);
void ref_SetTR(uint32_t sel);
void ref_GetGDT(struct x86_dt_ptr *p);
void ref_GetIDT(struct x86_dt_ptr *p);
uint32_t ref_GetLDT(void);
uint32_t ref_GetTR(void);
void ref_WriteGDTEntry(uint32_t *table, uint32_t index, uint32_t low,
		       uint32_t high);
void ref_WriteLDTEntry(uint32_t *table, uint32_t index, uint32_t low,
		       uint32_t high);
void ref_WriteIDTEntry(uint32_t *table, uint32_t index, uint32_t low,
		       uint32_t high);
void ref_UpdateKernelStack(uint32_t ss0, uint32_t esp0);
void ref_SetCR0(uint32_t v);
void ref_SetCR2(uint32_t v);
void ref_SetCR3(uint32_t v);
void ref_SetCR4(uint32_t v);
uint32_t ref_GetCR0(void);
uint32_t ref_GetCR2(void);
uint32_t ref_GetCR3(void);
uint32_t ref_GetCR4(void);
void ref_CLTS(void);
void ref_WBINVD(void);
uint64_t ref_RDTSC(void);
void ref_SetDR(uint32_t nr, uint32_t v);
uint32_t ref_GetDR(uint32_t nr);
void ref_SetIOPLMask(uint32_t mask);
void ref_SetPxE(uint32_t value, volatile uint32_t *entry);
void ref_SetPxELong(uint32_t low, uint32_t high, volatile uint64_t *entry);
void ref_UpdatePxE(void);
void ref_UpdatePxELong(void);
void ref_AllocatePage(void);
void ref_ReleasePage(void);
void ref_SetLinearMapping(void);
void ref_SetLazyMode(void);
void ref_InvalPage(uint32_t va);
void ref_FlushTLB(uint32_t flags);
void ref_Halt(void);
void ref_Shutdown(void);
void ref_Reboot(void);
void ref_SetInitialAPState(const struct vmi_ap_state *state, uint32_t id);
void ref_APICWrite(uint32_t reg, uint32_t value);
uint32_t ref_APICRead(uint32_t reg);
uint64_t ref_GetCycleFrequency(void);
uint64_t ref_GetCycleCounter(uint32_t which);
void ref_SetAlarm(uint32_t flags, uint32_t expiry_low, uint32_t expiry_high,
		  uint32_t period_low, uint32_t period_high);
uint32_t ref_CancelAlarm(uint32_t flags);
uint64_t ref_GetWallclockTime(void);
uint32_t ref_WallclockUpdated(void);

#endif
