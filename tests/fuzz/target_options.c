/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of the command line, each ended by a newline. */
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "load/request.h"
#include "target.h"

#define WORDS_MAX 32

void fuzz_options(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	char *words[WORDS_MAX + 2] = {(char *)(uintptr_t)"kexec"};
	struct options options;
	struct fuzz_log log;
	char *rest = text;
	int count = 1;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	while (count <= WORDS_MAX && rest)
		words[count++] = strsep(&rest, "\n");
	fuzz_log_open(&log);
	fuzz_log_close(&log, options_parse(&options, count, words, &log.log));
	free(text);
}
