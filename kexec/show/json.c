/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing JSON.
 */
#include "show/json.h"

#include <inttypes.h>

#define REPLACEMENT 0xfffd

static void print_string(FILE *stream, const char *text);

static void begin_member(struct json *json, const char *name)
{
	if (json->depth)
		fprintf(json->stream, "%s\n%*s", json->has_members ? "," : "",
			(int)(2 * json->depth), "");
	json->has_members = true;
	if (!name)
		return;
	print_string(json->stream, name);
	fprintf(json->stream, ": ");
}

static void begin(struct json *json, const char *name, char bracket)
{
	begin_member(json, name);
	fputc(bracket, json->stream);
	json->depth++;
	json->has_members = false;
}

static void end(struct json *json, char bracket)
{
	json->depth--;
	if (json->has_members)
		fprintf(json->stream, "\n%*s", (int)(2 * json->depth), "");
	fputc(bracket, json->stream);
	json->has_members = true;
	if (!json->depth)
		fputc('\n', json->stream);
}

void json_begin_object(struct json *json, const char *name)
{
	begin(json, name, '{');
}

void json_end_object(struct json *json)
{
	end(json, '}');
}

void json_begin_array(struct json *json, const char *name)
{
	begin(json, name, '[');
}

void json_end_array(struct json *json)
{
	end(json, ']');
}

/*
 * Decode one character of UTF-8 (RFC 3629) at *@next, and go on behind it. What is malformed,
 * longer than necessary, or half of a pair, is one REPLACEMENT for each byte.
 */
static uint32_t decode(const unsigned char **next)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = *next;
	unsigned int length = *byte < 0x80   ? 1
			      : *byte < 0xc0 ? 0
			      : *byte < 0xe0 ? 2
			      : *byte < 0xf0 ? 3
					     : 4;
	uint32_t character = length == 1 ? *byte : length ? *byte & (0x7fU >> length) : 0;

	(*next)++;
	if (!length || *byte > 0xf4)
		return REPLACEMENT;
	for (unsigned int i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return REPLACEMENT;
		character = character << 6 | (byte[i] & 0x3fU);
	}
	if (character < least[length] || character > 0x10ffff || (character & ~0x7ffU) == 0xd800)
		return REPLACEMENT;
	*next = byte + length;
	return character;
}

static void print_character(FILE *stream, uint32_t character)
{
	if (character == '"' || character == '\\')
		fprintf(stream, "\\%c", (char)character);
	else if (character >= 0x20 && character < 0x7f)
		fputc((char)character, stream);
	else if (character < 0x10000)
		fprintf(stream, "\\u%04" PRIx32, character);
	else
		fprintf(stream, "\\u%04" PRIx32 "\\u%04" PRIx32,
			0xd800 + ((character - 0x10000) >> 10),
			0xdc00 + ((character - 0x10000) & 0x3ff));
}

static void print_string(FILE *stream, const char *text)
{
	const unsigned char *next = (const unsigned char *)text;

	fputc('"', stream);
	while (*next)
		print_character(stream, decode(&next));
	fputc('"', stream);
}

void json_text(struct json *json, const char *name, const char *text)
{
	begin_member(json, name);
	if (text)
		print_string(json->stream, text);
	else
		fprintf(json->stream, "null");
}

void json_number(struct json *json, const char *name, uint64_t number)
{
	begin_member(json, name);
	fprintf(json->stream, "%" PRIu64, number);
}

void json_boolean(struct json *json, const char *name, bool value)
{
	begin_member(json, name);
	fprintf(json->stream, "%s", value ? "true" : "false");
}

void json_address(struct json *json, const char *name, uint64_t address)
{
	begin_member(json, name);
	fprintf(json->stream, "\"0x%" PRIx64 "\"", address);
}
