/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of a PC's standard devices, and memory where its BIOS keeps things.
 *
 * Named as in the data sheets: Intel SDM volume 3 (local APIC), 82093AA, 8259A,
 * 8254, MC146818, 16550A, PCI 2.3.
 */
#ifndef PC_DEVICES_H
#define PC_DEVICES_H

/* --- Local APIC --------------------------------------------------------------- */
#define APIC_DEFAULT_BASE  0xfee00000
#define APIC_ID		   0x020
#define APIC_VERSION	   0x030
#define APIC_TPR	   0x080
#define APIC_APR	   0x090
#define APIC_PPR	   0x0a0
#define APIC_EOI	   0x0b0
#define APIC_RRD	   0x0c0
#define APIC_LDR	   0x0d0
#define APIC_DFR	   0x0e0
#define APIC_SPIV	   0x0f0
#define APIC_ISR	   0x100
#define APIC_TMR	   0x180
#define APIC_IRR	   0x200
#define APIC_ESR	   0x280
#define APIC_LVT_CMCI	   0x2f0
#define APIC_ICR	   0x300
#define APIC_ICR2	   0x310
#define APIC_LVTT	   0x320
#define APIC_LVT_THERMAL   0x330
#define APIC_LVTPC	   0x340
#define APIC_LVT0	   0x350
#define APIC_LVT1	   0x360
#define APIC_LVTERR	   0x370
#define APIC_TMICT	   0x380
#define APIC_TMCCT	   0x390
#define APIC_TDCR	   0x3e0
#define APIC_REG_MASK	   0xff0
#define APIC_REG_STEP	   0x10
#define APIC_SIZE	   0x1000
#define APIC_ID_SHIFT	   24
#define APIC_SPIV_ENABLE   0x00000100
#define APIC_SPIV_NO_FOCUS 0x00000200
#define APIC_VECTOR_MASK   0x000000ff
#define APIC_DM_MASK	   0x00000700
#define APIC_DM_FIXED	   0x00000000
#define APIC_DM_LOWEST	   0x00000100
#define APIC_DM_SMI	   0x00000200
#define APIC_DM_NMI	   0x00000400
#define APIC_DM_INIT	   0x00000500
#define APIC_DM_STARTUP	   0x00000600
#define APIC_DM_EXTINT	   0x00000700
#define APIC_ICR_LOGICAL   0x00000800
#define APIC_ICR_BUSY	   0x00001000
#define APIC_ICR_ASSERT	   0x00004000
#define APIC_ICR_LEVEL	   0x00008000
#define APIC_ICR_SHORTHAND 0x000c0000
#define APIC_ICR_SELF	   0x00040000
#define APIC_ICR_ALL	   0x00080000
#define APIC_ICR_OTHERS	   0x000c0000
#define APIC_LVT_BUSY	   0x00001000
#define APIC_LVT_POLARITY  0x00002000
#define APIC_LVT_REMOTE	   0x00004000
#define APIC_LVT_LEVEL	   0x00008000
#define APIC_LVT_MASKED	   0x00010000
#define APIC_LVT_PERIODIC  0x00020000
#define APIC_DFR_FLAT	   0xf0000000
#define APIC_ESR_SEND_VEC  0x00000020
#define APIC_ESR_RECV_VEC  0x00000040
#define APIC_ESR_REG	   0x00000080
#define APIC_TDCR_DIV1	   0xb
#define APIC_TDCR_MASK	   0xb
#define APIC_MIN_VECTOR	   16

/* --- IO-APIC (82093AA) ----------------------------------------------------- */
#define IOAPIC_DEFAULT_BASE   0xfec00000
#define IOAPIC_SIZE	      0x1000
#define IOAPIC_REGSEL	      0x00
#define IOAPIC_WINDOW	      0x10
#define IOAPIC_EOI	      0x40
#define IOAPIC_REG_ID	      0x00
#define IOAPIC_REG_VERSION    0x01
#define IOAPIC_REG_ARB	      0x02
#define IOAPIC_REG_RTE	      0x10 /* two words a pin */
#define IOAPIC_PINS	      24
#define IOAPIC_VERSION	      0x11
#define IOAPIC_RTE_LOGICAL    0x00000800
#define IOAPIC_RTE_BUSY	      0x00001000
#define IOAPIC_RTE_LOW	      0x00002000
#define IOAPIC_RTE_IRR	      0x00004000
#define IOAPIC_RTE_LEVEL      0x00008000
#define IOAPIC_RTE_MASKED     0x00010000
#define IOAPIC_RTE_DEST_SHIFT 24 /* in the upper word */

/* --- 8259A pair --------------------------------------------------------------- */
#define PORT_PIC1_CMD	  0x20
#define PORT_PIC1_DATA	  0x21
#define PORT_PIC2_CMD	  0xa0
#define PORT_PIC2_DATA	  0xa1
#define PORT_ELCR1	  0x4d0
#define PORT_ELCR2	  0x4d1
#define PIC_CASCADE_IRQ	  2
#define PIC_ICW1	  0x10
#define PIC_ICW1_ICW4	  0x01
#define PIC_ICW1_SINGLE	  0x02
#define PIC_ICW1_LEVEL	  0x08
#define PIC_ICW4_8086	  0x01
#define PIC_ICW4_AEOI	  0x02
#define PIC_ICW4_SFNM	  0x10
#define PIC_OCW2_LEVEL	  0x07
#define PIC_OCW2_MASK	  0xe0
#define PIC_EOI		  0x20
#define PIC_EOI_SPECIFIC  0x60
#define PIC_OCW3	  0x08
#define PIC_OCW3_READ_IRR 0x0a
#define PIC_OCW3_READ_ISR 0x0b
#define PIC_OCW3_POLL	  0x0c

/* --- 8254, port 61h -------------------------------------------------------------- */
#define PORT_PIT_CH0	 0x40
#define PORT_PIT_CH1	 0x41
#define PORT_PIT_CH2	 0x42
#define PORT_PIT_MODE	 0x43
#define PORT_SYSTEM_B	 0x61
#define PIT_HZ		 1193182
#define PIT_SELECT_SHIFT 6
#define PIT_READBACK	 0xc0
#define PIT_LATCH	 0x00
#define PIT_LOW		 0x10
#define PIT_HIGH	 0x20
#define PIT_LOW_HIGH	 0x30
#define PIT_MODE_MASK	 0x0e
#define PIT_MODE_SHIFT	 1
#define PIT_BCD		 0x01
#define SYSTEM_B_GATE2	 0x01
#define SYSTEM_B_SPEAKER 0x02
#define SYSTEM_B_REFRESH 0x10
#define SYSTEM_B_OUT2	 0x20

/* --- MC146818 clock and CMOS ------------------------------------------------------ */
#define PORT_CMOS_INDEX	    0x70
#define PORT_CMOS_DATA	    0x71
#define CMOS_INDEX_MASK	    0x7f
#define CMOS_NMI_OFF	    0x80
#define RTC_SECONDS	    0x00
#define RTC_SECONDS_ALARM   0x01
#define RTC_MINUTES	    0x02
#define RTC_MINUTES_ALARM   0x03
#define RTC_HOURS	    0x04
#define RTC_HOURS_ALARM	    0x05
#define RTC_WEEKDAY	    0x06
#define RTC_DAY		    0x07
#define RTC_MONTH	    0x08
#define RTC_YEAR	    0x09
#define RTC_REG_A	    0x0a
#define RTC_REG_B	    0x0b
#define RTC_REG_C	    0x0c
#define RTC_REG_D	    0x0d
#define CMOS_SHUTDOWN	    0x0f
#define CMOS_BASE_LOW	    0x15
#define CMOS_EXT_LOW	    0x17
#define CMOS_CENTURY	    0x32
#define RTC_A_UIP	    0x80
#define RTC_A_DIVIDER	    0x70
#define RTC_A_DIVIDER_32KHZ 0x20
#define RTC_A_RATE	    0x0f
#define RTC_B_SET	    0x80
#define RTC_B_PIE	    0x40
#define RTC_B_AIE	    0x20
#define RTC_B_UIE	    0x10
#define RTC_B_SQWE	    0x08
#define RTC_B_BINARY	    0x04
#define RTC_B_24H	    0x02
#define RTC_B_DST	    0x01
#define RTC_C_IRQF	    0x80
#define RTC_C_PF	    0x40
#define RTC_C_AF	    0x20
#define RTC_C_UF	    0x10
#define RTC_D_VRT	    0x80
#define RTC_HOUR_PM	    0x80

/* --- 16550A -------------------------------------------------------------------------- */
#define PORT_COM1	  0x3f8
#define PORT_COM2	  0x2f8
#define UART_DATA	  0 /* DLAB: divisor, low */
#define UART_IER	  1 /* DLAB: divisor, high */
#define UART_IIR	  2
#define UART_FCR	  2
#define UART_LCR	  3
#define UART_MCR	  4
#define UART_LSR	  5
#define UART_MSR	  6
#define UART_SCR	  7
#define UART_NR_PORTS	  8
#define UART_IER_RX	  0x01
#define UART_IER_THRE	  0x02
#define UART_IER_LINE	  0x04
#define UART_IER_MODEM	  0x08
#define UART_IIR_NONE	  0x01
#define UART_IIR_MODEM	  0x00
#define UART_IIR_THRE	  0x02
#define UART_IIR_RX	  0x04
#define UART_IIR_LINE	  0x06
#define UART_IIR_TIMEOUT  0x0c
#define UART_IIR_FIFO	  0xc0
#define UART_FCR_ENABLE	  0x01
#define UART_FCR_CLEAR_RX 0x02
#define UART_FCR_CLEAR_TX 0x04
#define UART_FCR_TRIGGER  0xc0
#define UART_LCR_8N1	  0x03
#define UART_LCR_BREAK	  0x40
#define UART_LCR_DLAB	  0x80
#define UART_MCR_DTR	  0x01
#define UART_MCR_RTS	  0x02
#define UART_MCR_OUT1	  0x04
#define UART_MCR_OUT2	  0x08
#define UART_MCR_LOOP	  0x10
#define UART_LSR_DATA	  0x01
#define UART_LSR_OVERRUN  0x02
#define UART_LSR_PARITY	  0x04
#define UART_LSR_FRAMING  0x08
#define UART_LSR_BREAK	  0x10
#define UART_LSR_THRE	  0x20
#define UART_LSR_TEMT	  0x40
#define UART_MSR_DCTS	  0x01
#define UART_MSR_DDSR	  0x02
#define UART_MSR_TERI	  0x04
#define UART_MSR_DDCD	  0x08
#define UART_MSR_CTS	  0x10
#define UART_MSR_DSR	  0x20
#define UART_MSR_RI	  0x40
#define UART_MSR_DCD	  0x80

/* --- i8042, delay, debug, reset -------------------------------------------------- */
#define PORT_KBD_DATA 0x60
#define PORT_KBD_CMD  0x64
#define KBD_CMD_RESET 0xfe
#define PORT_DELAY    0x80
#define PORT_DEBUGCON 0xe9
#define PORT_PORT92   0x92
#define PORT_RESET    0xcf9
#define RESET_HARD    0x06

/* --- PCI configuration mechanism 1 ------------------------------------------------ */
#define PORT_PCI_ADDR	     0xcf8
#define PORT_PCI_DATA	     0xcfc
#define PCI_ADDR_ENABLE	     0x80000000
#define PCI_ADDR_BUS_SHIFT   16
#define PCI_ADDR_DEVFN_SHIFT 8
#define PCI_ADDR_REG	     0xfc
#define PCI_DEVFN(dev, fn)   (((dev) << 3) | (fn))
#define PCI_VENDOR_ID	     0x00
#define PCI_DEVICE_ID	     0x02
#define PCI_COMMAND	     0x04
#define PCI_STATUS	     0x06
#define PCI_CLASS_REVISION   0x08
#define PCI_HEADER_TYPE	     0x0e
#define PCI_BAR0	     0x10
#define PCI_SUBSYSTEM_VENDOR 0x2c
#define PCI_SUBSYSTEM_ID     0x2e
#define PCI_ROM_ADDRESS	     0x30
#define PCI_CAPABILITIES     0x34
#define PCI_INTERRUPT_LINE   0x3c
#define PCI_INTERRUPT_PIN    0x3d
#define PCI_COMMAND_IO	     0x001
#define PCI_COMMAND_MEMORY   0x002
#define PCI_COMMAND_MASTER   0x004
#define PCI_COMMAND_INTX_OFF 0x400
#define PCI_STATUS_INTX	     0x008
#define PCI_STATUS_CAP_LIST  0x010
#define PCI_MULTIFUNCTION    0x80
#define PCI_BAR_IO	     0x1
#define PCI_ROM_ENABLE	     0x1

/* --- BIOS data area, legacy memory ------------------------------------------------ */
#define BDA_EBDA_SEGMENT 0x40e
#define BDA_BASE_KB	 0x413
#define BDA_WARM_BOOT	 0x472
#define BDA_RESET_VECTOR 0x467
#define LOWMEM_END	 0xa0000
#define ROM_AREA_START	 0xc0000
#define ROM_AREA_END	 0xe0000
#define BIOS_AREA_START	 0xe0000
#define BIOS_AREA_END	 0x100000

#ifndef __ASSEMBLER__
#include <stdint.h>

/* First byte of port mechanism 1's address word. */
static inline uint32_t pci_conf1_addr(unsigned int bus, unsigned int devfn,
				      unsigned int reg)
{
	return PCI_ADDR_ENABLE | (bus << PCI_ADDR_BUS_SHIFT) |
	       (devfn << PCI_ADDR_DEVFN_SHIFT) | (reg & PCI_ADDR_REG);
}
#endif /* !__ASSEMBLER__ */
#endif
