/* SPDX-License-Identifier: GPL-2.0-only */
/* A small vsnprintf.  Pure; tested against libc's on the host. */
#include "lib/printf.h"
#include "lib/div64.h"
#include "lib/string.h"

#define NUMBER_MAX 24

struct out {
	char *buf;
	size_t size, len;
};

struct spec {
	bool zero, left, alt;
	int width, precision; /* precision -1: none */
	int length;	      /* bytes of an integer argument */
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_string(struct out *o, const struct spec *s, const char *text)
{
	size_t len;

	if (!text)
		text = "(null)";
	len = s->precision >= 0 ? strnlen(text, (size_t)s->precision)
				: strlen(text);
	if (!s->left)
		pad(o, ' ', s->width - (int)len);
	for (size_t i = 0; i < len; i++)
		put(o, text[i]);
	if (s->left)
		pad(o, ' ', s->width - (int)len);
}

static void put_number(struct out *o, const struct spec *s, uint64_t value,
		       bool negative, uint32_t base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	const char *prefix = "";
	char text[NUMBER_MAX];
	int n = 0, fill;

	if (negative)
		prefix = "-";
	else if (s->alt && base == 16 && value)
		prefix = upper ? "0X" : "0x";
	do {
		uint32_t rem;

		value = div64_32(value, base, &rem);
		text[n++] = digits[rem];
	} while (value);
	fill = s->width - n - (int)strlen(prefix);
	if (!s->left && !s->zero)
		pad(o, ' ', fill);
	for (const char *p = prefix; *p; p++)
		put(o, *p);
	if (!s->left && s->zero)
		pad(o, '0', fill);
	while (n)
		put(o, text[--n]);
	if (s->left)
		pad(o, ' ', fill);
}

static const char *parse_number(const char *fmt, int *value)
{
	*value = 0;
	while (*fmt >= '0' && *fmt <= '9')
		*value = *value * 10 + (*fmt++ - '0');
	return fmt;
}

/* Lengths in bytes; long is 4 in the adapter and 8 in a host test. */
static const char *parse_length(const char *fmt, struct spec *s)
{
	s->length = sizeof(int);
	if (*fmt == 'h') {
		s->length = *++fmt == 'h' ? 1 : 2;
		if (s->length == 1)
			fmt++;
	} else if (*fmt == 'l') {
		s->length = *++fmt == 'l' ? 8 : (int)sizeof(long);
		if (*fmt == 'l')
			fmt++;
	} else if (*fmt == 'z') {
		s->length = sizeof(size_t);
		fmt++;
	}
	return fmt;
}

static uint64_t truncate_to(uint64_t value, int length)
{
	return length == 8 ? value : value & ((1ull << (length * 8)) - 1);
}

int vmi_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out o = { buf, size, 0 };

	for (; *fmt; fmt++) {
		struct spec s = { .precision = -1 };
		uint64_t value;
		int64_t number;

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		for (fmt++; *fmt == '0' || *fmt == '-' || *fmt == '#'; fmt++) {
			s.zero |= *fmt == '0';
			s.left |= *fmt == '-';
			s.alt |= *fmt == '#';
		}
		if (*fmt == '*') {
			s.width = va_arg(args, int);
			fmt++;
		} else {
			fmt = parse_number(fmt, &s.width);
		}
		if (*fmt == '.') {
			if (*++fmt == '*') {
				s.precision = va_arg(args, int);
				fmt++;
			} else {
				fmt = parse_number(fmt, &s.precision);
			}
		}
		fmt = parse_length(fmt, &s);
		switch (*fmt) {
		case 'd':
		case 'i':
			number = s.length == 8 ? va_arg(args, long long)
					       : va_arg(args, int);
			if (s.length < (int)sizeof(int))
				number = s.length == 1 ? (int8_t)number
						       : (int16_t)number;
			put_number(&o, &s,
				   number < 0 ? 0 - (uint64_t)number
					      : (uint64_t)number,
				   number < 0, 10, false);
			break;
		case 'u':
		case 'x':
		case 'X':
			value = s.length == 8 ? va_arg(args, unsigned long long)
					      : va_arg(args, unsigned int);
			put_number(&o, &s, truncate_to(value, s.length), false,
				   *fmt == 'u' ? 10 : 16, *fmt == 'X');
			break;
		case 'p':
			s.alt = true;
			put_number(&o, &s, (uintptr_t)va_arg(args, void *),
				   false, 16, false);
			break;
		case 's':
			put_string(&o, &s, va_arg(args, const char *));
			break;
		case 'c':
			put(&o, (char)va_arg(args, int));
			break;
		case '%':
			put(&o, '%');
			break;
		default: /* unknown: show it */
			put(&o, '%');
			if (!*fmt)
				fmt--;
			else
				put(&o, *fmt);
		}
	}
	if (size)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return (int)o.len;
}

int vmi_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vmi_vsnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}
