/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opens a purgatory object as kexec does for a load, and exits with 0 if it would be loaded, or
 * with 1 and kexec's message.
 *
 * usage: open_object arm64|riscv64 OBJECT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "plan/purgatory_load.h"
#include "read_object.h"

#define PAGE_SIZE 4096

static int open_object(const struct arch *arch, const uint8_t *object, size_t size)
{
	const struct log log = {.stream = stderr};
	const struct elf_rel_layout layout = {.page_size = PAGE_SIZE, .cpus = true};
	struct arch with_object = *arch;
	struct elf_rel *purgatory;
	int error;

	with_object.purgatory.start = object;
	with_object.purgatory.end = object + size;
	error = purgatory_load_open(&purgatory, &with_object, &layout, &log);
	if (!error)
		elf_rel_close(purgatory);
	return error;
}

int main(int argc, char **argv)
{
	const struct arch *const *arch = arch_all;
	uint8_t *object;
	size_t size;
	int error;

	while (argc == 3 && *arch && strcmp((*arch)->name, argv[1]) != 0)
		arch++;
	if (argc != 3 || !*arch) {
		fprintf(stderr, "usage: open_object arm64|riscv64 OBJECT\n");
		return 2;
	}
	object = read_object(argv[2], &size);
	if (!object) {
		fprintf(stderr, "open_object: cannot read '%s'\n", argv[2]);
		return 2;
	}
	error = open_object(*arch, object, size);
	free(object);
	return error ? 1 : 0;
}
