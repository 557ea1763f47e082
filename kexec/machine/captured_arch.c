/* SPDX-License-Identifier: GPL-2.0-only */
/* The architecture of a captured system. */
#include "machine/captured_arch.h"

#include <elf.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cpu/cpuinfo.h"

#define KCORE "/proc/kcore"

/* The offset of e_machine in an ELF header, and the bytes up to its end. */
#define ELF_MACHINE	18
#define ELF_HEADER_SIZE 20

#define NOT_KNOWN (-1)

/*
 * Read the ELF machine of the captured kernel's core file, and nothing else of the file; NOT_KNOWN
 * if it cannot be read.
 */
static int read_elf_machine(const struct sysroot *sysroot)
{
	uint8_t header[ELF_HEADER_SIZE];
	FILE *stream = sysroot_open(sysroot, KCORE);
	size_t size;

	if (!stream)
		return NOT_KNOWN;
	setvbuf(stream, NULL, _IONBF, 0);
	size = fread(header, 1, sizeof(header), stream);
	fclose(stream);
	if (size < sizeof(header) || memcmp(header, ELFMAG, SELFMAG) != 0 ||
	    header[EI_DATA] != ELFDATA2LSB)
		return NOT_KNOWN;
	return (int)load_little_endian(header + ELF_MACHINE, 2);
}

static const struct arch *find_elf_machine(int machine)
{
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if ((*arch)->elf_machine == machine)
			return *arch;
	return NULL;
}

/* The architecture whose extensions the first processor has, or NULL. */
static const struct arch *find_in_cpuinfo(const struct sysroot *sysroot)
{
	const struct arch *found = NULL;
	char *text;
	size_t size;

	if (sysroot_read(sysroot, CPUINFO, &text, &size))
		return NULL;
	for (const struct arch *const *arch = arch_all; *arch && !found; arch++)
		if (cpuinfo_find_field(text, (*arch)->cpuinfo_extensions))
			found = *arch;
	free(text);
	return found;
}

static const struct arch *find_in_tree(const struct devicetree *tree)
{
	if (!tree->fdt)
		return NULL;
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if (fdt_node_offset_by_compatible(tree->fdt, -1, (*arch)->devicetree_sign) >= 0)
			return *arch;
	return NULL;
}

/*
 * Compare the architecture that @evidence shows, NULL: not known, with the one that it should be.
 */
static int compare(const struct arch *arch, const struct arch *found, const char *evidence,
		   const struct sysroot *sysroot, const struct log *log)
{
	if (!found || found->elf_machine == arch->elf_machine)
		return 0;
	return log_error(
		log, -EINVAL,
		"the captured system below %s is not of %s but of %s, as its %s shows: use "
		"--target=%s",
		sysroot->directory, arch->name, found->name, evidence, found->name);
}

int captured_arch_check(const struct arch *arch, const struct sysroot *sysroot,
			const struct devicetree *tree, const struct log *log)
{
	const int machine = read_elf_machine(sysroot);
	const struct arch *of_kcore = find_elf_machine(machine);
	int error;

	if (machine != NOT_KNOWN && !of_kcore)
		return log_error(log, -EINVAL,
				 "the captured system below %s is neither of arm64 nor of riscv64, "
				 "as its " KCORE " shows (ELF machine %d): name another with "
				 "--sysroot",
				 sysroot->directory, machine);
	error = compare(arch, of_kcore, KCORE, sysroot, log);
	if (!error)
		error = compare(arch, find_in_cpuinfo(sysroot), CPUINFO, sysroot, log);
	if (!error)
		error = compare(arch, find_in_tree(tree), "device tree", sysroot, log);
	return error;
}
