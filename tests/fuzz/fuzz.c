/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The entry of the fuzzers: LLVMFuzzerTestOneInput(), which libFuzzer calls, and AFL++ through its
 * driver. The program's own name chooses the target: run.sh makes one link for each.
 *
 * With FUZZ_REPLAY it has a main() instead, for compilers without a fuzzer, and for valgrind:
 *
 * usage: TARGET ROUNDS FILE...
 *
 * This runs the target on each file, and on so many copies of it that are damaged by chance.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

const struct fuzz_target fuzz_targets[] = {
	{"acpi", fuzz_acpi},
	{"command_line", fuzz_command_line},
	{"cpuinfo", fuzz_cpuinfo},
	{"decompress", fuzz_decompress},
	{"devicetree", fuzz_devicetree},
	{"image", fuzz_image},
	{"iomem", fuzz_iomem},
	{"kcore", fuzz_kcore},
	{"kpageflags", fuzz_kpageflags},
	{"load", fuzz_load},
	{"options", fuzz_options},
	{"proc_device_tree", fuzz_proc_device_tree},
	{"purgatory", fuzz_purgatory},
	{"system", fuzz_system},
	{"zoneinfo", fuzz_zoneinfo},
	{.name = NULL},
};

/* The chosen target. The fuzzers' interface has no place to pass it along. */
static const struct fuzz_target *chosen;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *slash = strrchr((*argv)[0], '/');
	const char *name = slash ? slash + 1 : (*argv)[0];

	(void)argc;
	for (chosen = fuzz_targets; chosen->name && strcmp(chosen->name, name) != 0; chosen++)
		;
	if (chosen->name)
		return 0;
	fprintf(stderr, "%s: there is no such target; there are:", name);
	for (chosen = fuzz_targets; chosen->name; chosen++)
		fprintf(stderr, " %s", chosen->name);
	fprintf(stderr, "\n");
	exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	chosen->run(data, size);
	return 0;
}

#ifdef FUZZ_REPLAY

#include "damage.h"
#include "image/file.h"

static void run_damaged(const struct file_bytes *file, unsigned long rounds)
{
	uint32_t random = 20240607;

	for (unsigned long i = 0; i < rounds; i++) {
		size_t size = file->size;
		uint8_t *copy;

		if (damage_next(&random) % 8 == 0)
			size = 1 + damage_next(&random) % size;
		copy = malloc(size);
		fuzz_expect(copy, "memory for a copy");
		memcpy(copy, file->data, size);
		damage_bytes(&random, copy, size);
		LLVMFuzzerTestOneInput(copy, size);
		free(copy);
	}
}

int main(int argc, char **argv)
{
	const struct log log = {.stream = stderr};
	struct file_bytes file;

	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 2; i < argc; i++) {
		/* If it ends here, this is the last line. */
		fprintf(stderr, "# %s\n", argv[i]);
		if (file_bytes_map(&file, argv[i], "input", &log))
			return 2;
		LLVMFuzzerTestOneInput(file.data, file.size);
		run_damaged(&file, strtoul(argv[1], NULL, 10));
		file_bytes_free(&file);
	}
	return 0;
}

#endif
