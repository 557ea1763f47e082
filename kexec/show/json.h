/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing JSON (RFC 8259): one member a line, indented by two blanks a level, all in ASCII.
 */
#ifndef SHOW_JSON_H
#define SHOW_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *stream; /* not owned */
	unsigned int depth;
	bool has_members; /* the innermost object or array has one already */
};

/*
 * Begin and end the innermost object or array. The @name is that of a member; NULL inside an array,
 * and for the document itself.
 */
void json_begin_object(struct json *json, const char *name);
void json_end_object(struct json *json);
void json_begin_array(struct json *json, const char *name);
void json_end_array(struct json *json);

/*
 * A member, or inside an array an element without a name. A NULL @text becomes null. Bytes of a
 * text that are no UTF-8 become U+FFFD, because JSON has no other texts.
 */
void json_text(struct json *json, const char *name, const char *text);
void json_number(struct json *json, const char *name, uint64_t number);
void json_boolean(struct json *json, const char *name, bool value);

/* An address, as the text "0x40000000", because not all readers have integers of 64 bits. */
void json_address(struct json *json, const char *name, uint64_t address);

#endif
