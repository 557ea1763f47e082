/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading /proc/kcore: libelf finds the place in the file. */
#include "machine/kcore.h"

#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/bytes.h"

/* True if @elf is the core file of a 64-bit kernel of @arch. */
static bool is_core_of(Elf *elf, const struct arch *arch)
{
	GElf_Ehdr header;

	return elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) &&
	       header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_type == ET_CORE &&
	       header.e_machine == arch->elf_machine;
}

int kcore_open(struct kcore *kcore, const struct arch *arch, const struct sysroot *sysroot)
{
	*kcore = (struct kcore){.stream = sysroot_open(sysroot, KCORE_FILE)};
	if (!kcore->stream)
		return errno ? -errno : -EIO; /* never 0, which no analyzer knows */
	elf_version(EV_CURRENT);
	/* Not ELF_C_READ_MMAP: the file claims to be as large as the address space. */
	kcore->elf = elf_begin(fileno(kcore->stream), ELF_C_READ, NULL);
	if (is_core_of(kcore->elf, arch))
		return 0;
	kcore_close(kcore);
	return -ENODATA;
}

void kcore_close(struct kcore *kcore)
{
	elf_end(kcore->elf);
	fclose(kcore->stream);
}

/* Find where the file has @size bytes at @address. False: nowhere. */
static bool find_offset(off_t *offset, Elf *elf, uint64_t address, uint64_t size)
{
	size_t count;

	if (elf_getphdrnum(elf, &count) < 0)
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
	uint8_t bytes[sizeof(*number)];
	struct kcore kcore;
	off_t offset;
	int error = kcore_open(&kcore, arch, sysroot);

	if (error)
		return error;
	if (find_offset(&offset, kcore.elf, address, sizeof(bytes)) &&
	    pread(fileno(kcore.stream), bytes, sizeof(bytes), offset) == (ssize_t)sizeof(bytes))
		*number = load_little_endian(bytes, sizeof(bytes));
	else
		error = -ENODATA;
	kcore_close(&kcore);
	return error;
}
