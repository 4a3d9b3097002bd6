/* SPDX-License-Identifier: GPL-2.0-only */
/* Port I/O: the twelve calls, IODelay, and the devices that a PC must have. */
#include "guest.h"
#include "traps.h"
#include "vmi.h"
#include "x86-defs.h"

#define SCRATCH	     (PORT_COM1 + UART_SCR)
#define PORT_NOTHING 0x5a0 /* no PC has a device there */
#define HOST_BRIDGE  pci_conf1_addr(0, 0, 0)
#define EAX_PATTERN  0xa5a5a5a5
#define NR_UNITS     6
#define ABSENT	     0xffff
#define PCI_SLOTS    32
#define STEP_VALUE   0x5b
#define STEPS	     3

static uint8_t buffer[64];

static uint32_t addr(const void *p)
{
	return (uint32_t)(uintptr_t)p;
}

static struct trap_frame stepped; /* at the first debug trap */

static bool note_step(struct trap_frame *f)
{
	if (trap_count[X86_EXC_DB] == 1)
		stepped = *f;
	f->eflags &= ~(uint32_t)X86_EFLAGS_TF;
	return true;
}

TEST("io", "single step of the kernel: a debug trap behind IN", AFTER)
{
	uint32_t behind, value = 0;

	outb(SCRATCH, STEP_VALUE);
	trap_hook(X86_EXC_DB, note_step);
	__asm__ volatile("movl $1f, %0\n\tpushfl\n\torl %2, (%%esp)\n\t"
			 "popfl\n\tinb %%dx, %%al\n1:\tnop"
			 : "=&r"(behind), "+a"(value)
			 : "i"(X86_EFLAGS_TF), "d"(SCRATCH)
			 : "cc", "memory");
	check_eq(trap_count[X86_EXC_DB], 1);
	check_eq(stepped.eip, behind);
	check_eq(value, STEP_VALUE);
	check_eq(stepped.eax, STEP_VALUE);
}

TEST("io", "single step of the kernel: a debug trap after each step of REP",
     AFTER)
{
	uint8_t bytes[STEPS] = { 0 }, *to = bytes;
	uint32_t insn, count = STEPS;

	outb(SCRATCH, STEP_VALUE);
	trap_hook(X86_EXC_DB, note_step);
	__asm__ volatile("movl $1f, %0\n\tpushfl\n\torl %3, (%%esp)\n\t"
			 "popfl\n1:\trep insb\n\tnop"
			 : "=&r"(insn), "+c"(count), "+D"(to)
			 : "i"(X86_EFLAGS_TF), "d"(SCRATCH)
			 : "cc", "memory");
	check_eq(trap_count[X86_EXC_DB], 1);
	check_eq(stepped.eip, insn);
	check_eq(stepped.ecx, STEPS - 1);
	check_eq(count, 0);
	for (unsigned int i = 0; i < STEPS; i++)
		check_eq(bytes[i], STEP_VALUE);
}

TEST("io", "OUTB and INB", AFTER)
{
	for (unsigned int i = 0; i < 256; i += 51) {
		vmi(VMI_CALL_OUTB, EAX_PATTERN << 8 | i, SCRATCH);
		check_eq(inb(SCRATCH), i);
		check_eq((uint8_t)vmi(VMI_CALL_INB, 0, SCRATCH), i);
	}
}

TEST("io", "INB and INW leave the rest of EAX", AFTER)
{
	outb(SCRATCH, 0x12);
	vmi(VMI_CALL_INB, EAX_PATTERN, SCRATCH);
	check_eq(vmi_state.out.eax, (EAX_PATTERN & ~0xffu) | 0x12);
	outl(PORT_PCI_ADDR, HOST_BRIDGE);
	vmi(VMI_CALL_INW, EAX_PATTERN, PORT_PCI_DATA);
	check_eq(vmi_state.out.eax,
		 (EAX_PATTERN & 0xffff0000) | inw(PORT_PCI_DATA));
}

TEST("io", "OUTL, INL, OUTW and INW", AFTER)
{
	uint32_t id;

	vmi(VMI_CALL_OUTL, HOST_BRIDGE, PORT_PCI_ADDR);
	check_eq((uint32_t)vmi(VMI_CALL_INL, 0, PORT_PCI_ADDR), HOST_BRIDGE);
	id = (uint32_t)vmi(VMI_CALL_INL, 0, PORT_PCI_DATA);
	check_eq(id, inl(PORT_PCI_DATA));
	check(id != 0xffffffff);
	check_eq((uint16_t)vmi(VMI_CALL_INW, 0, PORT_PCI_DATA), (uint16_t)id);
	check_eq((uint16_t)vmi(VMI_CALL_INW, 0, PORT_PCI_DATA + 2), id >> 16);
	vmi(VMI_CALL_OUTW, 0, PORT_DELAY);
}

TEST("io", "INSB, INSW and INSL fill memory and count", AFTER)
{
	static const struct {
		uint16_t call, size, port;
	} strings[] = {
		{ VMI_CALL_INSB, 1, SCRATCH },
		{ VMI_CALL_INSW, 2, PORT_PCI_DATA },
		{ VMI_CALL_INSL, 4, PORT_PCI_DATA },
	};

	outb(SCRATCH, 0x7e);
	outl(PORT_PCI_ADDR, HOST_BRIDGE);
	for (unsigned int i = 0; i < ARRAY_SIZE(strings); i++) {
		uint32_t size = strings[i].size, one = 0;

		memset(buffer, 0x55, sizeof(buffer));
		one = size == 1 ? inb(SCRATCH) : inl(PORT_PCI_DATA);
		vmi_string(strings[i].call, 0, addr(buffer), strings[i].port,
			   NR_UNITS);
		check_eq(vmi_state.out.ecx, 0);
		check_eq(vmi_state.out.edi, addr(buffer) + NR_UNITS * size);
		for (unsigned int k = 0; k < NR_UNITS; k++)
			check(!memcmp(buffer + k * size, &one, size));
		check_eq(buffer[NR_UNITS * size], 0x55);
	}
}

TEST("io", "OUTSB, OUTSW and OUTSL read memory and count", AFTER)
{
	const uint32_t want = pci_conf1_addr(0, PCI_DEVFN(3, 1), 8);

	for (unsigned int i = 0; i < NR_UNITS; i++)
		buffer[i] = (uint8_t)(i * 7 + 1);
	vmi_string(VMI_CALL_OUTSB, addr(buffer), 0, SCRATCH, NR_UNITS);
	check_eq(vmi_state.out.ecx, 0);
	check_eq(vmi_state.out.esi, addr(buffer) + NR_UNITS);
	check_eq(inb(SCRATCH), buffer[NR_UNITS - 1]);

	memset(buffer, 0, sizeof(buffer));
	memcpy(buffer + 4, &want, sizeof(want));
	vmi_string(VMI_CALL_OUTSL, addr(buffer), 0, PORT_PCI_ADDR, 2);
	check_eq(vmi_state.out.ecx, 0);
	check_eq(vmi_state.out.esi, addr(buffer) + 8);
	check_eq(inl(PORT_PCI_ADDR), want);

	vmi_string(VMI_CALL_OUTSW, addr(buffer), 0, PORT_DELAY, NR_UNITS);
	check_eq(vmi_state.out.ecx, 0);
	check_eq(vmi_state.out.esi, addr(buffer) + NR_UNITS * 2);
}

TEST("io", "string calls of no units do nothing", AFTER)
{
	static const uint8_t calls[] = {
		VMI_CALL_INSB,	VMI_CALL_INSW,	VMI_CALL_INSL,
		VMI_CALL_OUTSB, VMI_CALL_OUTSW, VMI_CALL_OUTSL,
	};

	memset(buffer, 0x33, sizeof(buffer));
	outb(SCRATCH, 0x44);
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		vmi_string(calls[i], addr(buffer), addr(buffer), SCRATCH, 0);
		check_eq(vmi_state.out.ecx, 0);
		check_eq(vmi_state.out.esi, addr(buffer));
		check_eq(vmi_state.out.edi, addr(buffer));
	}
	check_eq(buffer[0], 0x33);
	check_eq(inb(SCRATCH), 0x44);
}

TEST("io", "string instructions of the kernel itself", AFTER)
{
	void *to = buffer;
	uint32_t n = NR_UNITS;
	uint32_t id;

	memset(buffer, 0, sizeof(buffer));
	outl(PORT_PCI_ADDR, HOST_BRIDGE);
	id = inl(PORT_PCI_DATA);
	__asm__ volatile("rep insl"
			 : "+D"(to), "+c"(n)
			 : "d"(PORT_PCI_DATA)
			 : "memory");
	check_eq(n, 0);
	check(to == buffer + NR_UNITS * 4);
	for (unsigned int i = 0; i < NR_UNITS; i++)
		check(!memcmp(buffer + i * 4, &id, 4));
}

TEST("io", "ports without a device read as ones", AFTER)
{
	check_eq((uint8_t)vmi(VMI_CALL_INB, 0, PORT_NOTHING), 0xff);
	check_eq((uint16_t)vmi(VMI_CALL_INW, 0, PORT_NOTHING), 0xffff);
	check_eq((uint32_t)vmi(VMI_CALL_INL, 0, PORT_NOTHING), 0xffffffff);
	check_eq(inb(PORT_NOTHING), 0xff);
	check_eq(inw(PORT_NOTHING), 0xffff);
	check_eq(inl(PORT_NOTHING), 0xffffffff);
}

TEST("io", "only the low 16 bits of EDX are a port", AFTER)
{
	outb(SCRATCH, 0x69);
	check_eq((uint8_t)vmi(VMI_CALL_INB, 0, 0xabcd0000 | SCRATCH), 0x69);
	vmi(VMI_CALL_OUTB, 0x96, 0x12340000 | SCRATCH);
	check_eq(inb(SCRATCH), 0x96);
}

TEST("io", "IODelay", AFTER)
{
	vmi(VMI_CALL_IODelay);
}

/* --- Devices that kernels take for granted ----------------------------------- */
TEST("device", "8259 pair: masks can be read back", ONCE)
{
	outb(PORT_PIC1_DATA, 0xa5);
	outb(PORT_PIC2_DATA, 0x5a);
	check_eq(inb(PORT_PIC1_DATA), 0xa5);
	check_eq(inb(PORT_PIC2_DATA), 0x5a);
}

static uint8_t cmos(uint8_t reg)
{
	outb(PORT_CMOS_INDEX, reg);
	return inb(PORT_CMOS_DATA);
}

static bool is_bcd(uint8_t v)
{
	return (v & 0xf) <= 9 && v >> 4 <= 9;
}

TEST("device", "CMOS clock: a plausible date", ONCE)
{
	bool binary = cmos(RTC_REG_B) & RTC_B_BINARY;
	uint8_t month = cmos(RTC_MONTH), day = cmos(RTC_DAY);

	check(cmos(RTC_REG_D) & RTC_D_VRT);
	check(month >= 1 && (binary ? month <= 12 : month <= 0x12));
	check(day >= 1 && (binary ? day <= 31 : day <= 0x31));
	if (!binary)
		check(is_bcd(month) && is_bcd(day) &&
		      is_bcd(cmos(RTC_MINUTES)) && is_bcd(cmos(RTC_YEAR)));
}

TEST("device", "CMOS memory keeps what is written", ONCE)
{
	uint8_t was = cmos(CMOS_SHUTDOWN);

	outb(PORT_CMOS_INDEX, CMOS_SHUTDOWN);
	outb(PORT_CMOS_DATA, 0x0a);
	check_eq(cmos(CMOS_SHUTDOWN), 0x0a);
	outb(PORT_CMOS_INDEX, CMOS_SHUTDOWN);
	outb(PORT_CMOS_DATA, was);
	check_eq(cmos(CMOS_SHUTDOWN), was);
}

TEST("device", "UART: divisor latch, interrupt enable, FIFO identification",
     ONCE)
{
	uint8_t lcr = inb(PORT_COM1 + UART_LCR), lo, ier;

	ier = inb(PORT_COM1 + UART_IER);
	outb(PORT_COM1 + UART_IER, UART_IER_MODEM);
	check_eq(inb(PORT_COM1 + UART_IER), UART_IER_MODEM);
	outb(PORT_COM1 + UART_IER, ier);
	outb(PORT_COM1 + UART_LCR, lcr | UART_LCR_DLAB);
	lo = inb(PORT_COM1 + UART_DATA);
	outb(PORT_COM1 + UART_DATA, 3);
	check_eq(inb(PORT_COM1 + UART_DATA), 3);
	outb(PORT_COM1 + UART_DATA, lo);
	outb(PORT_COM1 + UART_LCR, lcr);
	check_eq(inb(PORT_COM1 + UART_LCR), lcr);
	outb(PORT_COM1 + UART_FCR, UART_FCR_ENABLE);
	check_eq(inb(PORT_COM1 + UART_IIR) & UART_IIR_FIFO, UART_IIR_FIFO);
}

TEST("device", "UART: loop-back of modem lines", ONCE)
{
	uint8_t mcr = inb(PORT_COM1 + UART_MCR);

	outb(PORT_COM1 + UART_MCR,
	     UART_MCR_LOOP | UART_MCR_OUT2 | UART_MCR_RTS);
	check_eq(inb(PORT_COM1 + UART_MSR) & 0xf0, UART_MSR_DCD | UART_MSR_CTS);
	outb(PORT_COM1 + UART_MCR, mcr);
}

TEST("device", "absent UARTs read as ones", ONCE)
{
	for (unsigned int i = 0; i < UART_NR_PORTS; i++)
		check_eq(inb((uint16_t)(PORT_COM2 + i)), 0xff);
}

TEST("device", "PCI: absent devices read as ones, one at least is there", ONCE)
{
	unsigned int found = 0;

	for (unsigned int slot = 0; slot < PCI_SLOTS; slot++) {
		uint32_t id;

		outl(PORT_PCI_ADDR, pci_conf1_addr(0, PCI_DEVFN(slot, 0), 0));
		id = inl(PORT_PCI_DATA);
		if ((id & 0xffff) == ABSENT)
			check_eq(id, 0xffffffff);
		else
			found++;
	}
	check(found > 0);
	outl(PORT_PCI_ADDR, 0);
	check_eq(inl(PORT_PCI_DATA), 0xffffffff);
}

TEST("device", "PCI: the VMI device, or at least its ROM", ONCE)
{
	if (!vmi_rom)
		skip("no ROM");
	for (unsigned int slot = 0; slot < PCI_SLOTS; slot++) {
		outl(PORT_PCI_ADDR, pci_conf1_addr(0, PCI_DEVFN(slot, 0), 0));
		if (inl(PORT_PCI_DATA) ==
		    (VMI_PCI_VENDOR | (uint32_t)VMI_PCI_DEVICE << 16))
			return;
	}
	skip("no PCI device 15AD:0801: Linux does not look for it");
}
