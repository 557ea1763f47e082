/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading the next kernel. The order of all steps is the table at the end of this file: what to
 * boot, what runs here, where things go, and only then the system call.
 */
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "arch/arch.h"
#include "image/file.h"
#include "image/image.h"
#include "machine/command_line.h"
#include "machine/kexec_syscall.h"
#include "machine/machine.h"
#include "plan/fdt_edit.h"
#include "plan/kernel_place.h"
#include "plan/manifest_build.h"
#include "plan/output.h"
#include "plan/plan.h"
#include "plan/purgatory_load.h"
#include "plan/tables.h"
#include "sha256.h"

/* Everything that one load is made of; the steps fill it from top to bottom. */
struct load {
	const struct options *options;
	const struct log *log;

	const struct arch *arch;
	struct machine machine;
	struct image image;
	struct file_bytes initrd;
	char *command_line;

	struct plan plan;
	struct kernel_place place;
	struct devicetree dtb;
	uint64_t dtb_address;
	struct elf_rel *purgatory;
	struct manifest *manifest;
	struct range manifest_range;
	struct tables tables;
};

/* The architecture to load for; without --output it must be the running machine's. */
static int choose_arch(struct load *load)
{
	const struct options *options = load->options;
	const struct arch *running;
	struct utsname name;

	if (uname(&name) < 0)
		return log_error(load->log, -errno, "uname: %s", strerror(errno));
	running = arch_find_machine(name.machine);
	load->arch = options->target ? options->target : running;
	if (!load->arch)
		return log_error(load->log, -ENOTSUP,
				 "this machine is %s, neither arm64 nor riscv64: name the one to "
				 "plan for with --target, and --sysroot and --output",
				 name.machine);
	if (load->arch != running && !options->sysroot)
		return log_error(load->log, -EINVAL,
				 "this machine is %s: for a plan for %s add --sysroot=DIR with a "
				 "captured system",
				 name.machine, load->arch->name);
	return 0;
}

/* Nothing is tried that is known to be forbidden; --output asks nothing of the kernel. */
static int check_permitted(struct load *load)
{
	const struct sysroot running = {.directory = ""};

	if (load->options->output)
		return 0;
	return kexec_check_permitted(&running, load->log);
}

static int read_machine(struct load *load)
{
	return machine_read(&load->machine, load->arch, load->options->sysroot,
			    load->options->serial, load->log);
}

static int read_image(struct load *load)
{
	return image_open(&load->image, load->arch, load->options->kernel, load->options->type,
			  load->machine.ram_size / 2, load->log);
}

static int read_initrd(struct load *load)
{
	if (!load->options->initrd)
		return 0;
	return file_bytes_map(&load->initrd, load->options->initrd, "initrd", load->log);
}

static int read_command_line(struct load *load)
{
	int error = command_line_compose(&load->command_line, &load->machine.sysroot,
					 load->options->reuse_cmdline, load->options->append, false,
					 load->log);

	if (!error && load->command_line &&
	    strlen(load->command_line) >= load->arch->command_line_size)
		return log_error(load->log, -E2BIG,
				 "the command line has %zu bytes, of which a kernel for %s keeps "
				 "%u: shorten it",
				 strlen(load->command_line), load->arch->name,
				 load->arch->command_line_size - 1);
	return error;
}

/* The memory in which segments may lie: RAM, neither reserved nor kept for a crash kernel. */
static int find_free_memory(struct load *load)
{
	const struct memory_map *map = &load->machine.memory;
	const struct range_set *taken[] = {&map->reserved, &map->crash};
	struct plan_memory *memory = &load->plan.memory;
	int error;

	memory->map = map;
	memory->bounds = load->options->memory_bounds;
	memory->page_size = load->machine.page_size;
	memory->load_limit = load->machine.ram_size / 2;
	error = range_set_intersect(&memory->free, &map->ram, memory->bounds);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		for (size_t j = 0; j < taken[i]->count && !error; j++)
			error = range_set_subtract(&memory->free, taken[i]->ranges[j]);
	return error ? log_error(load->log, error, "no memory for the memory map") : 0;
}

/* Kernel and initrd get their places together, because each limits the other. */
static int reserve_kernel_and_initrd(struct load *load)
{
	const struct kernel_request request = {
		.memory_size = load->image.memory_size,
		.text_offset = load->image.text_offset,
		.initrd_size = load->initrd.size,
	};

	return kernel_place_reserve(&load->place, &load->plan, load->arch, &request, load->log);
}

/* The memory behind the kernel's file is verified too: it becomes .bss and the first page tables.
 */
static int add_kernel(struct load *load)
{
	for (size_t i = 0; i < load->image.part_count; i++) {
		const struct image_part *part = &load->image.parts[i];
		const struct segment segment = {
			.role = SEGMENT_KERNEL,
			.permissions = SEGMENT_READ,
			.address = load->place.kernel.start + part->offset,
			.data = part->data,
			.size = part->size,
			.memory_size = part->memory_size,
			.covered = part->memory_size,
		};
		int error = plan_add_segment(&load->plan, &segment, load->log);

		if (error)
			return error;
	}
	return 0;
}

/* Add a segment of data that purgatory reads and the kernel does not execute. */
static int add_data(struct load *load, enum segment_role role, const void *data, struct range range)
{
	const struct segment segment = {
		.role = role,
		.permissions = SEGMENT_READ,
		.address = range.start,
		.data = data,
		.size = range_size(range),
		.memory_size = range_size(range),
		.covered = role == SEGMENT_MANIFEST ? 0 : range_size(range),
	};

	return plan_add_segment(&load->plan, &segment, load->log);
}

static int add_initrd(struct load *load)
{
	if (!load->initrd.size)
		return 0;
	return add_data(load, SEGMENT_INITRD, load->initrd.data, load->place.initrd);
}

/* Reserve a hole above the kernel and add a segment of data there. */
static int place_data(struct load *load, enum segment_role role, const void *data, uint64_t size,
		      struct range *range)
{
	const struct hole_request request = {
		.size = size,
		.alignment = 1,
		.bounds = load->place.above_kernel,
	};
	int error;

	error = plan_reserve_hole(&load->plan, &request, segment_role_name(role), range, load->log);
	if (error)
		return error;
	range->end = range->start + size;
	return add_data(load, role, data, *range);
}

/* The tree is edited when the initrd has its place, which the tree names. */
static int place_dtb(struct load *load)
{
	const struct options *options = load->options;
	const struct fdt_edit edit = {
		.command_line = load->command_line,
		.initrd = load->initrd.size ? &load->place.initrd : NULL,
		.source = options->dtb ? options->dtb : "the running device tree",
	};
	struct devicetree given = {0};
	struct range range;
	int error;

	if (options->dtb) {
		error = devicetree_read_file(&given, options->dtb, load->log);
		if (error)
			return error;
	} else if (!load->machine.devicetree.fdt) {
		return log_error(load->log, -ENOENT,
				 "this system has no device tree (/sys/firmware/fdt, "
				 "/proc/device-tree): name one with --dtb");
	}
	error = fdt_edit_for_next(&load->dtb, options->dtb ? &given : &load->machine.devicetree,
				  &edit, load->arch, load->log);
	devicetree_free(&given);
	if (error)
		return error;
	error = place_data(load, SEGMENT_DTB, load->dtb.fdt, load->dtb.size, &range);
	load->dtb_address = range.start;
	return error;
}

static int place_purgatory(struct load *load)
{
	int error;

	error = purgatory_open(&load->purgatory, load->arch, load->plan.memory.page_size,
			       load->log);
	if (error)
		return error;
	return purgatory_place(load->purgatory, &load->plan, &load->place.above_kernel, load->log);
}

/* What the manifest lists is known by now, so its size is; its content waits for the patches. */
static int place_manifest(struct load *load)
{
	const uint64_t size = manifest_size(load->plan.segments, load->plan.segment_count,
					    !load->options->no_checks);

	if (size > MANIFEST_SIZE_MAX)
		return log_error(load->log, -EFBIG,
				 "kernel and initrd are larger than purgatory verifies (1 TiB)");
	load->manifest = calloc(1, size);
	if (!load->manifest)
		return log_error(load->log, -ENOMEM, "no memory for the manifest");
	return place_data(load, SEGMENT_MANIFEST, load->manifest, size, &load->manifest_range);
}

/* Page tables map all that was placed so far, and not themselves: they come last. */
static int place_tables(struct load *load)
{
	struct tables_request request = {
		.arch = load->arch,
		.machine = &load->machine,
		.plan = &load->plan,
		.required = load->options->mmu == MMU_ON,
	};
	int error;

	if (load->options->mmu == MMU_OFF) {
		load->tables.reason = PURGATORY_MMU_OPTION;
		return 0;
	}
	error = purgatory_find_guard(load->purgatory, &request.guard, load->log);
	if (!error)
		error = tables_choose(&load->tables, &request, load->log);
	if (!error)
		error = tables_place(&load->tables, &load->plan, &load->place.above_kernel,
				     load->log);
	return error;
}

static int order_segments(struct load *load)
{
	plan_order_segments(&load->plan);
	return 0;
}

static int check_plan(struct load *load)
{
	return plan_check(&load->plan, load->log);
}

static int build_tables(struct load *load)
{
	return tables_build(&load->tables, load->log);
}

static int patch_purgatory(struct load *load)
{
	const struct purgatory_settings settings = {
		.address = load->plan.entry,
		.kernel_entry = load->place.kernel.start + load->image.entry,
		.kernel_dtb = load->dtb_address,
		.manifest = load->manifest_range,
		.tables = &load->tables,
		.console = load->machine.console,
		.timer_frequency = load->machine.timer_frequency,
		.reset_method = load->machine.reset_method,
		.mismatch_policy = load->options->mismatch_policy,
	};

	return purgatory_patch(load->purgatory, &settings, load->log);
}

/* What was patched so far is covered by the manifest; the digests that follow are not. */
static int seal_tables(struct load *load)
{
	return purgatory_patch_tables_digest(load->purgatory, &load->tables, load->log);
}

/* From here on nothing that the manifest covers may change. */
static int seal_manifest(struct load *load)
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	manifest_write(load->manifest, load->plan.segments, load->plan.segment_count,
		       !load->options->no_checks);
	sha256_digest(load->manifest, range_size(load->manifest_range), digest);
	return purgatory_patch_manifest_digest(load->purgatory, digest, load->log);
}

/* Record where the symbols are, for whoever examines the plan. */
static int write_output(struct load *load)
{
	static const char *const names[] = {
		PURGATORY_ENTRY_SYMBOL,
		PURGATORY_GUARD_SYMBOL,
		"purgatory_address",
		"purgatory_kernel_entry",
		"purgatory_kernel_dtb",
		"purgatory_manifest_address",
		"purgatory_manifest_size",
		"purgatory_manifest_digest",
		"purgatory_mmu_reason",
		"purgatory_tables_register",
		"purgatory_tables_address",
		"purgatory_tables_size",
		"purgatory_tables_bits",
		"purgatory_tables_digest",
		"purgatory_console_type",
		"purgatory_console_address",
		"purgatory_console_register_shift",
		"purgatory_console_register_width",
		"purgatory_timer_frequency",
		"purgatory_reset_method",
		"purgatory_mismatch_policy",
	};
	struct output_symbol symbols[sizeof(names) / sizeof(names[0])];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t size;
		int error;

		symbols[i].name = names[i];
		error = elf_rel_get_symbol(load->purgatory, names[i], &symbols[i].address, &size,
					   load->log);
		if (error)
			return error;
	}
	return output_plan(&load->plan, load->arch, 0, symbols, sizeof(names) / sizeof(names[0]),
			   load->options->output, load->log);
}

static int hand_over(struct load *load)
{
	if (load->options->output)
		return write_output(load);
	return kexec_load_plan(&load->plan, load->arch, 0, load->log);
}

/* What was hashed is what is in the files: else the load would fail its verification later. */
static int check_files(struct load *load)
{
	int error = file_bytes_check_unchanged(&load->image.file, load->options->kernel, load->log);

	if (!error && load->initrd.size)
		error = file_bytes_check_unchanged(&load->initrd, load->options->initrd, load->log);
	return error;
}

/* The kernel has read the files by now: once more, and rather no kernel than one that mismatches.
 */
static int confirm_files(struct load *load)
{
	int error = check_files(load);

	if (error && !load->options->output)
		kexec_unload(0, load->log);
	return error;
}

static void load_free(struct load *load)
{
	tables_free(&load->tables);
	free(load->manifest);
	if (load->purgatory)
		elf_rel_close(load->purgatory);
	devicetree_free(&load->dtb);
	plan_free(&load->plan);
	free(load->command_line);
	file_bytes_free(&load->initrd);
	image_close(&load->image);
	machine_free(&load->machine);
}

int load(const struct options *options, const struct log *log)
{
	static int (*const steps[])(struct load *) = {
		/* what to boot, and what runs here */
		choose_arch,
		check_permitted,
		read_machine,
		read_image,
		read_initrd,
		read_command_line,
		/* where everything goes */
		find_free_memory,
		reserve_kernel_and_initrd,
		add_kernel,
		add_initrd,
		place_dtb,
		place_purgatory,
		place_manifest,
		place_tables,
		order_segments,
		check_plan,
		/* what purgatory is to know and to verify */
		build_tables,
		patch_purgatory,
		seal_tables,
		seal_manifest,
		check_files,
		/* the system call, or --output */
		hand_over,
		confirm_files,
	};
	struct load load = {.options = options, .log = log};
	int error = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !error; i++)
		error = steps[i](&load);
	load_free(&load);
	return error;
}
