/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words that look like options but are none.
 */
#include "cli/options_unknown.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * Options that kexec-tools has only on other architectures, from the options.h of each below
 * kexec/arch in kexec-tools 2.0.32, and from its manual page. Those that clients give on every
 * architecture are not here; our own table has them, without effect.
 */
struct foreign_option {
	const char *name;
	const char *owner; /* the architectures that have it */
	const char *advice;
};

#define LEAVE_OUT "leave it out"

static const struct foreign_option foreign_options[] = {
	{"args-elf", "x86", LEAVE_OUT},
	{"args-none", "x86", LEAVE_OUT},
	{"atags", "32-bit arm", "use --dtb"},
	{"console-serial", "x86", "use --serial"},
	{"devicetreeblob", "powerpc", "use --dtb"},
	{"dt-no-old-root", "powerpc and 32-bit arm", "name root= with --append"},
	{"elf32-core-headers", "x86", "leave it out: ELF core headers are 64-bit here"},
	{"entry-32bit", "x86", LEAVE_OUT},
	{"gamecube", "powerpc", LEAVE_OUT},
	{"image-size", "32-bit arm", LEAVE_OUT},
	{"module", "x86", "use --initrd"},
	{"noefi", "x86", "use --append=noefi"},
	{"page-offset", "32-bit arm", LEAVE_OUT},
	{"pass-memmap-cmdline", "x86", LEAVE_OUT},
	{"real-mode", "x86", LEAVE_OUT},
	{"reuse-node", "powerpc", "use --dtb"},
	{"reuse-video-type", "x86", LEAVE_OUT},
	{"serial-baud", "x86",
	 "leave it out: the port is used as the running kernel has set it up"},
};

#define FOREIGN_COUNT (sizeof(foreign_options) / sizeof(foreign_options[0]))

/* Longer than any option, and than any word that resembles one. */
#define NAME_MAX_LENGTH 32

/* Enough for the names of all options that begin alike. */
#define LIST_SIZE 256

/* Names with commas between them. Names that do not fit are left out. */
struct name_list {
	char text[LIST_SIZE];
	size_t length;
	size_t count;
};

static void add_name(struct name_list *list, const char *name)
{
	const size_t room = sizeof(list->text) - list->length;
	const int length =
		snprintf(list->text + list->length, room, "%s--%s", list->count ? ", " : "", name);

	if (length < 0 || (size_t)length >= room) {
		list->text[list->length] = '\0';
		return;
	}
	list->length += (size_t)length;
	list->count++;
}

/* The length of the name in the word "--name=argument". */
static size_t name_length(const char *word)
{
	return strcspn(word + 2, "=");
}

static const struct foreign_option *find_foreign(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < FOREIGN_COUNT; i++) {
		if (strlen(foreign_options[i].name) == length &&
		    !memcmp(foreign_options[i].name, name, length))
			return &foreign_options[i];
	}
	return NULL;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * The number of characters that must be inserted, removed, replaced or exchanged with their
 * neighbours to turn one text into the other: the optimal string alignment distance. No text is
 * longer than NAME_MAX_LENGTH.
 */
static unsigned int edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	/* distance[i][j] is that of the first i and the first j characters. */
	unsigned int distance[NAME_MAX_LENGTH + 1][NAME_MAX_LENGTH + 1];
	size_t i, j;

	for (i = 0; i <= a_length; i++) {
		for (j = 0; j <= b_length; j++) {
			unsigned int *here = &distance[i][j];

			if (i == 0 || j == 0) {
				*here = (unsigned int)(i + j);
				continue;
			}
			*here = least(distance[i - 1][j], distance[i][j - 1]) + 1;
			*here = least(*here, distance[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				*here = least(*here, distance[i - 2][j - 2] + 1);
		}
	}
	return distance[a_length][b_length];
}

/*
 * List the names that are nearest to the word; none if it resembles no option. At most a third of
 * it may be wrong.
 */
static void list_nearest(struct name_list *list, const struct option *names, const char *word)
{
	const size_t length = name_length(word);
	unsigned int nearest = (unsigned int)length / 3;

	*list = (struct name_list){.count = 0};
	if (length > NAME_MAX_LENGTH)
		return;
	for (; names->name; names++) {
		const size_t other = strlen(names->name);
		unsigned int distance;

		if (other > NAME_MAX_LENGTH)
			continue;
		distance = edit_distance(word + 2, length, names->name, other);
		if (distance > nearest)
			continue;
		if (distance < nearest)
			*list = (struct name_list){.count = 0};
		nearest = distance;
		add_name(list, names->name);
	}
}

/* List all names that begin like the word. */
static void list_beginning(struct name_list *list, const struct option *names, const char *word)
{
	const size_t length = name_length(word);

	*list = (struct name_list){.count = 0};
	for (; length > 0 && names->name; names++) {
		if (!strncmp(names->name, word + 2, length))
			add_name(list, names->name);
	}
}

int options_unknown_report(const struct option *names, const char *word, const struct log *log)
{
	const struct foreign_option *foreign = find_foreign(word + 2, name_length(word));
	struct name_list list;

	if (foreign)
		return log_error(log, -EINVAL,
				 "--%s is not available on this architecture: only %s has it; %s",
				 foreign->name, foreign->owner, foreign->advice);
	list_beginning(&list, names, word);
	if (list.count)
		return log_error(log, -EINVAL,
				 "option %s is ambiguous, it may be %s: write it in full", word,
				 list.text);
	list_nearest(&list, names, word);
	if (list.count)
		return log_error(log, -EINVAL,
				 "unknown option %s; did you mean %s? See kexec --help", word,
				 list.text);
	return log_error(log, -EINVAL, "unknown option %s; see kexec --help", word);
}

int options_unknown_report_letter(const struct option *names, char letter, const char *word,
				  const struct log *log)
{
	const size_t length = strcspn(word + 1, "=");

	for (; length > 1 && names->name; names++) {
		if (strlen(names->name) == length && !strncmp(names->name, word + 1, length))
			return log_error(log, -EINVAL,
					 "unknown option -%c in %s; long options begin with two "
					 "dashes: --%s",
					 letter, word, names->name);
	}
	return log_error(log, -EINVAL, "unknown option -%c; see kexec --help", letter);
}
