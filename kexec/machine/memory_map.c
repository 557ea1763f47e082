/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/iomem: one resource a line, "  start-end : name", indented by two spaces for each level,
 * the end inclusive (kernel/resource.c).
 */
#include "machine/memory_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define IOMEM "/proc/iomem"

/*
 * At most this much at the start of a bank is taken to be firmware's, in bytes: the next kernel
 * never gets it back. A larger range most often is the kernel's own.
 */
#define FIRMWARE_RESERVED_MAX (UINT64_C(2) << 20)

/*
 * The alignment of an arm64 or riscv64 kernel, in bytes: Documentation/arch/arm64/booting.rst and
 * Documentation/arch/riscv/boot.rst.
 */
#define KERNEL_ALIGNMENT (UINT64_C(2) << 20)

/* Bytes of a line that a message quotes: if it is another file, its lines may be very long. */
#define LINE_SHOWN_MAX 60

/* One line of the file. */
struct resource {
	struct range range;
	unsigned int depth; /* 0: top level */
	const char *name;   /* points into the line */
};

/* Read a hexadecimal number without sign or prefix; strtoull() alone would take both. */
static bool parse_hex(const char **text, uint64_t *value)
{
	size_t digits = strspn(*text, "0123456789abcdefABCDEF");
	char *end;

	errno = 0;
	*value = strtoull(*text, &end, 16);
	if (errno || digits == 0 || end != *text + digits)
		return false;
	*text = end;
	return true;
}

static bool parse_line(char *line, struct resource *resource)
{
	const char *text = line + strspn(line, " ");
	uint64_t last;

	line[strcspn(line, "\n")] = '\0';
	resource->depth = (unsigned int)(text - line) / 2;
	if (!parse_hex(&text, &resource->range.start) || *text != '-')
		return false;
	text++;
	if (!parse_hex(&text, &last) || strncmp(text, " : ", 3) != 0)
		return false;
	resource->name = text + 3;
	if (last < resource->range.start)
		return false;
	/* A range cannot contain the last byte of the address space. */
	resource->range.end = last == UINT64_MAX ? last : last + 1;
	return true;
}

/* The file is sorted by address. */
static int add_crash_region(struct memory_map *map, struct range region)
{
	if (map->crash_region_count == MEMORY_MAP_CRASH_MAX)
		return -EINVAL;
	map->crash_regions[map->crash_region_count++] = region;
	return range_set_add(&map->crash, region);
}

/*
 * Extend the kernel's range by one of its parts. riscv has "Kernel image" around the others, arm64
 * has only "Kernel code" and "Kernel data".
 */
static void extend_kernel(struct memory_map *map, struct range part)
{
	struct range *kernel = &map->kernel;

	if (range_size(*kernel) == 0)
		*kernel = part;
	if (part.start < kernel->start)
		kernel->start = part.start;
	if (part.end > kernel->end)
		kernel->end = part.end;
}

/*
 * RAM that a driver has added has the driver's name in parentheses (add_memory_driver_managed() in
 * mm/memory_hotplug.c), and stands below the device's resource.
 */
static bool is_ram(const char *name)
{
	return strcmp(name, "System RAM") == 0 ||
	       strncmp(name, "System RAM (", strlen("System RAM (")) == 0;
}

/*
 * Add RAM. A driver's RAM (kmem, virtio_mem) is dumped, but nothing is loaded to it, because in the
 * next kernel it is no RAM until its driver adds it.
 */
static int add_ram(struct memory_map *map, const struct resource *resource)
{
	int error = range_set_add(&map->dumped, resource->range);

	if (error || resource->depth > 0 || strcmp(resource->name, "System RAM") != 0)
		return error;
	return range_set_add(&map->ram, resource->range);
}

/* Add the resource to the sets that it belongs to. */
static int add_resource(struct memory_map *map, const struct resource *resource)
{
	if (is_ram(resource->name))
		return add_ram(map, resource);
	if (strcasecmp(resource->name, "reserved") == 0)
		return range_set_add(&map->reserved, resource->range);
	if (strcmp(resource->name, "Crash kernel") == 0)
		return add_crash_region(map, resource->range);
	if (strcmp(resource->name, "Kernel code") == 0 && range_size(map->kernel_code) == 0)
		map->kernel_code = resource->range;
	if (strncmp(resource->name, "Kernel ", strlen("Kernel ")) == 0)
		extend_kernel(map, resource->range);
	return 0;
}

/* The kernel writes every address as 0 for readers without CAP_SYS_ADMIN. */
static bool is_hidden(const struct resource *resource)
{
	return resource->range.start == 0 && resource->range.end == 1;
}

static int add_line(struct memory_map *map, const struct resource *resource, const struct log *log)
{
	int error = add_resource(map, resource);

	if (error == -EINVAL)
		return log_error(log, error, "%s has more than %d ranges of 'Crash kernel'", IOMEM,
				 MEMORY_MAP_CRASH_MAX);
	return error ? log_error(log, error, "no memory for the memory map") : 0;
}

static int read_lines(struct memory_map *map, FILE *stream, const struct log *log)
{
	unsigned int number = 0, hidden = 0;
	struct resource resource;
	size_t capacity = 0;
	char *line = NULL;
	int error = 0, reason;

	while (!error && getline(&line, &capacity, stream) > 0) {
		number++;
		if (!parse_line(line, &resource))
			error = log_error(log, -EINVAL,
					  "%s: line %u is not 'start-end : name': '%.*s'", IOMEM,
					  number, LINE_SHOWN_MAX, line);
		else if (is_hidden(&resource))
			hidden++;
		else
			error = add_line(map, &resource, log);
	}
	reason = errno;
	free(line);
	/*
	 * Whatever else ends the lines: not every C library sets the stream's error indicator if
	 * getline() lacks memory.
	 */
	if (!error && !feof(stream))
		error = log_error(log, reason == ENOMEM ? -ENOMEM : -EIO, "cannot read %s: %s",
				  IOMEM, strerror(reason));
	if (!error && number > 0 && hidden == number)
		error = log_error(log, -EPERM,
				  "%s shows no addresses: run as root (CAP_SYS_ADMIN), or capture "
				  "the machine as root",
				  IOMEM);
	return error;
}

/*
 * Report that the file cannot be opened, with @error. Most often --sysroot names the wrong
 * directory.
 */
static int report_unreadable(const struct sysroot *sysroot, int error, const struct log *log)
{
	int root;

	if (!*sysroot->directory)
		return log_error(log, -error, "cannot read %s: %s", IOMEM, strerror(error));
	root = sysroot_open_descriptor(sysroot, "/.", O_DIRECTORY);
	if (root < 0)
		return log_error(log, root,
				 "cannot open the directory --sysroot=%s: %s; make one with "
				 "kexec --capture",
				 sysroot->directory, strerror(-root));
	close(root);
	return log_error(
		log, -error,
		"--sysroot=%s is no captured system, because it has no readable %s: %s; make "
		"one with kexec --capture",
		sysroot->directory, IOMEM, strerror(error));
}

int memory_map_read(struct memory_map *map, const struct sysroot *sysroot, const struct log *log)
{
	FILE *stream = sysroot_open(sysroot, IOMEM);
	int error;

	memset(map, 0, sizeof(*map));
	if (!stream)
		return report_unreadable(sysroot, errno, log);
	error = read_lines(map, stream, log);
	fclose(stream);
	if (!error && map->ram.count == 0)
		error = log_error(log, -ENODATA,
				  "%s names no System RAM: this machine's memory is unknown",
				  IOMEM);
	if (error)
		memory_map_free(map);
	return error;
}

const struct range *memory_map_crash_region(const struct memory_map *map)
{
	return map->crash_region_count ? &map->crash_regions[map->crash_region_count - 1] : NULL;
}

/*
 * The part of @range, the first reserved range of a bank, that is taken to be firmware's. Some
 * releases call the first pages of the kernel's image "reserved" instead of by the image's name.
 * The image's start is aligned to KERNEL_ALIGNMENT.
 */
static struct range clip_to_firmware(struct range range, const struct memory_map *map)
{
	const struct range kernel = {align_down(map->kernel.start, KERNEL_ALIGNMENT),
				     map->kernel.end};

	if (range_size(range) > FIRMWARE_RESERVED_MAX)
		range.end = range.start + FIRMWARE_RESERVED_MAX;
	if (range_size(map->kernel) && range_overlap(range, kernel))
		range.end = kernel.start > range.start ? kernel.start : range.start;
	return range;
}

int memory_map_add_firmware_reserved(struct range_set *reserved, const struct memory_map *map)
{
	int error = 0;

	for (size_t i = 0; i < map->ram.count && !error; i++) {
		const struct range bank = map->ram.ranges[i];
		const struct range first = {bank.start, bank.start + 1};
		const struct range *range = range_set_find_overlap(&map->reserved, first);

		if (range)
			error = range_set_add(reserved,
					      clip_to_firmware(range_clip(*range, bank), map));
	}
	return error;
}

void memory_map_free(struct memory_map *map)
{
	range_set_free(&map->ram);
	range_set_free(&map->dumped);
	range_set_free(&map->reserved);
	range_set_free(&map->crash);
	range_set_free(&map->hot_pluggable);
}
