/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Damages files of kernels in every way that chance finds, always the same one, and reads each:
 * whatever comes, it is loaded with all promises kept, or refused with one line, and soon. Built
 * with the sanitizers, which watch every access.
 *
 * usage: image [--plant=FAULT] ROUNDS FILE...
 *
 * A planted fault is one that the readers could have; the program must fail because of it.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "damage.h"
#include "image/image.h"
#include "promises.h"

/* What damaged files may expand to. */
#define LIMIT ((uint64_t)1 << 20)

/* CPU time for one copy, in seconds; it takes milliseconds. */
#define COPY_SECONDS 2

/* What can be planted. */
enum fault {
	FAULT_NONE,
	FAULT_ACCESS,	/* a read behind the file */
	FAULT_OVERFLOW, /* of a signed number */
	FAULT_LEAK,	/* of what malloc() gave */
	FAULT_HANG,
	FAULT_PROMISE, /* an entry behind the kernel's end */
	FAULT_SILENCE, /* a refusal without a word */
	FAULT_BABBLE,  /* a line too many */
	FAULT_COUNT
};

static const char *const fault_names[FAULT_COUNT] = {
	[FAULT_NONE] = "none",	     [FAULT_ACCESS] = "access", [FAULT_OVERFLOW] = "overflow",
	[FAULT_LEAK] = "leak",	     [FAULT_HANG] = "hang",	[FAULT_PROMISE] = "promise",
	[FAULT_SILENCE] = "silence", [FAULT_BABBLE] = "babble",
};

/* One file, and what became of its damaged copies. */
struct subject {
	const char *path;
	enum fault planted;
	struct file_bytes file;
	uint32_t random;
	unsigned int loaded;
	unsigned int refused;
};

/* Exactly one line for a refusal; warnings at most for what is loaded. */
static bool is_well_said(const char *text, bool refused)
{
	unsigned int lines = 0, warnings = 0;

	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, "kexec: ", 7) != 0)
			return false;
		lines++;
		warnings += strncmp(line, "kexec: warning: ", 16) == 0;
	}
	return lines - warnings == (refused ? 1 : 0);
}

/* Read the copy, as image_read(), and commit the fault. A leak is left to the caller. */
static int read_copy(struct image *image, const struct image_request *request, enum fault planted)
{
	const volatile uint8_t *end = image->kernel.data + image->kernel.size;
	volatile int number = INT_MAX;
	const int error = image_read(image, request);

	if (planted == FAULT_ACCESS)
		number = *end;
	if (planted == FAULT_OVERFLOW)
		number = number + 1;
	while (planted == FAULT_HANG && number)
		number = INT_MAX;
	if (planted == FAULT_PROMISE)
		image->entry = image->memory_size;
	if (planted == FAULT_BABBLE)
		log_error(request->log, error, "planted");
	return planted == FAULT_SILENCE && !error ? -ENOEXEC : error;
}

/* Let the kernel end this program (SIGPROF) if it works longer than a copy may take. */
static void start_clock(void)
{
	const struct itimerval limit = {.it_value.tv_sec = COPY_SECONDS};

	setitimer(ITIMER_PROF, &limit, NULL);
}

/* Read a damaged copy, which lies at the end of its memory. Returns false if a promise is broken.
 */
static bool try_copy(struct subject *subject, const uint8_t *bytes, size_t size)
{
	struct image image = {.kernel = {bytes, size}};
	char *text = NULL;
	size_t text_size;
	struct log log = {.stream = open_memstream(&text, &text_size)};
	const struct image_request request = {
		.arch = &arch_arm64, .path = subject->path, .limit = LIMIT, .log = &log};
	int error;
	bool good;

	if (!log.stream)
		return false;
	start_clock();
	error = read_copy(&image, &request, subject->planted);
	good = error <= 0 && (error || promises_keeps_image(&image, request.arch));
	image_close(&image);
	fclose(log.stream);
	good = good && is_well_said(text, error);
	if (!good)
		fprintf(stderr, "%s: %d, \"%s\"\n", subject->path, error, text);
	if (subject->planted != FAULT_LEAK)
		free(text);
	if (error)
		subject->refused++;
	else
		subject->loaded++;
	return good;
}

static bool try_round(struct subject *subject)
{
	size_t size = subject->file.size;
	uint8_t *copy;
	bool good;

	if (damage_next(&subject->random) % 8 == 0)
		size = 1 + damage_next(&subject->random) % size;
	copy = malloc(size);
	if (!copy)
		return false;
	memcpy(copy, subject->file.data, size);
	damage_bytes(&subject->random, copy, size);
	good = try_copy(subject, copy, size);
	free(copy);
	return good;
}

/* All rounds of one file; a result of TAP. */
static bool try_file(const char *path, enum fault planted, unsigned int rounds, int number)
{
	const struct log log = {.stream = stderr};
	struct subject subject = {.path = path, .planted = planted, .random = 20240607};
	bool good;

	/* If it ends here, by a sanitizer or the clock, this is the last line. */
	printf("# %s\n", path);
	fflush(stdout);
	if (file_bytes_map(&subject.file, path, "kernel", &log))
		return false;
	/* Else refusals would prove nothing. */
	good = try_copy(&subject, subject.file.data, subject.file.size) && subject.loaded == 1;
	for (unsigned int i = 0; good && i < rounds; i++)
		good = try_round(&subject);
	/* Else the damage is none. */
	good = good && subject.refused > 0;
	file_bytes_free(&subject.file);
	printf("%s %d - %s: %u damaged files, %u refused\n", good ? "ok" : "not ok", number, path,
	       rounds, subject.refused);
	return good;
}

/* FAULT_COUNT if there is none of that name. */
static enum fault find_fault(const char *name)
{
	enum fault fault = FAULT_NONE;

	while (fault < FAULT_COUNT && strcmp(fault_names[fault], name) != 0)
		fault++;
	return fault;
}

int main(int argc, char **argv)
{
	static const char option[] = "--plant=";
	enum fault planted = FAULT_NONE;
	unsigned int rounds;
	bool good = true;

	if (argc > 1 && strncmp(argv[1], option, strlen(option)) == 0) {
		planted = find_fault(argv[1] + strlen(option));
		argc--;
		argv++;
	}
	rounds = argc > 2 ? (unsigned int)strtoul(argv[1], NULL, 10) : 0;
	if (planted == FAULT_COUNT || rounds == 0) {
		fprintf(stderr, "usage: image [--plant=FAULT] ROUNDS FILE...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		if (!try_file(argv[i], planted, rounds, i - 1))
			good = false;
	printf("1..%d\n", argc - 2);
	return good ? 0 : 1;
}
