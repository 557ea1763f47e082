/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole load: --sysroot with the input's files, and --output or --plan. The first two bytes
 * choose the options.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "load/load.h"
#include "load/request.h"
#include "paths.h"
#include "target.h"

#define WORD_SIZE 256
#define WORDS_MAX 16
#define OUTPUT	  "/plan"

/* The command line while it is put together. */
struct words {
	char text[WORDS_MAX][WORD_SIZE];
	char *words[WORDS_MAX + 1];
	int count;
};

static void add(struct words *words, const char *option, const char *path)
{
	char *text = words->text[words->count];

	snprintf(text, WORD_SIZE, "%s%s%s", option, path ? fuzz_sysroot()->directory : "",
		 path ? path : "");
	words->words[words->count++] = text;
}

static void choose_options(struct words *words, unsigned int bits)
{
	static const char *const plans[] = {NULL, "--plan=json", "--plan=svg", "--plan"};
	static const char *const mmu[] = {NULL, "--mmu=on", "--mmu=off", NULL};

	add(words, "kexec", NULL);
	add(words, bits & 1 ? "-p" : "-l", NULL);
	add(words, bits & 2 ? "--target=riscv64" : "--target=arm64", NULL);
	add(words, "--sysroot=", "");
	if (bits & 4)
		add(words, "--initrd=", FUZZ_INITRD);
	if (bits & 8)
		add(words, "--dtb=", FUZZ_DTB);
	if (plans[bits >> 4 & 3])
		add(words, plans[bits >> 4 & 3], NULL);
	else
		add(words, "--output=", OUTPUT);
	if (mmu[bits >> 6 & 3])
		add(words, mmu[bits >> 6 & 3], NULL);
	if (bits & 0x100)
		add(words, "--no-checks", NULL);
	if (bits & 0x200)
		add(words, "--reuse-cmdline", NULL);
	if (bits & 0x400)
		add(words, "--append=console=ttyAMA0", NULL);
	if (bits & 0x800)
		add(words, "--serial=ttyAMA0", NULL);
	if (bits & 0x1000)
		add(words, "-s", NULL);
	add(words, "", FUZZ_KERNEL);
}

/* A load that fails leaves no file. */
static unsigned int count_files(void)
{
	char *path;
	unsigned int count = 0;
	DIR *directory;

	fuzz_expect(asprintf(&path, "%s" OUTPUT, fuzz_sysroot()->directory) >= 0,
		    "memory for a name");
	directory = opendir(path);
	free(path);
	if (!directory)
		return 0;
	for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

static void load_as(struct words *words, struct fuzz_log *log)
{
	struct options options;
	int error;

	fuzz_log_open(log);
	error = options_parse(&options, words->count, words->words, &log->log);
	if (!error)
		error = load(&options, &log->log);
	fuzz_expect(!error || count_files() == 0, "a load that fails leaves nothing behind");
	fuzz_expect(error || !options.output || count_files() > 1, "a plan has files");
	fuzz_log_close(log, error);
}

void fuzz_load(const uint8_t *data, size_t size)
{
	struct words words = {.count = 0};
	struct fuzz_files files;
	struct fuzz_log log;

	if (size < 2)
		return;
	/* Plans go to standard output. */
	if (!freopen("/dev/null", "w", stdout))
		return;
	files = (struct fuzz_files){data + 2, size - 2};
	fuzz_put_files(files);
	choose_options(&words, data[0] | (unsigned int)data[1] << 8);
	load_as(&words, &log);
	fuzz_remove_files(files);
	fuzz_sysroot_remove(OUTPUT);
}
