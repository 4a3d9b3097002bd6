/* SPDX-License-Identifier: GPL-2.0-only */
/* Text to ttyS0, by polling; the command line; the end. */
#include "acpi.h"
#include "guest.h"
#include "vmi.h"
#include "x86-defs.h"

#define TEXT_MAX  256
#define WAIT_LONG 100000

static void put(char c)
{
	for (int i = 0; i < WAIT_LONG; i++)
		if (inb(PORT_COM1 + UART_LSR) & UART_LSR_THRE)
			break;
	outb(PORT_COM1 + UART_DATA, (uint8_t)c);
}

void console_puts(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			put('\r');
		put(*s);
	}
}

void print(const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vmi_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	console_puts(text);
}

static bool word_ends(char c)
{
	return c == '\0' || c == ' ';
}

const char *option(const char *word)
{
	size_t n = strlen(word);
	bool value = n && word[n - 1] == '=';

	for (const char *s = boot_cmdline; *s; s++) {
		if ((s != boot_cmdline && s[-1] != ' ') || strncmp(s, word, n))
			continue;
		if (value || word_ends(s[n]))
			return s + n;
	}
	return NULL;
}

void __noreturn power_off(void)
{
	acpi_power_off();
	/* No ACPI: the adapter takes this for a power-off. */
	irq_off();
	if (vmi_offered(VMI_CALL_Shutdown))
		vmi_quick(VMI_CALL_Shutdown, 0, 0, 0);
	for (;;)
		__asm__ volatile("hlt");
}
