/* SPDX-License-Identifier: GPL-2.0-only */
/* The running kernel's struct kimage of the crash kernel. */
#include "machine/crash_image.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/kcore.h"

#define KALLSYMS "/proc/kallsyms"
#define SYMBOL	 "kexec_crash_image"

/*
 * How struct kimage of include/linux/kexec.h begins, from Linux 2.6.13 to 7.2 and in every
 * configuration. An entry and a pointer have 64 bits.
 */
struct kimage {
	uint64_t head;
	uint64_t entry;
	uint64_t last_entry;
	uint64_t start;
};

/* The address in a line "ffff800081234567 b NAME" with that name; 0: it is another line. */
static uint64_t parse_line(const char *line)
{
	char *end;
	const uint64_t address = strtoull(line, &end, 16);

	if (end == line || end[0] != ' ' || end[1] == '\0' || end[2] != ' ')
		return 0;
	end += 3;
	return strcspn(end, "\n\t ") == strlen(SYMBOL) && strncmp(end, SYMBOL, strlen(SYMBOL)) == 0
		       ? address
		       : 0;
}

static uint64_t find_symbol(const struct sysroot *sysroot)
{
	FILE *stream = sysroot_open(sysroot, KALLSYMS);
	uint64_t address = 0;
	char *line = NULL;
	size_t size = 0;

	if (!stream)
		return 0;
	while (!address && getline(&line, &size, stream) >= 0)
		address = parse_line(line);
	free(line);
	fclose(stream);
	return address;
}

uint64_t crash_image_find(const struct arch *arch, const struct sysroot *sysroot)
{
	const uint64_t address = find_symbol(sysroot);
	uint64_t pointer;

	return address && kcore_read_number(&pointer, address, arch, sysroot) == 0 ? address : 0;
}

uint64_t crash_image_read_start(uint64_t address, const struct arch *arch,
				const struct sysroot *sysroot)
{
	uint64_t pointer, start;

	if (kcore_read_number(&pointer, address, arch, sysroot) || !pointer ||
	    kcore_read_number(&start, pointer + offsetof(struct kimage, start), arch, sysroot))
		return 0;
	return start;
}
