/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds a place for everything. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "load/phases.h"
#include "machine/command_line.h"
#include "machine/page_allocator.h"
#include "machine/running_kernel.h"
#include "permit/kernel_quirks.h"
#include "plan/fdt_edit.h"
#include "plan/purgatory_load.h"

/*
 * More bytes than purgatory takes together with those parts of device tree, manifest and page
 * tables that do not grow with the load, each in whole pages.
 */
#define SMALL_SEGMENTS_SIZE (UINT64_C(4) << 20)

/*
 * The memory that one page table of the second level maps, with pages of 4 KiB; and the table's
 * size.
 */
#define TABLE_REACH (UINT64_C(1) << 30)
#define TABLE_SIZE  UINT64_C(4096)

/* Bytes of kernel and initrd; UINT64_MAX if the kernel claims more memory than any machine has. */
static uint64_t payload_size(const struct load_input *input)
{
	uint64_t payload;

	return __builtin_add_overflow(input->image.memory_size, input->initrd.size, &payload)
		       ? UINT64_MAX
		       : payload;
}

/*
 * Find out which pages may not be written to, because the running kernel or a device still uses
 * them. The running kernel has not used a crash kernel's region since boot, so only pages with
 * hardware errors are unusable there.
 */
int place_open_page_check(struct load_layout *layout, const struct load_input *input,
			  const struct load_context *context)
{
	const struct machine *machine = &input->machine;
	struct plan_memory *memory = &layout->plan.memory;
	struct page_check *check = &layout->page_check;
	int error;

	*check = (struct page_check){
		.flags = {.page_size = machine->page_size,
			  .image = machine->memory.kernel,
			  .only_poison = input->crash_region},
		.left = page_check_budget(payload_size(input), machine->page_size),
		.kernel.warning =
			"only memory with pages of the running kernel fits, and devices may still "
			"write to these after kexec -e: load sooner after boot, or unload drivers "
			"first",
	};
	if (!memory->free.count || (input->crash_region && !machine->poisoned_size))
		return 0;
	error = page_flags_open(&check->flags, &machine->sysroot, memory->free.ranges[0].start);
	if (!error) {
		memory->page_check = check;
		return 0;
	}
	log_debug(context->log,
		  "/proc/kpageflags: %s: devices may still write to some of the memory taken",
		  strerror(-error));
	if (machine->poisoned_size)
		log_warning(context->log,
			    "%" PRIu64 " KiB of memory have hardware errors, and without "
			    "/proc/kpageflags (%s) nothing tells which: the next kernel may be "
			    "loaded there",
			    machine->poisoned_size / 1024, strerror(-error));
	return 0;
}

/*
 * The most bytes that all segments but kernel and initrd take. The manifest has an entry for each
 * chunk. The page tables, up to PURGATORY_TABLES_COUNT sets, have a table for each GiB. UINT64_MAX
 * if the kernel claims more memory than any machine has.
 */
static uint64_t small_segments_size(const struct load_input *input)
{
	const uint64_t payload = payload_size(input);

	if (payload == UINT64_MAX)
		return UINT64_MAX;
	return SMALL_SEGMENTS_SIZE + input->tree.devicetree->size +
	       payload / MANIFEST_CHUNK_SIZE * sizeof(struct manifest_chunk) +
	       payload / TABLE_REACH * TABLE_SIZE * PURGATORY_TABLES_COUNT;
}

/*
 * Find out which memory is better left to the page allocator. Not for a crash kernel, whose pages
 * are written in place, and not for a kernel that is told to leave RAM alone, because it may need
 * its initrd in the rest, which is the lowest. The kernel also allocates lists of all pages.
 */
int place_read_prices(struct load_layout *layout, const struct load_input *input,
		      const struct load_context *context)
{
	struct page_allocator_request request = {
		.map = &input->machine.memory,
		.candidates = &layout->plan.memory.free,
		.page_size = input->machine.page_size,
	};

	if (input->crash_region || command_line_sets(tree_next_command_line(input), "mem="))
		return 0;
	/* A kernel that claims more memory than any machine has gets no place below. */
	if (payload_size(input) == UINT64_MAX)
		return 0;
	request.needed = payload_size(input) / 4 * 5;
	if (__builtin_add_overflow(request.needed, small_segments_size(input), &request.needed))
		return 0;
	if (layout->plan.memory.page_check)
		request.flags = &layout->plan.memory.page_check->flags;
	return page_allocator_read(&layout->plan.memory.costs, &request, &input->machine.sysroot,
				   context->log);
}

static int reserve_kernel_and_initrd(struct load_layout *layout, const struct load_input *input,
				     const struct load_context *context)
{
	const struct kernel_request request = {
		.memory_size = input->image.memory_size,
		.text_offset = input->image.text_offset,
		.initrd_size = input->initrd.size,
		.anywhere = input->image.anywhere,
	};

	return kernel_place_reserve(&layout->place, &layout->plan, context->arch, &request,
				    context->log);
}

/*
 * Check whether there is a hole above the kernel for everything that is placed later. Returns 1, 0
 * or -ENOMEM.
 */
static int leaves_room(struct load_layout *layout, const struct load_input *input)
{
	const struct hole_request request = {
		.size = small_segments_size(input),
		.alignment = 1,
		.bounds = layout->place.above_kernel,
	};
	struct range hole;
	int error = plan_find_hole(&layout->plan, &request, &hole);

	return error == -ENOMEM ? error : !error;
}

/*
 * Keep off the running kernel's code if that may not be writable at the jump. A crash kernel is not
 * concerned, because its region is elsewhere and its pages are not copied.
 */
static int keep_off_code(struct load_layout *layout, const struct load_input *input,
			 const struct load_context *context)
{
	struct plan_memory *memory = &layout->plan.memory;
	struct last_resort *resort = &memory->last_resorts[LAST_RESORT_CODE];
	const struct range code = input->machine.memory.kernel_code;
	const struct kernel_traits traits = {
		.arch = context->arch,
		.release = running_kernel_release(&input->machine.sysroot),
	};
	int error;

	if (input->crash_region || range_size(code) == 0)
		return 0;
	resort->warning = kernel_quirks_find_code(&traits);
	if (!resort->warning)
		return 0;
	log_detail(context->log,
		   "0x%" PRIx64 " to 0x%" PRIx64 ", the running kernel's code, may not be writable "
		   "at the jump",
		   code.start, code.end);
	error = range_set_intersect(&resort->ranges, &memory->free, code);
	return error ? error : last_resort_close(resort, &memory->free);
}

/*
 * Reserve places for both in @all. Returns 1; 0 if they leave no room for the rest; or -errno with
 * a message.
 */
static int try_places(struct load_layout *layout, const struct load_input *input,
		      const struct load_context *context, const struct range_set *all)
{
	int result = plan_reset_free(&layout->plan, all);

	if (result)
		return log_error(context->log, result, "no memory for the memory map");
	result = reserve_kernel_and_initrd(layout, input, context);
	if (result)
		return result;
	result = leaves_room(layout, input);
	return result < 0 ? log_error(context->log, result, "no memory for the memory map")
			  : result;
}

/*
 * Give up the prices. If there are none, open the next last resort, for the other segments alone if
 * they have room then. Returns 1 if kernel and initrd may stay where they are, 0 if they have to be
 * placed again, or -ENOMEM with a message.
 */
static int give_up(struct load_layout *layout, const struct load_input *input,
		   const struct load_context *context)
{
	struct plan_memory *memory = &layout->plan.memory;
	int result;

	if (memory->costs.count) {
		log_detail(context->log, "no room is left above the kernel: nothing has a price");
		cost_map_free(&memory->costs);
		return 0;
	}
	result = plan_open_last_resort(&layout->plan);
	if (result == 0)
		return 1;
	if (result == 1)
		result = leaves_room(layout, input);
	return result < 0 ? log_error(context->log, result, "no memory for the memory map")
			  : result;
}

/*
 * Place kernel and initrd together, because each limits the other. If the cheapest places leave no
 * room for the other segments, they get the lowest ones. The other segments then try without last
 * resorts again.
 */
int place_kernel_and_initrd(struct load_layout *layout, const struct load_input *input,
			    const struct load_context *context)
{
	struct range_set all = {0};
	int result = keep_off_code(layout, input, context);

	if (!result)
		result = range_set_intersect(&all, &layout->plan.memory.free,
					     (struct range){0, UINT64_MAX});
	if (result)
		log_error(context->log, result, "no memory for the memory map");
	while (result == 0) {
		result = try_places(layout, input, context, &all);
		if (result == 0)
			result = give_up(layout, input, context);
	}
	range_set_free(&all);
	if (result > 0 && plan_close_last_resorts(&layout->plan))
		result = log_error(context->log, -ENOMEM, "no memory for the memory map");
	return result < 0 ? result : 0;
}

/*
 * The memory behind the kernel's file is verified too, because it becomes .bss and the first page
 * tables.
 */
int place_add_kernel(struct load_layout *layout, const struct load_input *input,
		     const struct load_context *context)
{
	for (size_t i = 0; i < input->image.part_count; i++) {
		const struct image_part *part = &input->image.parts[i];
		const struct segment segment = {
			.role = SEGMENT_KERNEL,
			.permissions = SEGMENT_READ,
			.address = layout->place.kernel.start + part->offset,
			.data = part->data,
			.size = part->size,
			.memory_size = part->memory_size,
			.covered = part->memory_size,
		};
		int error = plan_add_segment(&layout->plan, &segment, context->log);

		if (error)
			return error;
	}
	return 0;
}

/*
 * True if the manifest covers the segment. It cannot cover a segment that changes after it was
 * hashed.
 */
static bool is_covered(const struct load_context *context, enum segment_role role)
{
	return role != SEGMENT_MANIFEST &&
	       !(role == SEGMENT_ELFCOREHDR && context->request->hotplug);
}

/* Add a segment of data, which purgatory reads and nobody executes. */
static int add_data(struct load_layout *layout, const struct load_context *context,
		    enum segment_role role, const void *data, struct range range)
{
	const struct segment segment = {
		.role = role,
		.permissions = SEGMENT_READ,
		.address = range.start,
		.data = data,
		.size = range_size(range),
		.memory_size = range_size(range),
		.covered = is_covered(context, role) ? range_size(range) : 0,
	};

	return plan_add_segment(&layout->plan, &segment, context->log);
}

int place_add_initrd(struct load_layout *layout, const struct load_input *input,
		     const struct load_context *context)
{
	if (!input->initrd.size)
		return 0;
	return add_data(layout, context, SEGMENT_INITRD, input->initrd.data, layout->place.initrd);
}

/* Reserve a hole above the kernel and add a segment of data there. */
static int place_data_within(struct load_layout *layout, const struct load_context *context,
			     enum segment_role role, const void *data, uint64_t size,
			     const struct range_set *within, struct range *range)
{
	const struct hole_request request = {
		.size = size,
		.alignment = 1,
		.bounds = layout->place.above_kernel,
		.within = within,
	};
	int error;

	error = plan_reserve_hole(&layout->plan, &request, plan_role_name(role), range,
				  context->log);
	if (error)
		return error;
	range->end = range->start + size;
	return add_data(layout, context, role, data, *range);
}

static int place_data(struct load_layout *layout, const struct load_context *context,
		      enum segment_role role, const void *data, uint64_t size, struct range *range)
{
	return place_data_within(layout, context, role, data, size, NULL, range);
}

/* With --hotplug the kernel changes the header itself, so it cannot be verified then. */
int place_elfcorehdr(struct load_layout *layout, const struct load_context *context)
{
	if (!layout->elfcorehdr.data)
		return 0;
	return place_data(layout, context, SEGMENT_ELFCOREHDR, layout->elfcorehdr.data,
			  layout->elfcorehdr.size, &layout->elfcorehdr_range);
}

/*
 * Describe the memory that a crash kernel may use: the regions kept for it, because it must keep
 * off the memory that it dumps.
 */
static void describe_crash(struct fdt_edit *edit, const struct load_layout *layout,
			   const struct load_input *input,
			   struct range usable[MEMORY_MAP_CRASH_MAX])
{
	const struct memory_map *map = &input->machine.memory;

	if (!input->crash_region)
		return;
	for (size_t i = 0; i < map->crash_region_count; i++)
		usable[i] = map->crash_regions[map->crash_region_count - 1 - i];
	edit->elfcorehdr = &layout->elfcorehdr_range;
	edit->usable = usable;
	edit->usable_count = map->crash_region_count;
}

/* Place the device tree where what the next kernel maps around it is RAM that it maps anyway. */
static int place_tree(struct load_layout *layout, const struct load_context *context)
{
	struct range_set places = {0};
	struct range range = {0};
	uint64_t size;
	int error = align_up(&size, layout->dtb.size, layout->plan.memory.page_size);

	if (!error)
		error = next_memory_find_dtb_places(&places, &layout->next_memory, size);
	if (error)
		log_error(context->log, error, "no memory for the device tree's places");
	else
		error = place_data_within(layout, context, SEGMENT_DTB, layout->dtb.fdt,
					  layout->dtb.size, &places, &range);
	range_set_free(&places);
	layout->dtb_address = range.start;
	return error;
}

/*
 * Edit the tree after initrd and ELF core header have their places, because the tree names these.
 */
int place_dtb(struct load_layout *layout, const struct load_input *input,
	      const struct load_context *context)
{
	struct range usable[MEMORY_MAP_CRASH_MAX];
	struct fdt_edit edit = {
		.command_line = input->command_line,
		.initrd = input->initrd.size ? &layout->place.initrd : NULL,
		.source = input->tree.source,
	};
	int error;

	describe_crash(&edit, layout, input, usable);
	error = fdt_edit_for_next(&layout->dtb, input->tree.devicetree, &edit, context->arch,
				  context->log);
	if (error)
		return error;
	return place_tree(layout, context);
}

int place_purgatory(struct load_layout *layout, const struct load_input *input,
		    const struct load_context *context)
{
	const struct elf_rel_layout parts = {
		.page_size = layout->plan.memory.page_size,
		.cpus = input->sharing != 0,
	};
	struct range_set places = {0};
	int error;

	error = purgatory_load_open(&layout->purgatory, context->arch, &parts, context->log);
	if (error)
		return error;
	error = next_memory_find_code_places(&places, &layout->next_memory);
	if (error)
		log_error(context->log, error, "no memory for purgatory's places");
	else
		error = purgatory_load_place(layout->purgatory, &layout->plan,
					     &layout->place.above_kernel, &places, context->log);
	range_set_free(&places);
	return error;
}

/*
 * The segments that the manifest lists are known by now, so its size is too. Its content waits for
 * the patches.
 */
int place_manifest(struct load_layout *layout, const struct load_context *context)
{
	const uint64_t size = manifest_build_size(layout->plan.segments, layout->plan.segment_count,
						  !context->request->no_checks);

	if (size > MANIFEST_SIZE_MAX)
		return log_error(context->log, -EFBIG,
				 "kernel and initrd are larger than purgatory verifies (1 TiB)");
	layout->manifest = calloc(1, size);
	if (!layout->manifest)
		return log_error(context->log, -ENOMEM, "no memory for the manifest");
	return place_data(layout, context, SEGMENT_MANIFEST, layout->manifest, size,
			  &layout->manifest_range);
}

/* Page tables come last, because they map everything that was placed before, but not themselves. */
int place_tables(struct load_layout *layout, const struct load_input *input,
		 const struct load_context *context)
{
	struct table_sets_request request = {
		.arch = context->arch,
		.machine = &input->machine,
		.plan = &layout->plan,
		.cpus = &layout->cpus,
		.required = context->request->mmu == MMU_ON,
	};
	int error;

	if (context->request->mmu == MMU_OFF) {
		layout->tables.reason = PURGATORY_MMU_OPTION;
		return 0;
	}
	error = purgatory_load_find_guard(layout->purgatory, &request.guard, context->log);
	if (!error)
		error = table_sets_choose(&layout->tables, &request, context->log);
	if (!error)
		error = table_sets_place(&layout->tables, &layout->plan,
					 &layout->place.above_kernel, context->log);
	return error;
}

int place_check_plan(struct load_layout *layout, const struct load_context *context)
{
	plan_order_segments(&layout->plan);
	return plan_check(&layout->plan, context->log);
}
