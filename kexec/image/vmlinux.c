/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmlinux: reading and checking the ELF file.
 *
 * p_vaddr decides where a segment goes. The early code of both architectures maps the whole kernel
 * with one offset between virtual and physical addresses, so the distances in memory must be those
 * of the link. p_paddr tells nothing more: arm64's linker script leaves it equal to p_vaddr,
 * riscv64's counts it from 0 (LOAD_OFFSET), and some tools leave it 0 everywhere. If it contradicts
 * p_vaddr, the kernel executes in place, from flash, and kexec cannot load it.
 */
#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <string.h>

#include "image/formats.h"
#include "image/linux_image.h"
#include "image/vmlinux_parts.h"

/* PT_LOAD segments read; the linker scripts make fewer than ten. */
#define LOAD_MAX 64

/* The file while it is read. */
struct vmlinux {
	const struct image_bytes *file;
	const struct image_request *request;
	GElf_Ehdr header;
	GElf_Phdr loads[LOAD_MAX]; /* the PT_LOAD segments with memory, by p_vaddr */
	size_t load_count;
	uint64_t end; /* of the last one, from the first one's start */
};

/* Refuse the file, because of something in its ELF structure. */
static int refuse(const struct vmlinux *vmlinux, const char *reason)
{
	return log_error(vmlinux->request->log, -ENOEXEC, "%s: is not a usable vmlinux: %s",
			 vmlinux->request->path, reason);
}

/* The name of an ELF machine that is not the wanted one. */
static const char *describe_machine(uint16_t machine)
{
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if ((*arch)->elf_machine == machine)
			return (*arch)->name;
	switch (machine) {
	case EM_X86_64:
		return "x86-64";
	case EM_386:
		return "x86";
	case EM_ARM:
		return "32-bit Arm";
	default:
		return "another machine";
	}
}

static int check_header(const struct vmlinux *vmlinux)
{
	const GElf_Ehdr *header = &vmlinux->header;

	if (header->e_ident[EI_DATA] != ELFDATA2LSB)
		return refuse(vmlinux, "it is big-endian; only little-endian ones are supported");
	if (header->e_ident[EI_CLASS] != ELFCLASS64)
		return refuse(vmlinux, "it is a 32-bit file; a 64-bit kernel is needed here");
	if (header->e_machine != vmlinux->request->arch->elf_machine)
		return log_error(vmlinux->request->log, -ENOEXEC,
				 "%s: is an ELF file for %s (e_machine %u), but a kernel for %s is"
				 " needed here",
				 vmlinux->request->path, describe_machine(header->e_machine),
				 header->e_machine, vmlinux->request->arch->name);
	/* A relocatable kernel (KASLR) is linked as ET_DYN and relocates itself. */
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return refuse(vmlinux, "it is not a linked program (an object file or a dump?)");
	return 0;
}

static int check_load(const struct vmlinux *vmlinux, const GElf_Phdr *load)
{
	const uint64_t file_size = vmlinux->file->size;
	uint64_t end;

	if (load->p_offset > file_size || load->p_filesz > file_size - load->p_offset)
		return refuse(vmlinux,
			      "a segment lies outside the file; it is truncated or damaged");
	if (load->p_memsz < load->p_filesz)
		return refuse(vmlinux, "a segment has less memory than data; it is damaged");
	if (__builtin_add_overflow(load->p_vaddr, load->p_memsz, &end))
		return refuse(vmlinux, "a segment wraps around the address space; it is damaged");
	return 0;
}

/* Insert by p_vaddr: ELF asks for that order, but it costs little not to rely on it. */
static int insert_load(struct vmlinux *vmlinux, const GElf_Phdr *load)
{
	size_t place = vmlinux->load_count;

	if (place == LOAD_MAX)
		return refuse(vmlinux, "it has too many segments for a kernel");
	for (; place > 0 && vmlinux->loads[place - 1].p_vaddr > load->p_vaddr; place--)
		vmlinux->loads[place] = vmlinux->loads[place - 1];
	vmlinux->loads[place] = *load;
	vmlinux->load_count++;
	return 0;
}

static int read_loads(struct vmlinux *vmlinux, Elf *elf)
{
	size_t count;

	if (elf_getphdrnum(elf, &count))
		return refuse(vmlinux, elf_errmsg(-1));
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr load;
		int error;

		if (!gelf_getphdr(elf, (int)i, &load))
			return refuse(vmlinux, elf_errmsg(-1));
		if (load.p_type != PT_LOAD || load.p_memsz == 0)
			continue;
		error = check_load(vmlinux, &load);
		if (error)
			return error;
		error = insert_load(vmlinux, &load);
		if (error)
			return error;
	}
	if (vmlinux->load_count == 0)
		return refuse(vmlinux, "it has nothing to load");
	return 0;
}

/* Check that the segments do not overlap, in memory and in the file. */
static int check_overlap(struct vmlinux *vmlinux)
{
	const GElf_Phdr *loads = vmlinux->loads;
	uint64_t file_size = vmlinux->file->size;

	for (size_t i = 0; i < vmlinux->load_count; i++) {
		if (i > 0 && loads[i].p_vaddr < loads[i - 1].p_vaddr + loads[i - 1].p_memsz)
			return refuse(vmlinux, "its segments overlap; it is damaged");
		/*
		 * If segments share bytes of the file, this bounds a copy of them by the size of
		 * the file.
		 */
		if (loads[i].p_filesz > file_size)
			return refuse(vmlinux, "its segments overlap in the file; it is damaged");
		file_size -= loads[i].p_filesz;
		vmlinux->end = loads[i].p_vaddr + loads[i].p_memsz - loads[0].p_vaddr;
	}
	if (vmlinux->end > IMAGE_MEMORY_MAX)
		return refuse(vmlinux, "its segments lie too far apart; it is damaged");
	return 0;
}

/* See the top of this file for the rule. */
static int check_physical_addresses(const struct vmlinux *vmlinux)
{
	const GElf_Phdr *loads = vmlinux->loads;
	bool shifted = false, zero = true;

	for (size_t i = 0; i < vmlinux->load_count; i++) {
		if (loads[i].p_paddr != 0)
			zero = false;
		if (loads[i].p_paddr - loads[0].p_paddr != loads[i].p_vaddr - loads[0].p_vaddr)
			shifted = true;
	}
	if (shifted && !zero)
		return refuse(vmlinux, "its segments do not lie in memory as they were linked (an"
				       " execute-in-place kernel?)");
	return 0;
}

/* Read and check what is needed of the ELF structure. */
static int read_elf(struct vmlinux *vmlinux)
{
	const struct image_bytes *file = vmlinux->file;
	int error;
	Elf *elf;

	if (file->size < sizeof(Elf64_Ehdr))
		return refuse(vmlinux, "it ends inside its header; it is truncated");
	elf_version(EV_CURRENT);
	/* The cast is safe: libelf changes an image only through its writing functions. */
	elf = elf_memory((char *)(uintptr_t)file->data, file->size);
	if (!elf || !gelf_getehdr(elf, &vmlinux->header))
		error = refuse(vmlinux, elf_errmsg(-1));
	else
		error = check_header(vmlinux);
	if (!error)
		error = read_loads(vmlinux, elf);
	elf_end(elf);
	if (!error)
		error = check_overlap(vmlinux);
	return error ? error : check_physical_addresses(vmlinux);
}

/* The load whose data in the file hold the entry, or NULL. */
static const GElf_Phdr *find_entry_load(const struct vmlinux *vmlinux)
{
	const uint64_t entry = vmlinux->header.e_entry;

	for (size_t i = 0; i < vmlinux->load_count; i++) {
		const GElf_Phdr *load = &vmlinux->loads[i];

		if (entry >= load->p_vaddr && entry - load->p_vaddr < load->p_filesz)
			return load;
	}
	return NULL;
}

/*
 * Take from the header what the ELF file does not tell: how much memory the kernel uses, and on
 * arm64 where it must lie. In all kernels that have a header, its start is the entry.
 */
static int apply_header(const struct vmlinux *vmlinux, struct image *image,
			const uint8_t *header_start)
{
	const uint64_t alignment = vmlinux->request->arch->kernel_alignment;
	struct linux_header header;
	uint64_t end;
	int error;

	error = linux_image_read_header(&header, header_start, vmlinux->request);
	if (error)
		return error;
	end = image->entry + header.image_size;
	if (end > image->memory_size)
		image->memory_size = end;
	image->anywhere = header.anywhere;
	image->text_offset = (header.text_offset - image->entry) & (alignment - 1);
	return 0;
}

/* Fill in the entry, and what the header there tells. */
static int find_entry(const struct vmlinux *vmlinux, struct image *image)
{
	const GElf_Phdr *load = find_entry_load(vmlinux);
	const uint8_t *code;
	uint64_t size;

	if (!load)
		return refuse(vmlinux, "its entry lies in none of its segments");
	size = load->p_filesz - (vmlinux->header.e_entry - load->p_vaddr);
	code = vmlinux->file->data + load->p_offset + (load->p_filesz - size);
	image->entry = vmlinux->header.e_entry - vmlinux->loads[0].p_vaddr;
	image->memory_size = vmlinux->end;
	if (size >= LINUX_HEADER_SIZE &&
	    linux_image_find_header(code, size) == vmlinux->request->arch)
		return apply_header(vmlinux, image, code);
	/* The first riscv64 kernels had no such header, and need none to be placed. */
	if (vmlinux->request->arch->image_text_offset)
		return refuse(vmlinux, "there is no Linux header at its entry");
	return 0;
}

int vmlinux_probe(const struct image_bytes *bytes)
{
	return bytes->size >= SELFMAG && memcmp(bytes->data, ELFMAG, SELFMAG) == 0 ? 0 : -ENOEXEC;
}

int vmlinux_load(struct image *image, const struct image_request *request)
{
	struct vmlinux vmlinux = {.file = &image->kernel, .request = request};
	int error;

	error = read_elf(&vmlinux);
	if (error)
		return error;
	error = find_entry(&vmlinux, image);
	if (error)
		return error;
	error = vmlinux_parts_make(image, vmlinux.loads, vmlinux.load_count);
	if (error == -E2BIG)
		return log_error(
			request->log, -ENOEXEC,
			"%s: is not a usable vmlinux: its segments cannot be joined to the "
			"%d that are supported",
			request->path, IMAGE_PART_MAX);
	if (error)
		return log_error(request->log, error, "%s: not enough memory to read it",
				 request->path);
	return 0;
}
