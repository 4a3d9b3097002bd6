/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 8042 keyboard controller and keyboard.  Pure.
 *
 * Everything that either of them answers goes through one queue; the output
 * buffer is its head, and IRQ 1 falls and rises again for each byte.  Nobody
 * types but xl: the keys come by i8042_ctrl_alt_del().
 */
#include "dev/i8042.h"
#include "dev/i8254.h"
#include "lib/string.h"

#define STATUS_FULL   0x01
#define STATUS_SYSTEM 0x04
#define STATUS_A2     0x08 /* the last write was a command */
#define STATUS_UNLOCK 0x10

#define MODE_IRQ       0x01
#define MODE_SYSTEM    0x04
#define MODE_KBD_OFF   0x10
#define MODE_AUX_OFF   0x20
#define MODE_TRANSLATE 0x40

#define CMD_READ_MODE  0x20
#define CMD_WRITE_MODE 0x60
#define CMD_AUX_TEST   0xa9
#define CMD_SELF_TEST  0xaa
#define CMD_KBD_TEST   0xab
#define CMD_KBD_OFF    0xad
#define CMD_KBD_ON     0xae
#define CMD_READ_OUT   0xd0
#define CMD_WRITE_OUT  0xd1
#define CMD_KBD_LOOP   0xd2
#define CMD_AUX_LOOP   0xd3
#define CMD_AUX_WRITE  0xd4
#define CMD_RESET      0xfe
#define SELF_TEST_OK   0x55
#define KBD_TEST_OK    0x00
#define AUX_TEST_NONE  0x01 /* clock line stuck: there is nothing */
#define OUT_NO_RESET   0x01
#define OUT_A20	       0x02

#define KBD_LEDS     0xed
#define KBD_ECHO     0xee
#define KBD_SET	     0xf0
#define KBD_IDENTIFY 0xf2
#define KBD_RATE     0xf3
#define KBD_ENABLE   0xf4
#define KBD_DISABLE  0xf5
#define KBD_DEFAULTS 0xf6
#define KBD_RESEND   0xfe
#define KBD_RESET    0xff
#define KBD_ACK	     0xfa
#define KBD_PASSED   0xaa
#define KBD_SCAN_SET 2

static uint32_t queued(const struct i8042 *k)
{
	return k->in - k->out;
}

static bool is_full(const struct i8042 *k)
{
	return queued(k) != 0;
}

static void raise_irq(struct i8042 *k)
{
	if (is_full(k) && (k->mode & MODE_IRQ))
		irq_line_pulse(&k->irq);
	else
		irq_line_set(&k->irq, false);
}

static void put(struct i8042 *k, uint8_t byte)
{
	if (queued(k) == I8042_QUEUE)
		return; /* nobody reads */
	k->queue[k->in++ % I8042_QUEUE] = byte;
	if (queued(k) == 1)
		raise_irq(k);
}

/* --- The keyboard ---------------------------------------------------------*/
static void identify(struct i8042 *k)
{
	put(k, 0xab);
	put(k, k->mode & MODE_TRANSLATE ? 0x41 : 0x83);
}

static void keyboard_argument(struct i8042 *k, uint8_t value)
{
	bool asks = k->kbd_expects == KBD_SET && !value;

	k->kbd_expects = 0;
	put(k, KBD_ACK);
	if (asks)
		put(k, KBD_SCAN_SET);
}

static void keyboard_command(struct i8042 *k, uint8_t value)
{
	if (k->kbd_expects) {
		keyboard_argument(k, value);
		return;
	}
	switch (value) {
	case KBD_ECHO:
		put(k, KBD_ECHO);
		return;
	case KBD_LEDS:
	case KBD_SET:
	case KBD_RATE:
		k->kbd_expects = value;
		break;
	case KBD_ENABLE:
		k->scanning = true;
		break;
	case KBD_DISABLE:
		k->scanning = false;
		break;
	case KBD_DEFAULTS:
	case KBD_IDENTIFY:
	case KBD_RESET:
		break;
	default:
		put(k, KBD_RESEND);
		return;
	}
	put(k, KBD_ACK);
	if (value == KBD_IDENTIFY)
		identify(k);
	if (value == KBD_RESET) {
		k->scanning = true;
		put(k, KBD_PASSED);
	}
}

/* Ctrl, Alt, Del down and up, in scan code sets 1 (translated) and 2. */
static const uint8_t keys_set_1[] = { 0x1d, 0x38, 0xe0, 0x53,
				      0xe0, 0xd3, 0xb8, 0x9d };
static const uint8_t keys_set_2[] = { 0x14, 0x11, 0xe0, 0x71, 0xe0, 0xf0,
				      0x71, 0xf0, 0x11, 0xf0, 0x14 };

static void press(struct i8042 *k)
{
	bool set_1 = k->mode & MODE_TRANSLATE;
	const uint8_t *keys = set_1 ? keys_set_1 : keys_set_2;
	unsigned int n = set_1 ? sizeof(keys_set_1) : sizeof(keys_set_2);

	if (!i8042_is_heard(k))
		return;
	for (unsigned int i = 0; i < n; i++)
		put(k, keys[i]);
}

bool i8042_is_heard(const struct i8042 *k)
{
	return k->scanning && (k->mode & (MODE_IRQ | MODE_KBD_OFF)) == MODE_IRQ;
}

void i8042_ctrl_alt_del(struct i8042 *k, uint64_t at)
{
	k->press_at = at;
}

uint64_t i8042_tick(struct i8042 *k, uint64_t now)
{
	if (now < k->press_at)
		return k->press_at;
	k->press_at = TIME_NEVER;
	press(k);
	return TIME_NEVER;
}

/* --- The controller -------------------------------------------------------*/
static void set_mode(struct i8042 *k, uint8_t mode)
{
	k->mode = mode;
	raise_irq(k);
}

static void controller_argument(struct i8042 *k, uint8_t value)
{
	uint8_t command = k->expects;

	k->expects = 0;
	if (command == CMD_WRITE_MODE)
		set_mode(k, value);
	else if (command == CMD_WRITE_OUT && !(value & OUT_NO_RESET))
		k->reset(k->opaque);
	else if (command == CMD_KBD_LOOP || command == CMD_AUX_LOOP)
		put(k, value); /* not marked as a mouse's */
}

static void controller_command(struct i8042 *k, uint8_t value)
{
	k->expects = 0;
	switch (value) {
	case CMD_READ_MODE:
		put(k, k->mode);
		break;
	case CMD_WRITE_MODE:
	case CMD_WRITE_OUT:
	case CMD_KBD_LOOP:
	case CMD_AUX_LOOP:
	case CMD_AUX_WRITE:
		k->expects = value;
		break;
	case CMD_AUX_TEST:
		put(k, AUX_TEST_NONE);
		break;
	case CMD_SELF_TEST:
		put(k, SELF_TEST_OK);
		break;
	case CMD_KBD_TEST:
		put(k, KBD_TEST_OK);
		break;
	case CMD_KBD_OFF:
		set_mode(k, k->mode | MODE_KBD_OFF);
		break;
	case CMD_KBD_ON:
		set_mode(k, (uint8_t)(k->mode & ~MODE_KBD_OFF));
		break;
	case CMD_READ_OUT:
		put(k, OUT_NO_RESET | OUT_A20);
		break;
	case CMD_RESET:
		k->reset(k->opaque);
		break;
	default:
		break;
	}
}

uint8_t i8042_read(struct i8042 *k, uint16_t port)
{
	uint8_t value;

	if (port == I8042_COMMAND)
		return STATUS_UNLOCK | STATUS_SYSTEM |
		       (is_full(k) ? STATUS_FULL : 0) |
		       (k->was_command ? STATUS_A2 : 0);
	value = k->queue[k->out % I8042_QUEUE]; /* the last one stays */
	if (is_full(k)) {
		k->out++;
		raise_irq(k);
	}
	return value;
}

void i8042_write(struct i8042 *k, uint16_t port, uint8_t value)
{
	k->was_command = port == I8042_COMMAND;
	if (k->was_command)
		controller_command(k, value);
	else if (k->expects)
		controller_argument(k, value);
	else
		keyboard_command(k, value);
}

void i8042_init(struct i8042 *k, struct irq_line irq,
		void (*reset)(void *opaque), void *opaque)
{
	memset(k, 0, sizeof(*k));
	k->irq = irq;
	k->reset = reset;
	k->opaque = opaque;
	/* As a BIOS leaves it, but for the interrupt. */
	k->mode = MODE_SYSTEM | MODE_AUX_OFF | MODE_TRANSLATE;
	k->scanning = true;
	k->press_at = TIME_NEVER;
}
