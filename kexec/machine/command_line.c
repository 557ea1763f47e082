/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of the next kernel. */
#include "machine/command_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Length of the word at @text: up to white space outside double quotes, as in next_arg() of the
 * kernel's lib/cmdline.c.
 */
static size_t word_length(const char *text)
{
	bool quoted = false;
	size_t length;

	for (length = 0; text[length] != '\0'; length++) {
		if (text[length] == '"')
			quoted = !quoted;
		else if (!quoted && strchr(" \t\r\n", text[length]))
			break;
	}
	return length;
}

/*
 * True if the word of @length bytes begins with @parameter. *@quote becomes 1 if the word begins
 * with a double quote, which next_arg() removes with the one at its end.
 */
static bool word_sets(const char *word, size_t length, const char *parameter, size_t *quote)
{
	*quote = length > 0 && *word == '"';
	return length >= *quote + strlen(parameter) &&
	       strncmp(word + *quote, parameter, strlen(parameter)) == 0;
}

bool command_line_sets(const char *line, const char *parameter)
{
	size_t length;

	return command_line_value(line, parameter, &length);
}

const char *command_line_value(const char *line, const char *parameter, size_t *length)
{
	const char *value = NULL;
	size_t word;

	for (; line; line += word) {
		size_t quote;

		line += strspn(line, " \t\r\n");
		word = word_length(line);
		if (word == 0)
			break;
		if (!word_sets(line, word, parameter, &quote))
			continue;
		value = line + quote + strlen(parameter);
		*length = (size_t)(line + word - value);
		if (*length > 0 && *value == '"') {
			value++;
			--*length;
			quote = 1;
		}
		if (quote && *length > 0 && value[*length - 1] == '"')
			--*length;
	}
	return value;
}

/* Append the words of @text to @line, except those that set a parameter of @dropped, ended by NULL.
 */
static void append_words(char *line, const char *text, const char *const *dropped)
{
	for (;;) {
		const char *const *drop;
		size_t length, quote;

		text += strspn(text, " \t\r\n");
		length = word_length(text);
		if (length == 0)
			return;
		for (drop = dropped; *drop; drop++)
			if (word_sets(text, length, *drop, &quote))
				break;
		if (!*drop) {
			if (*line)
				strcat(line, " ");
			strncat(line, text, length);
		}
		text += length;
	}
}

/*
 * The length of @append in bytes, without the end of the line that a file or a script may have left
 * there. Refuses text with more lines: the kernel takes a newline for a blank, but programs that
 * read /proc/cmdline read one line and lose what follows.
 */
static int measure_appended(size_t *length, const char *append, const struct log *log)
{
	*length = append ? strlen(append) : 0;
	while (*length > 0 && strchr("\r\n", append[*length - 1]))
		--*length;
	if (append && strcspn(append, "\r\n") < *length)
		return log_error(log, -EINVAL,
				 "the command line has several lines, '%.*s' and more: write it in "
				 "one",
				 (int)strcspn(append, "\r\n"), append);
	return 0;
}

int command_line_compose(char **line, const struct sysroot *sysroot, bool reuse, const char *append,
			 bool crash, const struct log *log)
{
	const char *const dropped[] = {"BOOT_IMAGE=", crash ? "crashkernel=" : NULL, NULL};
	char *running = NULL;
	size_t size = 0, length;
	int error;

	*line = NULL;
	if (!reuse && !append)
		return 0;
	error = measure_appended(&length, append, log);
	if (error)
		return error;
	if (reuse) {
		error = sysroot_read(sysroot, "/proc/cmdline", &running, &size);
		if (error)
			return log_error(log, error,
					 "cannot read /proc/cmdline for --reuse-cmdline: %s",
					 strerror(-error));
	}
	*line = calloc(1, size + length + 2);
	if (!*line) {
		free(running);
		return log_error(log, -ENOMEM, "no memory for the command line");
	}
	if (running)
		append_words(*line, running, dropped);
	if (length > 0) {
		if (**line)
			strcat(*line, " ");
		strncat(*line, append, length);
	}
	free(running);
	log_detail(log, "command line: '%s'", *line);
	if (!**line) {
		free(*line);
		*line = NULL;
	}
	return 0;
}
