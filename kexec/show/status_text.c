/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is loaded, and what the running kernel permits, in words.
 */
#include "show/status_text.h"

#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "devicetree/devicetree.h"
#include "devicetree/fdt_query.h"
#include "devicetree/last_report.h"
#include "digest/verify_time.h"
#include "machine/kexec_interface.h"
#include "machine/memory_map.h"
#include "permit/kexec_handover.h"
#include "permit/kexec_permission.h"
#include "permit/lockdown.h"
#include "show/load_record.h"
#include "show/paper.h"
#include "show/words.h"

static const struct log silent = {.stream = NULL};

static int read_number(const struct sysroot *sysroot, const char *path, long *number)
{
	return sysroot_read_number(sysroot_open_descriptor(sysroot, path, 0), number);
}

static void format_time(char text[32], uint64_t seconds)
{
	const time_t time = (time_t)seconds;
	struct tm parts;

	if (!gmtime_r(&time, &parts) || !strftime(text, 32, "%Y-%m-%d %H:%M:%S UTC", &parts))
		snprintf(text, 32, "an unknown time");
}

static void print_record(const struct paper *paper, const struct load_record *record)
{
	char kernel[WORDS_SIZE], initrd[WORDS_SIZE], size[WORDS_SIZE], when[32], duration[32] = "";
	const struct verify_time time = {.microseconds = record->microseconds};

	format_time(when, record->time);
	words_size(initrd, record->initrd_size);
	paper_field(paper, "Loaded", "%s of %s, %s%s", record->kernel,
		    words_size(kernel, record->kernel_size),
		    record->initrd_size ? "with an initrd of " : "without an initrd",
		    record->initrd_size ? initrd : "");
	paper_field(paper, "By", "%s, with %s(2), on %s", record->program, record->call, when);
	if (record->microseconds)
		verify_time_format_short(duration, &time);
	if (*record->engine)
		paper_field(paper, "Verified by", "purgatory: %s with %s%s%s%s",
			    words_size(size, record->verified_size), record->engine,
			    *duration ? " in " : "", duration, *duration ? " (predicted)" : "");
	else
		paper_field(paper, "Verified by", "nobody");
	if (*record->cpus)
		paper_field(paper, "CPUs", "%s, by --cpus, as far as firmware starts them",
			    record->cpus);
	paper_field(paper, "Note",
		    "if another program has loaded a kernel since then, nothing "
		    "tells that");
}

static void print_slot(const struct paper *paper, const struct sysroot *sysroot, bool crash)
{
	struct load_record record;
	long loaded;
	int error =
		read_number(sysroot, crash ? KEXEC_CRASH_LOADED_FILE : KEXEC_LOADED_FILE, &loaded);

	if (crash)
		paper_gap(paper);
	paper_heading(paper, crash ? "Crash kernel" : "Kernel for kexec -e");
	if (error) {
		paper_field(paper, "Loaded", "%s",
			    error == -ENOENT ? "impossible, because the running kernel lacks it"
					     : "unknown");
		return;
	}
	if (!loaded) {
		paper_field(paper, "Loaded", "nothing");
		return;
	}
	error = load_record_read(&record, sysroot, crash);
	if (!error) {
		print_record(paper, &record);
		return;
	}
	paper_field(paper, "Loaded",
		    "something, and nothing tells what: another program loaded it, or kexec could "
		    "not write to " LOAD_RECORD_DIRECTORY);
	paper_field(paper, "Verified by", "unknown");
}

/* What the calls need that is not there. Of a captured system only its files tell. */
static const struct kexec_obstacle *find_obstacle(const struct sysroot *sysroot,
						  enum kexec_call call, bool crash)
{
	return *sysroot->directory ? kexec_permission_find_for_plan(sysroot, call, crash)
				   : kexec_permission_find_obstacle(sysroot, call, crash);
}

static void print_call(const struct paper *paper, const struct sysroot *sysroot,
		       enum kexec_call call, const char *label)
{
	const struct kexec_obstacle *kernel = find_obstacle(sysroot, call, false);
	const struct kexec_obstacle *crash = find_obstacle(sysroot, call, true);

	if (kernel)
		paper_field(paper, label, "no: %s; %s", kernel->reason, kernel->remedy);
	else if (crash)
		paper_field(paper, label, "yes, but not for crash kernels: %s; %s", crash->reason,
			    crash->remedy);
	else
		paper_field(paper, label, "yes, unless a policy of the kernel refuses the files");
}

/* "any number", "3", "unknown" */
static const char *format_limit(char text[32], const struct sysroot *sysroot, const char *path)
{
	long limit;

	if (read_number(sysroot, path, &limit))
		snprintf(text, 32, "unknown");
	else if (limit < 0)
		snprintf(text, 32, "any number");
	else
		snprintf(text, 32, "%ld", limit);
	return text;
}

static void print_permission(const struct paper *paper, const struct sysroot *sysroot)
{
	char reboot[32], panic[32];
	long disabled;

	paper_gap(paper);
	paper_heading(paper, "What this system permits");
	print_call(paper, sysroot, KEXEC_CALL_LOAD, "kexec_load");
	print_call(paper, sysroot, KEXEC_CALL_FILE_LOAD, "kexec_file_load");
	paper_field(paper, "Loads left", "%s, of crash kernels %s",
		    format_limit(reboot, sysroot, KEXEC_LOAD_LIMIT_REBOOT_FILE),
		    format_limit(panic, sysroot, KEXEC_LOAD_LIMIT_PANIC_FILE));
	if (read_number(sysroot, KEXEC_LOAD_DISABLED_FILE, &disabled))
		paper_field(paper, "Disabled", "unknown");
	else
		paper_field(paper, "Disabled", "%s",
			    disabled ? "yes, until the next reboot (kernel.kexec_load_disabled)"
				     : "no");
	paper_field(paper, "Lockdown", "%s", lockdown_is_on(sysroot) ? "on" : "off");
	paper_field(paper, "Handover", "%s",
		    kexec_handover_is_on(sysroot) ? "on: only kexec_file_load hands over" : "off");
}

/* The size of the running kernel's initrd, from its device tree; 0: unknown. */
static uint64_t find_initrd_size(const struct sysroot *sysroot)
{
	struct devicetree tree = {0};
	uint64_t start = 0, end = 0;
	int chosen;

	if (devicetree_read_running(&tree, sysroot, &silent))
		return 0;
	chosen = fdt_path_offset(tree.fdt, "/chosen");
	if (chosen < 0 || fdt_query_u64(tree.fdt, chosen, "linux,initrd-start", &start) ||
	    fdt_query_u64(tree.fdt, chosen, "linux,initrd-end", &end) || end < start)
		start = end = 0;
	devicetree_free(&tree);
	return end - start;
}

static void print_crash_regions(const struct paper *paper, const struct memory_map *map)
{
	const struct range *region = memory_map_crash_region(map);
	char size[WORDS_SIZE];

	if (!region) {
		paper_field(paper, "Region",
			    "none: boot with crashkernel=512M, or as much as its initrd needs");
		return;
	}
	paper_field(paper, "Region", "0x%" PRIx64 " to 0x%" PRIx64 ", %s", region->start,
		    region->end, words_size(size, range_size(*region)));
	if (map->crash_region_count > 1)
		paper_field(paper, "Low region", "%s, for devices that reach no higher",
			    words_size(size, range_size(map->crash_regions[0])));
}

/* How much a crash kernel like the running one takes. What it needs to run nobody knows. */
static void print_need(const struct paper *paper, const struct memory_map *map,
		       const struct sysroot *sysroot)
{
	const uint64_t initrd = find_initrd_size(sysroot);
	char kernel_text[WORDS_SIZE], initrd_text[WORDS_SIZE];

	if (!range_size(map->kernel))
		return;
	words_size(initrd_text, initrd);
	paper_field(paper, "Needed",
		    "a kernel like the running one takes %s%s%s, and much more while it runs; "
		    "kexec --plan -p KERNEL tells what others take",
		    words_size(kernel_text, range_size(map->kernel)),
		    initrd ? " and its initrd " : "", initrd ? initrd_text : "");
}

static void print_crash_memory(const struct paper *paper, const struct sysroot *sysroot)
{
	struct memory_map map;
	int error = memory_map_read(&map, sysroot, &silent);

	paper_gap(paper);
	paper_heading(paper, "Memory for crash kernels");
	if (error == -EPERM) {
		paper_field(paper, "Region", "unknown: root alone can see it");
	} else if (error) {
		paper_field(paper, "Region", "unknown: cannot read /proc/iomem");
	} else {
		print_crash_regions(paper, &map);
		print_need(paper, &map, sysroot);
	}
	memory_map_free(&map);
}

static void print_report(const struct paper *paper, const struct sysroot *sysroot)
{
	char report[PURGATORY_REPORT_SIZE + 1];

	paper_gap(paper);
	paper_heading(paper, "Verification of the running kernel");
	if (last_report_read(report, sysroot, &silent))
		paper_field(
			paper, "Last report",
			"none: firmware started this kernel, or something that does not verify");
	else
		paper_field(paper, "Last report", "%s", report);
}

void status_text_print(FILE *stream, const struct sysroot *sysroot)
{
	struct paper paper;

	paper_open(&paper, stream);
	print_slot(&paper, sysroot, false);
	print_slot(&paper, sysroot, true);
	print_report(&paper, sysroot);
	print_permission(&paper, sysroot);
	print_crash_memory(&paper, sysroot);
}
