/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conformance guest's memory and selectors, as a 2.6 Linux has them: the
 * kernel at 3 GB (or 1, or 2), its descriptors at the same places of the GDT.
 */
#ifndef LAYOUT_GUEST_H
#define LAYOUT_GUEST_H

/* GUEST_SPLIT: 1, 2 or 3 GB. */
#ifdef __ASSEMBLER__
#define PAGE_OFFSET (GUEST_SPLIT << 30)
#else
#define PAGE_OFFSET ((uint32_t)GUEST_SPLIT << 30)
#endif
#define LOAD_ADDR   0x100000
#define LOWMEM_SIZE 0x1000000 /* mapped at PAGE_OFFSET: all that is used */
#define INIT_SIZE   (LOWMEM_SIZE - LOAD_ADDR)
/* Page frames for tests. */
#define POOL_START 0x400000
#define POOL_END   LOWMEM_SIZE

/* Linear areas where tests map pages. */
#define FIX_VA	 0xd0000000 /* the guest's own mappings of devices */
#define APIC_VA	 FIX_VA
#define TEST_VA	 0xd8000000 /* kernel pages of tests */
#define TEST_END 0xe0000000
#define USER_VA	 0x08048000 /* user code, then its data and its stack */

#define BOOT_CS 0x10
#define BOOT_DS 0x18

/* GDT of 32 entries. */
#define GDT_TLS	      6 /* three */
#define GDT_KERNEL_CS 12
#define GDT_KERNEL_DS 13
#define GDT_USER_CS   14
#define GDT_USER_DS   15
#define GDT_TSS	      16
#define GDT_LDT	      17
#define GDT_PERCPU    27
#define GDT_SPARE     28 /* for tests */
#define GDT_ENTRIES   32

#define KERNEL_CS 0x60
#define KERNEL_DS 0x68
#define USER_CS	  0x73
#define USER_DS	  0x7b
#define TSS_SEL	  0x80
#define LDT_SEL	  0x88
#define PERCPU_DS 0xd8
#define SPARE_SEL 0xe0

#define STACK_SIZE 8192

/* What the second processor (test-smp.c) says: its stages, then a number. */
#define AP_STARTED 1
#define AP_DONE	   2

/* Vectors: IRQ 0 to 15 of the 8259 pair, the alarm's LVT, a system call. */
#define IRQ_VECTOR     0x20
#define LVTT_VECTOR    0x41
#define SPURIOUS_VEC   0xff
#define SYSCALL_VECTOR 0x80
/* What a SYSENTER is recorded as. */
#define SYSENTER_VECTOR 0x90

#endif
