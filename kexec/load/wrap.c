/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps for a load that is wrapped into one Image; they do nothing for other loads. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/phases.h"
#include "load/wrap_trial.h"

/* How messages of log_error() and log_warning() begin. */
#define MESSAGE_PREFIX "kexec: "
#define WARNING_PREFIX MESSAGE_PREFIX "warning: "

static int report_no_room(const struct load_input *input, const struct load_context *context)
{
	return log_error(context->log, -ENOSPC,
			 "the crash kernel's region, 0x%" PRIx64 " to 0x%" PRIx64
			 ", has no room where the running kernel places a crash kernel: boot with "
			 "a larger crashkernel=",
			 input->crash_region->start, input->crash_region->end);
}

/*
 * Find the memory in which everything must lie: from the base on, without a gap, because the kernel
 * writes all of it, to where the tail begins.
 */
static int find_room(struct range *room, const struct load_layout *layout,
		     const struct load_input *input, const struct load_context *context)
{
	const struct range region = *input->crash_region;
	const uint64_t page_size = layout->plan.memory.page_size;
	const uint64_t tail = wrapped_image_tail_size(input->machine.devicetree.size);
	const struct range *free;
	uint64_t base;

	if (range_size(region) > tail && !wrapped_image_find_base(&base, region) &&
	    base < region.end - tail) {
		free = range_set_find_overlap(&layout->plan.memory.free,
					      (struct range){base, base + page_size});
		if (free && free->start <= base) {
			*room = range_clip(*free, (struct range){base, region.end - tail});
			return 0;
		}
	}
	return report_no_room(input, context);
}

/* Leave only @room as free memory. */
static int limit_free(struct plan_memory *memory, struct range room)
{
	struct range_set inside = {0};
	int error = range_set_intersect(&inside, &memory->free, room);

	if (error)
		return error;
	range_set_free(&memory->free);
	memory->free = inside;
	return 0;
}

int wrap_reserve(struct load_layout *layout, const struct load_input *input,
		 const struct load_context *context)
{
	struct range room = {0};
	struct segment head = {
		.role = SEGMENT_PURGATORY,
		.permissions = SEGMENT_READ,
		.data = layout->head,
		.size = sizeof(layout->head),
		.memory_size = layout->plan.memory.page_size,
		.covered = layout->plan.memory.page_size,
	};
	int error;

	if (!context->choice.wrapped)
		return 0;
	error = find_room(&room, layout, input, context);
	if (error)
		return error;
	if (range_size(room) <= WRAPPED_IMAGE_HEAD_ROOM)
		return report_no_room(input, context);
	head.address = room.start;
	/* A kernel with a text_offset would fit closer, but one layout is easier to read. */
	room.start += WRAPPED_IMAGE_HEAD_ROOM;
	error = limit_free(&layout->plan.memory, room);
	if (error)
		return log_error(context->log, error, "no memory for the memory map");
	return plan_add_segment(&layout->plan, &head, context->log);
}

int wrap_check(struct load_layout *layout, const struct load_context *context)
{
	struct plan *plan = &layout->plan;
	int usable;

	if (!context->choice.wrapped)
		return 0;
	wrapped_image_describe(&layout->wrapped, plan);
	if (range_size(layout->wrapped.range) > plan->memory.load_limit)
		return log_error(context->log, -ENOSPC,
				 "the crash kernel needs %" PRIu64 " bytes in one piece, but the "
				 "running kernel loads %" PRIu64 " at most (half of RAM): use a "
				 "smaller initrd",
				 range_size(layout->wrapped.range), plan->memory.load_limit);
	if (range_size(layout->wrapped.range) > WRAP_SIZE_MAX)
		return log_error(context->log, -EFBIG,
				 "the crash kernel needs %" PRIu64 " bytes in one file, and the "
				 "running kernel may load only 2 GiB: use a smaller initrd",
				 range_size(layout->wrapped.range));
	/* The kernel writes what lies between the segments, too. */
	usable = plan_check_pages(plan, layout->wrapped.range);
	if (usable < 0)
		return log_error(context->log, usable, "no memory for the memory map");
	return usable ? 0
		      : log_error(context->log, -ENOSPC,
				  "there are pages with hardware errors where the running kernel "
				  "places a crash kernel: reserve another region");
}

int wrap_write_head(struct load_layout *layout, const struct load_context *context)
{
	if (context->choice.wrapped)
		wrapped_image_write_head(layout->head, &layout->wrapped);
	return 0;
}

void wrap_trial_open(struct wrap_trial *trial, const struct load_context *context)
{
	*trial = (struct wrap_trial){.context = *context};
	trial->log.stream = open_memstream(&trial->messages, &trial->size);
	trial->context.log = &trial->log;
}

/* The error among @messages, which end in one: the last line that is no warning. */
static const char *find_error(char *messages)
{
	const char *found = NULL;
	char *rest = messages, *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (strncmp(line, WARNING_PREFIX, strlen(WARNING_PREFIX)) != 0 &&
		    strncmp(line, MESSAGE_PREFIX, strlen(MESSAGE_PREFIX)) == 0)
			found = line + strlen(MESSAGE_PREFIX);
	return found ? found : "there is no memory to find out more";
}

void wrap_trial_close(struct wrap_trial *trial, int error, struct load_context *context)
{
	if (trial->log.stream)
		fclose(trial->log.stream);
	if (error) {
		log_warning(context->log,
			    "%s, because it cannot be loaded together with what verifies it: %s",
			    context->arch->file_load_loss, find_error(trial->messages));
		choose_call_unwrap(&context->choice);
	}
	free(trial->messages);
}
