/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a capture must not tell.
 */
#include "capture/secrets.h"

#include <ctype.h>
#include <errno.h>
#include <libfdt.h>
#include <string.h>
#include <strings.h>

#define HIDDEN 'x'

/* Pairs of hexadecimal digits of a hardware address, at least. */
#define ADDRESS_PAIRS 6

/*
 * Parts of the names of words with secret values: rd.luks.key, rd.iscsi.password, psk, token,
 * systemd.set_credential, androidboot.serialno, systemd.machine_id.
 */
static const char *const secret_words[] = {
	"pass",	      "secret",	  "token",	"psk",	      "auth",
	"credential", "serialno", "machine_id", "machine-id",
};

/* Parts of the names of properties, of the device tree specification and of firmware. */
static const char *const secret_properties[] = {
	"seed",	     "mac-address", "bd-address", "serial-number", "serial#",
	"asset-tag", "unique-id",   "machine-id", "system-id",
};

static bool contains(const char *text, size_t length, const char *part)
{
	const size_t size = strlen(part);

	for (size_t i = 0; i + size <= length; i++)
		if (strncasecmp(text + i, part, size) == 0)
			return true;
	return false;
}

/* "key" would be found in "keymap" too, so that it must be the end. */
static bool is_secret_word(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(secret_words) / sizeof(secret_words[0]); i++)
		if (contains(name, length, secret_words[i]))
			return true;
	return length >= 3 && strncasecmp(name + length - 3, "key", 3) == 0;
}

/* Quotes stay, because they tell where words end. Returns 1 if anything is hidden. */
static unsigned int hide(char *text, size_t length)
{
	unsigned int hidden = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			continue;
		text[i] = HIDDEN;
		hidden = 1;
	}
	return hidden;
}

/* Hide what stands before "@" in a value: behind "://", or behind the first ":". */
static unsigned int hide_user(char *value, size_t length)
{
	char *const end = memchr(value, '@', length);
	char *start;

	if (!end)
		return 0;
	start = memmem(value, (size_t)(end - value), "://", 3);
	if (start)
		return hide(start + 3, (size_t)(end - start) - 3);
	start = memchr(value, ':', (size_t)(end - value));
	return start ? hide(start + 1, (size_t)(end - start) - 1) : 0;
}

static unsigned int hide_in_word(char *word, size_t length)
{
	char *const equal = memchr(word, '=', length);
	size_t name;

	if (!equal)
		return 0;
	name = (size_t)(equal - word);
	return is_secret_word(word, name) ? hide(equal + 1, length - name - 1)
					  : hide_user(equal + 1, length - name - 1);
}

/* The length of the word, which may have quoted white space in it. */
static size_t word_length(const char *word)
{
	bool is_quoted = false;
	size_t length = 0;

	for (; word[length] && (is_quoted || !isspace((unsigned char)word[length])); length++)
		if (word[length] == '"')
			is_quoted = !is_quoted;
	return length;
}

unsigned int secrets_hide_command_line(char *text)
{
	unsigned int hidden = 0;
	char *word = text;

	while (*word) {
		const size_t length = word_length(word);

		hidden += hide_in_word(word, length);
		word += length;
		word += strspn(word, " \t\r\n\f\v");
	}
	return hidden + secrets_hide_addresses(text);
}

/* How many characters from @text on are pairs of digits with the same separator between them. */
static size_t measure_address(const char *text)
{
	const char separator = isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1])
				       ? text[2]
				       : '\0';
	size_t pairs = 1, length = 2;

	if (separator != ':' && separator != '-')
		return 0;
	while (text[length] == separator && isxdigit((unsigned char)text[length + 1]) &&
	       isxdigit((unsigned char)text[length + 2])) {
		length += 3;
		pairs++;
	}
	return pairs >= ADDRESS_PAIRS && !isxdigit((unsigned char)text[length]) ? length : 0;
}

unsigned int secrets_hide_addresses(char *text)
{
	unsigned int hidden = 0;

	for (size_t i = 0; text[i]; i++) {
		size_t length;

		if (i && isxdigit((unsigned char)text[i - 1]))
			continue;
		length = measure_address(text + i);
		hidden += length != 0;
		for (; length; length--, i++)
			if (isxdigit((unsigned char)text[i]))
				text[i] = HIDDEN;
		if (!text[i])
			break;
	}
	return hidden;
}

bool secrets_has_property(const char *name)
{
	const size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(secret_properties) / sizeof(secret_properties[0]); i++)
		if (contains(name, length, secret_properties[i]))
			return true;
	return false;
}

/* Write zeros over a property. Returns 1, or 0 if it has no others. */
static int clear(void *fdt, int node, const char *name)
{
	int size;
	char *value = fdt_getprop_w(fdt, node, name, &size);
	int changed = 0;

	for (int i = 0; value && i < size; i++) {
		changed |= value[i] != 0;
		value[i] = 0;
	}
	return changed;
}

/* Clear all such properties of the node. Returns how many, or -EINVAL. */
static int clean_node(void *fdt, int node)
{
	int property, changed = 0;

	fdt_for_each_property_offset(property, fdt, node)
	{
		const char *name;

		if (!fdt_getprop_by_offset(fdt, property, &name, NULL))
			return -EINVAL;
		if (secrets_has_property(name))
			changed += clear(fdt, node, name);
	}
	return property == -FDT_ERR_NOTFOUND ? changed : -EINVAL;
}

static int clean_command_line(void *fdt)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	int size;
	char *text;

	if (chosen < 0)
		return 0;
	text = fdt_getprop_w(fdt, chosen, "bootargs", &size);
	if (!text || size <= 0 || text[size - 1])
		return 0;
	return (int)secrets_hide_command_line(text);
}

int secrets_clean_tree(void *fdt)
{
	int changed = clean_command_line(fdt);
	int node;

	for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		const int result = clean_node(fdt, node);

		if (result < 0)
			return result;
		changed += result;
	}
	return node == -FDT_ERR_NOTFOUND ? changed : -EINVAL;
}
