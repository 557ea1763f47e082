/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running kernel says of itself: vmcoreinfo, some symbols, lines of its log, and the flags
 * of its pages.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture_files.h"
#include "capture/secrets.h"
#include "machine/kcore.h"
#include "machine/vmcoreinfo.h"

#define KALLSYMS   "/proc/kallsyms"
#define KPAGEFLAGS "/proc/kpageflags"

/* The lines of the log in a capture. The list of files stands beside it. */
#define LOG_FILE "/kernel-log.txt"

static const struct log silent = {.stream = NULL};

/* The core file of a capture: headers, and the one note that kexec reads. */
struct core {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	Elf64_Nhdr note;
	char name[12]; /* whole words */
};

/* Note that there is no vmcoreinfo, if there is a file that could have it. */
static void note_kcore(struct capture *capture)
{
	const int descriptor = sysroot_open_descriptor(capture->sysroot, KCORE_FILE, 0);

	capture_note(capture, KCORE_FILE, descriptor < 0 ? descriptor : -ENODATA);
	if (descriptor >= 0)
		close(descriptor);
}

/*
 * The notes of /proc/kcore hold more: the command line, and a process. So this is a core file of
 * its own, with vmcoreinfo alone. All machines that kexec knows are little-endian, as is what it
 * runs on.
 */
void capture_vmcoreinfo(struct capture *capture)
{
	struct vmcoreinfo info;
	struct core core = {.name = "VMCOREINFO"};
	size_t size;
	char *file;

	vmcoreinfo_read(&info, capture->arch, capture->sysroot, &silent);
	if (!info.text) {
		note_kcore(capture);
		return;
	}
	size = strlen(info.text);
	memcpy(core.header.e_ident, ELFMAG, SELFMAG);
	core.header.e_ident[EI_CLASS] = ELFCLASS64;
	core.header.e_ident[EI_DATA] = ELFDATA2LSB;
	core.header.e_ident[EI_VERSION] = EV_CURRENT;
	core.header.e_type = ET_CORE;
	core.header.e_machine = capture->arch->elf_machine;
	core.header.e_version = EV_CURRENT;
	core.header.e_phoff = offsetof(struct core, segment);
	core.header.e_ehsize = sizeof(core.header);
	core.header.e_phentsize = sizeof(core.segment);
	core.header.e_phnum = 1;
	core.segment.p_type = PT_NOTE;
	core.segment.p_offset = offsetof(struct core, note);
	core.segment.p_filesz = sizeof(core.note) + sizeof(core.name) + (size + 3) / 4 * 4;
	core.note.n_namesz = sizeof("VMCOREINFO");
	core.note.n_descsz = (Elf64_Word)size;
	file = calloc(1, sizeof(core) + size + 3);
	if (!file) {
		capture->lacks_memory = true;
	} else {
		memcpy(file, &core, sizeof(core));
		memcpy(file + sizeof(core), info.text, size);
		capture_add(capture, KCORE_FILE, file, sizeof(core) + (size + 3) / 4 * 4);
	}
	free(file);
	vmcoreinfo_free(&info);
}

/* True if a line of /proc/kallsyms has one of the symbols that say where the kernel lies. */
static bool has_symbol(const char *line)
{
	static const char *const names[] = {"_text",	    "_stext", "_etext",
					    "__init_begin", "_end",   "linux_banner"};
	const char *name = strrchr(line, ' ');

	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcspn(name + 1, "\n") == strlen(names[i]) &&
		    !strncmp(name + 1, names[i], strlen(names[i])))
			return true;
	return false;
}

/* Write to a stream in memory. */
static void keep(struct capture *capture, FILE *kept, const char *text)
{
	if (fputs(text, kept) < 0)
		capture->lacks_memory = true;
}

/*
 * Close a stream in memory, and add what it has. Where it lacks memory in the end glibc leaves no
 * text, and says that all is well.
 */
static void add_kept(struct capture *capture, FILE *kept, const char *path, char **text,
		     const size_t *size)
{
	if (fclose(kept) || !*text)
		capture->lacks_memory = true;
	else if (*size)
		capture_add(capture, path, *text, *size);
}

/* Read the next line of a stream. The C library says by errno alone that memory was lacking. */
static bool read_line(struct capture *capture, char **line, size_t *room, FILE *stream)
{
	errno = 0;
	if (getline(line, room, stream) >= 0)
		return true;
	if (errno == ENOMEM)
		capture->lacks_memory = true;
	return false;
}

void capture_symbols(struct capture *capture)
{
	FILE *stream = sysroot_open(capture->sysroot, KALLSYMS);
	char *line = NULL, *text = NULL;
	size_t room = 0, size = 0;
	FILE *kept = stream ? open_memstream(&text, &size) : NULL;

	if (!stream || !kept)
		capture_note(capture, KALLSYMS, -errno);
	while (kept && read_line(capture, &line, &room, stream))
		if (has_symbol(line))
			keep(capture, kept, line);
	if (kept)
		add_kept(capture, kept, KALLSYMS, &text, &size);
	free(text);
	free(line);
	if (stream)
		fclose(stream);
}

/* True if a line of the log is about memory, consoles, CPUs, firmware, kexec or crashes. */
static bool is_relevant(const char *line)
{
	static const char *const words[] = {
		"ACPI:",
		"Booting Linux",
		"CPU features",
		"CPU:",
		"Command line",
		"Kernel command line",
		"Linux version",
		"Machine model",
		"OF: ",
		"Zone",
		"cma",
		"console",
		"crash",
		"earlycon",
		"efi:",
		"kdump",
		"kexec",
		"kvm",
		"lockdown",
		"memblock",
		"node ",
		"psci",
		"pstore",
		"purgatory",
		"ramoops",
		"reserved mem",
		"riscv",
		"sbi:",
		"SBI",
		"smp:",
		"software IO TLB",
		"sve",
		"ttyAMA",
		"ttyS",
		"watchdog",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/* Write a line of the log to @kept if it is relevant, without its secrets. */
static void keep_line(struct capture *capture, FILE *kept, char *line)
{
	static const char label[] = "ommand line: ";
	char *command_line = strstr(line, label);

	line[strcspn(line, "\n")] = '\0';
	if (!is_relevant(line))
		return;
	if (command_line)
		capture->secrets += secrets_hide_command_line(command_line + strlen(label));
	capture->secrets += secrets_hide_addresses(line);
	keep(capture, kept, line);
	keep(capture, kept, "\n");
}

/*
 * The records of /dev/kmsg: "priority,number,microseconds,flags;text", then lines with properties
 * (Documentation/ABI/testing/dev-kmsg of Linux).
 */
static void read_running_log(struct capture *capture, FILE *kept)
{
	const int descriptor = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[8192];
	ssize_t size;

	/* EPIPE: older records were overwritten meanwhile. */
	while (descriptor >= 0 && ((size = read(descriptor, record, sizeof(record) - 1)) > 0 ||
				   (size < 0 && (errno == EPIPE || errno == EINTR)))) {
		char *text;

		record[size > 0 ? size : 0] = '\0';
		text = strchr(record, ';');
		if (text)
			keep_line(capture, kept, text + 1);
	}
	if (descriptor >= 0)
		close(descriptor);
}

/* Those that an earlier capture has. */
static void read_captured_log(struct capture *capture, FILE *kept)
{
	FILE *stream = sysroot_open(capture->sysroot, LOG_FILE);
	char *line = NULL;
	size_t room = 0;

	if (!stream)
		capture_note(capture, LOG_FILE, -errno);
	while (stream && read_line(capture, &line, &room, stream))
		keep_line(capture, kept, line);
	free(line);
	if (stream)
		fclose(stream);
}

void capture_log(struct capture *capture)
{
	char *text = NULL;
	size_t size = 0;
	FILE *kept = open_memstream(&text, &size);

	if (!kept) {
		capture->lacks_memory = true;
		return;
	}
	if (*capture->sysroot->directory)
		read_captured_log(capture, kept);
	else
		read_running_log(capture, kept);
	add_kept(capture, kept, LOG_FILE, &text, &size);
	free(text);
}

/* Copy @count bytes from @offset on; what cannot be read becomes zeros, flags that nothing says of.
 */
static void copy_flags(struct capture *capture, int descriptor, uint64_t offset, uint64_t count)
{
	char buffer[32768];

	while (count) {
		const size_t part = count < sizeof(buffer) ? (size_t)count : sizeof(buffer);
		const ssize_t size = pread(descriptor, buffer, part, (off_t)offset);

		if (size <= 0) {
			store_skip(capture->store, count);
			return;
		}
		store_write(capture->store, buffer, (size_t)size);
		offset += (uint64_t)size;
		count -= (uint64_t)size;
	}
}

/* Of more RAM than 512 GiB in pages of 4 KiB the flags are left out: nobody wants to send them. */
#define PAGE_FLAGS_SIZE_MAX (UINT64_C(1) << 30)

/* The flags of all RAM, 8 bytes a page; between two ranges of RAM the file has a hole. */
void capture_page_flags(struct capture *capture)
{
	const struct range_set *ram = &capture->map.ram;
	const uint64_t page_size = capture->page_size;
	const uint64_t size =
		ram->count ? ram->ranges[ram->count - 1].end / page_size * sizeof(uint64_t) : 0;
	const int descriptor = sysroot_open_descriptor(capture->sysroot, KPAGEFLAGS, 0);
	uint64_t done = 0;
	char probe[8];

	if (descriptor < 0)
		return;
	if (size > STORE_FILE_SIZE_MAX || !size ||
	    range_set_size(ram) / page_size * sizeof(uint64_t) > PAGE_FLAGS_SIZE_MAX ||
	    pread(descriptor, probe, sizeof(probe),
		  (off_t)(ram->ranges[0].start / page_size * sizeof(uint64_t))) != sizeof(probe)) {
		capture_list(capture, "%12s %s\n", "left out", KPAGEFLAGS);
		close(descriptor);
		return;
	}
	store_begin(capture->store, KPAGEFLAGS, size);
	for (size_t i = 0; i < ram->count; i++) {
		const uint64_t start = ram->ranges[i].start / page_size * sizeof(uint64_t);
		const uint64_t end = ram->ranges[i].end / page_size * sizeof(uint64_t);

		if (start > done)
			store_skip(capture->store, start - done);
		else if (start < done)
			continue;
		copy_flags(capture, descriptor, start, end - start);
		done = end;
	}
	capture_list(capture, "%12" PRIu64 " %s\n", size, KPAGEFLAGS);
	capture->files++;
	close(descriptor);
}
