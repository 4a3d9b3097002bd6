/* SPDX-License-Identifier: GPL-2.0-only */
/* MC146818 clock and its CMOS memory.  Source: Motorola MC146818 data sheet. */
#ifndef VMI_DEV_RTC_H
#define VMI_DEV_RTC_H

#include "dev/irq-line.h"

#define RTC_BASE  0x70
#define CMOS_SIZE 128

struct rtc {
	uint8_t index;
	uint8_t cmos[CMOS_SIZE];
	int64_t offset; /* seconds that the guest has set it away from UTC */
	struct irq_line irq;
	uint64_t period_told, second_told; /* up to here the flags are set */
};

/** @ram_kb: memory above 1 MB, for those who ask the CMOS. */
void rtc_init(struct rtc *r, struct irq_line irq, uint32_t ram_kb);
/** @utc_ns: nanoseconds since 1970; @now: monotonic nanoseconds. */
uint8_t rtc_read(struct rtc *r, uint16_t port, uint64_t utc_ns);
void rtc_write(struct rtc *r, uint16_t port, uint8_t value, uint64_t utc_ns);
/** Periodic and update interrupts; returns when to call again. */
uint64_t rtc_tick(struct rtc *r, uint64_t now, uint64_t utc_ns);

#endif
