/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Composing one line of purgatory's report.
 */
#include "line.h"

#define LINE_END_SIZE 2

static const char digits[] = "0123456789abcdef";

static void add_character(struct line *line, char character)
{
	if (line->length < LINE_SIZE - LINE_END_SIZE)
		line->text[line->length++] = character;
}

static void add_text(struct line *line, const char *text)
{
	while (*text)
		add_character(line, *text++);
}

static void add_key(struct line *line, const char *key)
{
	add_character(line, ' ');
	add_text(line, key);
	add_character(line, '=');
}

/* Add a number with at least @width digits. */
static void add_number(struct line *line, uint64_t value, unsigned int base, size_t width)
{
	char reversed[20];
	size_t count = 0;

	do {
		reversed[count++] = digits[value % base];
		value /= base;
	} while (value || count < width);
	while (count > 0)
		add_character(line, reversed[--count]);
}

void line_begin(struct line *line, const char *text)
{
	line->length = 0;
	add_text(line, "purgatory: ");
	add_text(line, text);
}

bool line_is(const struct line *line, const char *text)
{
	size_t i;

	for (i = 0; i < line->length && line->text[i] == text[i]; i++)
		;
	return i == line->length && !text[i];
}

void line_set(struct line *line, const char *text)
{
	line->length = 0;
	add_text(line, text);
}

void line_add_word(struct line *line, const char *key, const char *value)
{
	add_key(line, key);
	add_text(line, value);
}

void line_add_hex(struct line *line, const char *key, uint64_t value)
{
	add_key(line, key);
	add_text(line, "0x");
	add_number(line, value, 16, 1);
}

void line_add_decimal(struct line *line, const char *key, uint64_t value)
{
	add_key(line, key);
	add_number(line, value, 10, 1);
}

void line_add_bytes(struct line *line, const char *key, const uint8_t *bytes, size_t size)
{
	size_t i;

	add_key(line, key);
	for (i = 0; i < size; i++)
		add_number(line, bytes[i], 16, 2);
}

void line_add_milliseconds(struct line *line, const char *key, uint64_t ticks, uint64_t frequency)
{
	uint64_t seconds;
	uint64_t microseconds;

	if (!frequency) {
		line_add_word(line, key, "unknown");
		return;
	}
	/* Seconds are computed apart, because the product would overflow after some hours. */
	seconds = ticks / frequency;
	microseconds = ticks % frequency * 1000000 / frequency;
	add_key(line, key);
	add_number(line, seconds * 1000 + microseconds / 1000, 10, 1);
	add_character(line, '.');
	add_number(line, microseconds % 1000, 10, 3);
}

void line_end(struct line *line)
{
	line->text[line->length++] = '\r';
	line->text[line->length++] = '\n';
}
