/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the notes of a crash will be, from sysfs: drivers/base/cpu.c, kernel/ksysfs.c. */
#include "machine/crash_info.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/kexec_interface.h"

#define CPUS	   "/sys/devices/system/cpu"
#define VMCOREINFO "/sys/kernel/vmcoreinfo"

/* Parse @count numbers with blanks between them. Returns 0, or -EINVAL without a message. */
static int parse_numbers(const char *text, const int *bases, uint64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *end;

		text += strspn(text, " ");
		if (!isxdigit((unsigned char)*text))
			return -EINVAL;
		errno = 0;
		numbers[i] = strtoull(text, &end, bases[i]);
		if (errno || end == text)
			return -EINVAL;
		text = end;
	}
	return text[strspn(text, " \n")] ? -EINVAL : 0;
}

static int report_unreadable(const char *path, int error, const struct log *log)
{
	return log_error(
		log, error, "cannot read %s, without which a dump would be of no use: %s", path,
		error == -EINVAL ? "its content is not what kernels write" : strerror(-error));
}

static int read_numbers(const struct sysroot *sysroot, const char *path, const int *bases,
			uint64_t *numbers, size_t count, const struct log *log)
{
	size_t size;
	char *text;
	int error = sysroot_read(sysroot, path, &text, &size);

	if (!error) {
		error = parse_numbers(text, bases, numbers, count);
		free(text);
	}
	return error ? report_unreadable(path, error, log) : 0;
}

static int read_cpu_notes(struct range *notes, const struct sysroot *sysroot, unsigned int cpu,
			  const struct log *log)
{
	static const int hexadecimal = 16, decimal = 10;
	char path[sizeof(CPUS "/cpu/crash_notes_size") + 3 * sizeof(cpu)];
	uint64_t address = 0, size = 0;
	int error;

	snprintf(path, sizeof(path), CPUS "/cpu%u/crash_notes_size", cpu);
	error = read_numbers(sysroot, path, &decimal, &size, 1, log);
	if (!error && !size)
		error = report_unreadable(path, -EINVAL, log);
	if (error)
		return error;
	snprintf(path, sizeof(path), CPUS "/cpu%u/crash_notes", cpu);
	error = read_numbers(sysroot, path, &hexadecimal, &address, 1, log);
	if (!error && (!address || range_make(notes, address, size)))
		error = report_unreadable(path, -EINVAL, log);
	return error;
}

/* The CPUs that have notes. */
struct cpu_list {
	unsigned int *numbers;
	size_t count;
};

/* The number in "cpu12"; false for any other name. */
static bool parse_cpu_name(const char *name, unsigned int *number)
{
	unsigned long value;
	char *end;

	if (strncmp(name, "cpu", 3) != 0 || !isdigit((unsigned char)name[3]))
		return false;
	errno = 0;
	value = strtoul(name + 3, &end, 10);
	if (errno || *end || value > INT_MAX)
		return false;
	*number = (unsigned int)value;
	return true;
}

/*
 * Add a CPU that has notes. In some kernels a CPU that is possible but not present has a directory
 * without notes.
 */
static int add_cpu(struct cpu_list *cpus, const struct sysroot *sysroot, const char *name)
{
	char notes[sizeof(CPUS "//crash_notes") + NAME_MAX];
	unsigned int *grown, number;
	int descriptor;

	if (!parse_cpu_name(name, &number))
		return 0;
	snprintf(notes, sizeof(notes), CPUS "/%s/crash_notes", name);
	descriptor = sysroot_open_descriptor(sysroot, notes, 0);
	if (descriptor == -ENOENT)
		return 0;
	if (descriptor >= 0)
		close(descriptor);
	grown = reallocarray(cpus->numbers, cpus->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	cpus->numbers = grown;
	cpus->numbers[cpus->count++] = number;
	return 0;
}

/* Debuggers take the first note for the first CPU. */
static int compare_numbers(const void *a, const void *b)
{
	const unsigned int *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static int list_cpus(struct cpu_list *cpus, const struct sysroot *sysroot, const struct log *log)
{
	int descriptor = sysroot_open_descriptor(sysroot, CPUS, O_DIRECTORY);
	struct dirent *entry;
	DIR *directory;
	int error = 0;

	if (descriptor < 0)
		return report_unreadable(CPUS, descriptor, log);
	directory = fdopendir(descriptor);
	if (!directory) {
		close(descriptor);
		return log_error(log, -ENOMEM, "no memory to read %s", CPUS);
	}
	while (!error && (entry = readdir(directory)))
		error = add_cpu(cpus, sysroot, entry->d_name);
	closedir(directory);
	if (error)
		return log_error(log, error, "no memory for the list of CPUs");
	if (cpus->count == 0)
		return log_error(log, -ENODATA,
				 "no CPU in %s has crash_notes, without which a dump would be of "
				 "no use: the running kernel needs CONFIG_CRASH_DUMP",
				 CPUS);
	qsort(cpus->numbers, cpus->count, sizeof(*cpus->numbers), compare_numbers);
	return 0;
}

static int read_cpus(struct crash_info *info, const struct sysroot *sysroot, const struct log *log)
{
	struct cpu_list cpus = {0};
	int error = list_cpus(&cpus, sysroot, log);

	if (!error && cpus.count) {
		info->cpu_notes = calloc(cpus.count, sizeof(*info->cpu_notes));
		if (!info->cpu_notes)
			error = log_error(log, -ENOMEM, "no memory for the notes of the CPUs");
	}
	for (size_t i = 0; i < cpus.count && !error; i++)
		error = read_cpu_notes(&info->cpu_notes[info->cpu_count++], sysroot,
				       cpus.numbers[i], log);
	free(cpus.numbers);
	return error;
}

/* The size is hexadecimal too, without a prefix. */
static int read_vmcoreinfo(struct crash_info *info, const struct sysroot *sysroot,
			   const struct log *log)
{
	static const int bases[] = {16, 16};
	uint64_t numbers[2] = {0};
	int error = read_numbers(sysroot, VMCOREINFO, bases, numbers, 2, log);

	if (!error && (!numbers[1] || range_make(&info->vmcoreinfo, numbers[0], numbers[1])))
		error = report_unreadable(VMCOREINFO, -EINVAL, log);
	return error;
}

int crash_info_read(struct crash_info *info, const struct sysroot *sysroot, const struct log *log)
{
	int error;

	*info = (struct crash_info){0};
	error = read_cpus(info, sysroot, log);
	return error ? error : read_vmcoreinfo(info, sysroot, log);
}

void crash_info_free(struct crash_info *info)
{
	free(info->cpu_notes);
	*info = (struct crash_info){0};
}

uint64_t crash_info_elfcorehdr_size(const struct sysroot *sysroot)
{
	static const int decimal = 10;
	uint64_t number = 0;
	size_t size;
	char *text;

	if (sysroot_read(sysroot, KEXEC_ELFCOREHDR_SIZE_FILE, &text, &size))
		return 0;
	if (parse_numbers(text, &decimal, &number, 1))
		number = 0;
	free(text);
	return number;
}
