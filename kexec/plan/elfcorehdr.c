/* SPDX-License-Identifier: GPL-2.0-only */
/* Making the ELF core header; libelf converts it to the byte order of its file. */
#include "plan/elfcorehdr.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The header while it is made, in this machine's byte order. */
struct core {
	Elf64_Ehdr header;
	Elf64_Phdr *segments;
};

static void add_segment(struct core *core, uint32_t type, struct range memory,
			struct virtual_address address)
{
	core->segments[core->header.e_phnum++] = (Elf64_Phdr){
		.p_type = type,
		.p_flags = type == PT_LOAD ? PF_R | PF_W | PF_X : 0,
		.p_offset = memory.start,
		.p_vaddr = address.value,
		.p_paddr = memory.start,
		.p_filesz = range_size(memory),
		.p_memsz = range_size(memory),
		.p_align = type == PT_LOAD ? 0 : 4,
	};
}

static void add_notes(struct core *core, const struct crash_info *info)
{
	const struct virtual_address none = {0};

	for (size_t i = 0; i < info->cpu_count; i++)
		add_segment(core, PT_NOTE, info->cpu_notes[i], none);
	add_segment(core, PT_NOTE, info->vmcoreinfo, none);
}

static void add_memory(struct core *core, const struct range_set *memory, struct range kernel,
		       const struct linear_map *linear_map)
{
	const struct physical_address image = {kernel.start};

	if (linear_map->image_known && range_size(kernel))
		add_segment(core, PT_LOAD, kernel, linear_map_image_address(linear_map, image));
	for (size_t i = 0; i < memory->count; i++) {
		const struct physical_address start = {memory->ranges[i].start};

		add_segment(core, PT_LOAD, memory->ranges[i],
			    linear_map_address(linear_map, start));
	}
}

static int start_core(struct core *core, const struct arch *arch, size_t capacity,
		      const struct log *log)
{
	if (capacity >= PN_XNUM) {
		log_error(log, -E2BIG,
			  "%zu CPUs and ranges of RAM are more than the header of a dump can list "
			  "(%d)",
			  capacity, PN_XNUM - 1);
		return -E2BIG;
	}
	core->segments = calloc(capacity, sizeof(*core->segments));
	if (!core->segments) {
		log_error(log, -ENOMEM, "no memory for the ELF core header");
		return -ENOMEM;
	}
	core->header = (Elf64_Ehdr){
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = arch->elf_machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
	};
	return 0;
}

/* Convert @size bytes of type @type to their form in a file. */
static bool convert(void *file, const void *memory, size_t size, Elf_Type type)
{
	Elf_Data source = {.d_buf = (void *)(uintptr_t)memory,
			   .d_size = size,
			   .d_type = type,
			   .d_version = EV_CURRENT};
	Elf_Data target = {.d_buf = file, .d_size = size, .d_version = EV_CURRENT};

	return elf64_xlatetof(&target, &source, ELFDATA2LSB) != NULL;
}

static int write_core(struct elfcorehdr *header, const struct core *core, uint64_t size_min,
		      const struct log *log)
{
	const size_t segments_size = core->header.e_phnum * sizeof(*core->segments);

	header->size = sizeof(core->header) + segments_size;
	if (size_min && header->size > size_min)
		return log_error(log, -ENOTSUP,
				 "the header of a dump has %" PRIu64 " bytes, but the running "
				 "kernel keeps at most %" PRIu64 " up to date: load without "
				 "--hotplug",
				 header->size, size_min);
	if (header->size < size_min)
		header->size = size_min;
	header->data = calloc(1, header->size);
	if (!header->data)
		return log_error(log, -ENOMEM, "no memory for the ELF core header");
	elf_version(EV_CURRENT);
	if (convert(header->data, &core->header, sizeof(core->header), ELF_T_EHDR) &&
	    convert((char *)header->data + sizeof(core->header), core->segments, segments_size,
		    ELF_T_PHDR))
		return 0;
	return log_error(log, -EINVAL, "cannot write the ELF core header: %s", elf_errmsg(-1));
}

/* Find the memory that is dumped: all RAM except the crash kernel's. */
static int find_memory(struct range_set *memory, const struct memory_map *map,
		       const struct log *log)
{
	const struct range everything = {0, UINT64_MAX};
	int error = range_set_intersect(memory, &map->dumped, everything);

	if (!error)
		error = range_set_subtract_all(memory, &map->crash);
	return error ? log_error(log, error, "no memory for the ranges of a dump") : 0;
}

int elfcorehdr_make(struct elfcorehdr *header, const struct arch *arch,
		    const struct crash_info *info, const struct memory_map *map,
		    const struct linear_map *linear_map, uint64_t size_min, const struct log *log)
{
	struct range_set memory = {0};
	struct core core = {0};
	int error;

	*header = (struct elfcorehdr){0};
	error = find_memory(&memory, map, log);
	/*
	 * Besides the CPUs and the ranges there are entries for vmcoreinfo and the kernel's image.
	 */
	if (!error)
		error = start_core(&core, arch, info->cpu_count + memory.count + 2, log);
	if (!error) {
		add_notes(&core, info);
		add_memory(&core, &memory, map->kernel, linear_map);
		error = write_core(header, &core, size_min, log);
	}
	free(core.segments);
	range_set_free(&memory);
	return error;
}

void elfcorehdr_free(struct elfcorehdr *header)
{
	free(header->data);
	*header = (struct elfcorehdr){0};
}
