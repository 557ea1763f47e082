/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kexec reads of a machine. Every file that kexec reads below --sysroot is named here, or in
 * the files beside this one.
 */
#include <config.h>

#include "capture/capture.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture_files.h"
#include "capture/secrets.h"
#include "devicetree/devicetree.h"
#include "machine/auxiliary_vector.h"

#define FDT "/sys/firmware/fdt"

/* The most CPUs that are looked at, far more than any machine has. */
#define CPUS_MAX 8192

/* Files that tell no secrets. */
static const char *const plain_files[] = {
	"/proc/iomem",
	"/proc/meminfo",
	"/proc/zoneinfo",
	"/proc/consoles",
	"/proc/self/auxv",
	"/proc/sys/kernel/osrelease",
	"/proc/sys/kernel/kexec_load_disabled",
	"/proc/sys/kernel/kexec_load_limit_panic",
	"/proc/sys/kernel/kexec_load_limit_reboot",
	"/proc/sys/kernel/loadpin/enforce",
	"/sys/bus/acpi/devices/PNP0C80:00/hid",
	"/sys/devices/platform/arm-cca-dev/modalias",
	"/sys/devices/system/cpu/online",
	"/sys/devices/system/cpu/possible",
	"/sys/devices/system/cpu/present",
	"/sys/devices/virtual/misc/kvm/dev",
	"/sys/firmware/acpi/tables/APIC",
	"/sys/firmware/acpi/tables/FACP",
	"/sys/firmware/acpi/tables/GTDT",
	"/sys/firmware/acpi/tables/RHCT",
	"/sys/firmware/acpi/tables/SPCR",
	"/sys/firmware/acpi/tables/SRAT",
	"/sys/kernel/crash_elfcorehdr_size",
	"/sys/kernel/kexec_crash_loaded",
	"/sys/kernel/kexec_loaded",
	"/sys/kernel/security/lockdown",
	"/sys/kernel/vmcoreinfo",
	"/sys/module/ramoops/parameters/console_size",
	"/sys/module/ramoops/parameters/ecc",
	"/sys/module/ramoops/parameters/ftrace_size",
	"/sys/module/ramoops/parameters/mem_address",
	"/sys/module/ramoops/parameters/mem_name",
	"/sys/module/ramoops/parameters/mem_size",
	"/sys/module/ramoops/parameters/mem_type",
	"/sys/module/ramoops/parameters/pmsg_size",
	"/sys/module/ramoops/parameters/record_size",
};

void capture_list(struct capture *capture, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (vfprintf(capture->contents, format, arguments) < 0)
		capture->lacks_memory = true;
	va_end(arguments);
}

void capture_add(struct capture *capture, const char *path, const void *data, size_t size)
{
	store_add(capture->store, path, data, size);
	capture_list(capture, "%12zu %s\n", size, path);
	capture->files++;
}

void capture_note(struct capture *capture, const char *path, int error)
{
	if (error == -ENOMEM)
		capture->lacks_memory = true;
	else if (error != -ENOENT && error != -ENOTDIR)
		capture_list(capture, "%12s %s: %s\n", "left out", path, strerror(-error));
}

int capture_read(struct capture *capture, const char *path, char **data, size_t *size)
{
	const int error = sysroot_read(capture->sysroot, path, data, size);

	if (error)
		capture_note(capture, path, error);
	return error;
}

void capture_copy(struct capture *capture, const char *path)
{
	char *data;
	size_t size;

	if (capture_read(capture, path, &data, &size))
		return;
	capture_add(capture, path, data, size);
	free(data);
}

static void add_command_line(struct capture *capture)
{
	static const char path[] = "/proc/cmdline";
	char *text;
	size_t size;

	if (capture_read(capture, path, &text, &size))
		return;
	capture->secrets += secrets_hide_command_line(text);
	capture_add(capture, path, text, size);
	free(text);
}

/*
 * Add the lines of a file that begin with @name, or with "!" before it all others. What is left out
 * is somebody's own: the serial number of a board in cpuinfo, the process in status.
 */
static void add_lines(struct capture *capture, const char *path, const char *name)
{
	const bool others = *name == '!';
	char *text, *next, *end;
	size_t size;

	name += others;
	if (capture_read(capture, path, &text, &size))
		return;
	end = text;
	for (next = text; *next;) {
		const size_t length = strcspn(next, "\n") + (next[strcspn(next, "\n")] == '\n');

		if (!strncmp(next, name, strlen(name)) != others) {
			memmove(end, next, length);
			end += length;
		} else {
			capture->secrets += others;
		}
		next += length;
	}
	capture_add(capture, path, text, (size_t)(end - text));
	free(text);
}

static bool has_directory(const struct capture *capture, const char *path)
{
	const int descriptor = sysroot_open_descriptor(capture->sysroot, path, O_DIRECTORY);

	if (descriptor >= 0)
		close(descriptor);
	return descriptor >= 0;
}

/* The clock of each CPU, its ID, and where it saves its registers when the kernel crashes. */
static void add_cpus(struct capture *capture)
{
	static const char *const names[] = {"crash_notes", "crash_notes_size",
					    "cpufreq/cpuinfo_max_freq", "of_node/reg"};

	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu++) {
		char path[96];

		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u", cpu);
		if (!has_directory(capture, path))
			continue;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/%s", cpu,
				 names[i]);
			capture_copy(capture, path);
		}
	}
}

static void add_watchdogs(struct capture *capture)
{
	static const char *const names[] = {"identity", "state",    "timeout",
					    "timeleft", "nowayout", "pretimeout"};

	for (unsigned int number = 0; number < 32; number++)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			char path[96];

			snprintf(path, sizeof(path), "/sys/class/watchdog/watchdog%u/%s", number,
				 names[i]);
			capture_copy(capture, path);
		}
}

/* The properties of a node, as files of /proc/device-tree. */
static void add_properties(struct capture *capture, const void *fdt, int node, const char *path)
{
	int property;

	fdt_for_each_property_offset(property, fdt, node)
	{
		const char *name;
		char file[2048];
		int size;
		const void *data = fdt_getprop_by_offset(fdt, property, &name, &size);

		if (!data)
			continue;
		snprintf(file, sizeof(file), "/proc/device-tree%s%s%s", path,
			 strcmp(path, "/") ? "/" : "", name);
		capture_add(capture, file, data, (size_t)size);
	}
}

static void add_files_of_tree(struct capture *capture, const void *fdt)
{
	for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		char path[1024];

		if (!fdt_get_path(fdt, node, path, sizeof(path)))
			add_properties(capture, fdt, node, path);
	}
}

/*
 * The device tree without its secrets: flattened, or file by file if the kernel does not have it
 * flattened, because that makes a difference for a plan. A damaged one is left out.
 */
static int add_tree(struct capture *capture, const struct log *log)
{
	struct devicetree tree = {0};
	const int error = devicetree_read_running(&tree, capture->sysroot, log);
	int changed;

	if (error)
		return error == -ENOENT ? 0 : error;
	changed = secrets_clean_tree(tree.fdt);
	if (changed < 0) {
		devicetree_free(&tree);
		return log_error(log, changed, "the device tree is damaged: nothing is captured");
	}
	capture->secrets += (unsigned int)changed;
	if (tree.flattened)
		add_files_of_tree(capture, tree.fdt);
	else
		capture_add(capture, FDT, tree.fdt, tree.size);
	devicetree_free(&tree);
	return 0;
}

static int add_all(struct capture *capture, const struct log *log)
{
	for (size_t i = 0; i < sizeof(plain_files) / sizeof(plain_files[0]); i++)
		capture_copy(capture, plain_files[i]);
	add_command_line(capture);
	add_lines(capture, "/proc/cpuinfo", "!Serial");
	add_lines(capture, "/proc/self/status", "CapEff:");
	add_cpus(capture);
	add_watchdogs(capture);
	capture_ports(capture);
	capture_vmcoreinfo(capture);
	capture_symbols(capture);
	capture_log(capture);
	capture_page_flags(capture);
	return add_tree(capture, log);
}

/* The list, and its end: what is not in it. */
static void add_contents(struct capture *capture, char *const *text, const size_t *size)
{
	capture_list(
		capture,
		"\nMade by kexec-mmu %s for %s. Seeds, serial numbers and hardware\n"
		"addresses are written as zeros or x, and so is what looks like a password or a\n"
		"key on a command line. Places that were changed: %u.\n"
		"Of the kernel's memory there is only vmcoreinfo.\n"
		"Please look through all of it before you hand it on.\n",
		PACKAGE_VERSION, capture->arch->name, capture->secrets);
	if (fflush(capture->contents))
		capture->lacks_memory = true;
	else
		store_add(capture->store, "/CONTENTS", *text, *size);
}

static int fill(struct capture *capture, const struct log *log)
{
	char *text = NULL;
	size_t size = 0;
	int error;

	capture->contents = open_memstream(&text, &size);
	if (!capture->contents)
		return log_error(log, -ENOMEM, "no memory for a capture");
	error = add_all(capture, log);
	if (!error)
		add_contents(capture, &text, &size);
	fclose(capture->contents);
	free(text);
	if (!error && capture->lacks_memory)
		error = log_error(log, -ENOMEM, "no memory for a capture");
	return error;
}

int capture_write(const char *path, const struct arch *arch, const struct sysroot *sysroot,
		  const struct log *log)
{
	struct capture capture = {.arch = arch, .sysroot = sysroot};
	int error = memory_map_read(&capture.map, sysroot, log);

	capture.page_size = PAGE_SIZE_MIN;
	auxiliary_vector_find(sysroot, AT_PAGESZ, &capture.page_size);
	if (!error)
		error = store_open(&capture.store, path, log);
	if (!error)
		error = fill(&capture, log);
	if (error)
		store_discard(capture.store);
	else
		error = store_close(capture.store);
	memory_map_free(&capture.map);
	if (error)
		return error;
	printf("kexec: %u files of this %s machine are in %s, and CONTENTS lists them; look "
	       "through them before you hand them on\n",
	       capture.files, arch->name, path);
	return 0;
}
