/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Composing one line of purgatory's report: "purgatory: VERB key=value key=value ...".
 *
 * A line is complete before any part of it is written, so that it appears in one piece.
 */
#ifndef PURGATORY_LINE_H
#define PURGATORY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer than the longest line, which is that of a mismatch: two digests and two addresses. */
#define LINE_SIZE 320

/* A line. Text that does not fit is left out. */
struct line {
	char text[LINE_SIZE]; /* @length bytes, no terminating 0 */
	size_t length;
};

/* Begin a line: "purgatory: " and @text. */
void line_begin(struct line *line, const char *text);

/* Whether the line so far is this text, and have it be that. */
bool line_is(const struct line *line, const char *text);
void line_set(struct line *line, const char *text);

/* Add " @key=@value": a word, a hexadecimal number with 0x, a decimal number. */
void line_add_word(struct line *line, const char *key, const char *value);
void line_add_hex(struct line *line, const char *key, uint64_t value);
void line_add_decimal(struct line *line, const char *key, uint64_t value);

/* Add " @key=" and @size bytes as pairs of hexadecimal digits. */
void line_add_bytes(struct line *line, const char *key, const uint8_t *bytes, size_t size);

/* Add " @key=" and a duration in milliseconds, as "12.345", or "unknown" if @frequency is 0. */
void line_add_milliseconds(struct line *line, const char *key, uint64_t ticks, uint64_t frequency);

/* End the line with CR and LF. There always is room for them. */
void line_end(struct line *line);

#endif
