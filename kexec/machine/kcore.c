/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading /proc/kcore: libelf finds the place in the file. */
#include "machine/kcore.h"

#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/bytes.h"

#define KCORE "/proc/kcore"

/* Find where the file has @size bytes at @address. False: nowhere. */
static bool find_offset(off_t *offset, Elf *elf, const struct arch *arch, uint64_t address,
			uint64_t size)
{
	GElf_Ehdr header;
	size_t count;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) ||
	    header.e_machine != arch->elf_machine || elf_getphdrnum(elf, &count) < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
		    address < segment.p_vaddr || segment.p_filesz < size ||
		    address - segment.p_vaddr > segment.p_filesz - size)
			continue;
		*offset = (off_t)(segment.p_offset + (address - segment.p_vaddr));
		return true;
	}
	return false;
}

int kcore_read_number(uint64_t *number, uint64_t address, const struct arch *arch,
		      const struct sysroot *sysroot)
{
	FILE *stream = sysroot_open(sysroot, KCORE);
	uint8_t bytes[sizeof(*number)];
	int error = -ENODATA;
	off_t offset;
	Elf *elf;

	if (!stream)
		return -errno;
	elf_version(EV_CURRENT);
	/* Not ELF_C_READ_MMAP: the file claims to be as large as the address space. */
	elf = elf_begin(fileno(stream), ELF_C_READ, NULL);
	if (find_offset(&offset, elf, arch, address, sizeof(bytes)) &&
	    pread(fileno(stream), bytes, sizeof(bytes), offset) == (ssize_t)sizeof(bytes)) {
		*number = load_little_endian(bytes, sizeof(bytes));
		error = 0;
	}
	elf_end(elf);
	fclose(stream);
	return error;
}
