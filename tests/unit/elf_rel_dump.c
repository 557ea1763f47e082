/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lays out and relocates an object as kexec does it, and shows the result for comparison with a
 * linker's: one line "SECTION ADDRESS SIZE content|zeros" for each section, and the memory image.
 *
 * usage: elf_rel_dump OBJECT ADDRESS IMAGE
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../object/read_object.h"
#include "arch/arch.h"
#include "plan/elf_rel.h"

#define PAGE_SIZE 4096

static void print_sections(const struct elf_rel *rel, uint64_t address)
{
	struct elf_rel_section section;
	size_t cursor = 0;

	while (elf_rel_next_section(rel, &cursor, &section))
		printf("%s 0x%" PRIx64 " %" PRIu64 " %s\n", section.name,
		       address + section.range.start, range_size(section.range),
		       section.zeros ? "zeros" : "content");
}

static int write_image(const struct elf_rel *rel, const char *path)
{
	FILE *file = fopen(path, "wb");
	size_t written;

	if (!file)
		return -errno;
	written = fwrite(elf_rel_image(rel), 1, elf_rel_size(rel), file);
	if (fclose(file) || written != elf_rel_size(rel))
		return -EIO;
	return 0;
}

/* The architecture whose objects look like this one, or NULL. */
static const struct arch *find_arch(const uint8_t *object, size_t size)
{
	const Elf64_Ehdr *header = (const void *)object;

	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if (size >= sizeof(*header) && header->e_machine == (*arch)->elf_machine)
			return *arch;
	return NULL;
}

static int dump(const uint8_t *object, size_t size, uint64_t address, const char *path)
{
	const struct log log = {.stream = stderr};
	const struct arch *arch = find_arch(object, size);
	const struct elf_rel_layout layout = {.page_size = PAGE_SIZE, .cpus = true};
	struct elf_rel *rel;
	int error;

	if (!arch)
		return log_error(&log, -ENOEXEC, "the object is for no known architecture");
	error = elf_rel_open(&rel, object, size, arch, &layout, &log);
	if (error)
		return error;
	error = elf_rel_relocate(rel, address, &log);
	if (!error) {
		print_sections(rel, address);
		error = write_image(rel, path);
		if (error)
			log_error(&log, error, "cannot write '%s': %s", path, strerror(-error));
	}
	elf_rel_close(rel);
	return error;
}

int main(int argc, char **argv)
{
	uint8_t *object;
	size_t size;
	int error;

	if (argc != 4) {
		fprintf(stderr, "usage: elf_rel_dump OBJECT ADDRESS IMAGE\n");
		return 2;
	}
	object = read_object(argv[1], &size);
	if (!object) {
		fprintf(stderr, "elf_rel_dump: cannot read '%s'\n", argv[1]);
		return 2;
	}
	error = dump(object, size, strtoull(argv[2], NULL, 0), argv[3]);
	free(object);
	return error ? 1 : 0;
}
