/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Editing the device tree for the next kernel. The properties are those that Linux reads in
 * drivers/of/fdt.c (early_init_dt_scan_chosen() and its neighbours).
 */
#include "plan/fdt_edit.h"

#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>
#include <sys/random.h>

#include "purgatory.h"

#define RNG_SEED_SIZE	32
#define KASLR_SEED_SIZE 8

/* Room for /chosen and all properties that are added, names and alignment included. */
#define ROOM_FOR_EDITS (1024 + PURGATORY_REPORT_SIZE)

/*
 * Set the property @name to @size random bytes. getrandom() never fails on Linux from 3.17 on,
 * because a call for so few bytes is not interrupted.
 */
static int set_random(void *fdt, int node, const char *name, int size)
{
	void *value;
	int result = fdt_setprop_placeholder(fdt, node, name, size, &value);

	if (result)
		return result;
	return getrandom(value, (size_t)size, 0) == size ? 0 : -FDT_ERR_INTERNAL;
}

/*
 * Make new seeds, because the running kernel has wiped the old ones or drawn from them. The
 * kernel's own loader also adds one for KASLR if firmware gave none; "nokaslr" makes kernels ignore
 * it.
 */
static int refresh_seeds(void *fdt, int chosen)
{
	int result = set_random(fdt, chosen, "rng-seed", RNG_SEED_SIZE);

	return result ? result : set_random(fdt, chosen, "kaslr-seed", KASLR_SEED_SIZE);
}

static int set_initrd(void *fdt, int chosen, const struct range *initrd)
{
	int result = fdt_setprop_u64(fdt, chosen, "linux,initrd-start", initrd->start);

	return result ? result : fdt_setprop_u64(fdt, chosen, "linux,initrd-end", initrd->end);
}

/* Append a range in the cells of the root node, as drivers/of/fdt.c reads it. */
static int add_range(void *fdt, int chosen, const char *name, struct range range)
{
	return fdt_appendprop_addrrange(fdt, 0, chosen, name, range.start, range_size(range));
}

static int set_crash_ranges(void *fdt, int chosen, const struct fdt_edit *edit)
{
	int result = add_range(fdt, chosen, "linux,elfcorehdr", *edit->elfcorehdr);

	for (size_t i = 0; i < edit->usable_count && !result; i++)
		result = add_range(fdt, chosen, "linux,usable-memory-range", edit->usable[i]);
	return result;
}

/* Make room for the report. What the running kernel's purgatory reported ends here. */
static int clear_report(void *fdt, int chosen)
{
	void *value;
	int result = fdt_setprop_placeholder(fdt, chosen, PURGATORY_REPORT_PROPERTY,
					     PURGATORY_REPORT_SIZE, &value);

	if (!result)
		memset(value, 0, PURGATORY_REPORT_SIZE);
	return result;
}

/* Find /chosen or make it. Returns its offset or a negative error of libfdt. */
static int get_chosen(void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/chosen");

	return chosen == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, 0, "chosen") : chosen;
}

/*
 * Take FDT_NOP out of the structure block. Linux puts 44 bytes of them over the rng-seed that it
 * takes (early_init_dt_scan_chosen() in drivers/of/fdt.c), which would add up in a chain of
 * kernels: libfdt leaves them where they are. Returns 0 or a negative error of libfdt.
 */
static int remove_nops(void *fdt)
{
	uint8_t *block = (uint8_t *)fdt + fdt_off_dt_struct(fdt);
	int kept = 0, next = 0;
	uint32_t tag;

	do {
		const int offset = next;

		tag = fdt_next_tag(fdt, offset, &next);
		if (next < 0)
			return next;
		if (tag == FDT_NOP)
			continue;
		memmove(block + kept, block + offset, (size_t)(next - offset));
		kept += next - offset;
	} while (tag != FDT_END);
	fdt_set_size_dt_struct(fdt, (uint32_t)kept);
	return 0;
}

static int edit_tree(void *fdt, const struct fdt_edit *edit)
{
	int result = remove_nops(fdt);
	int chosen;

	if (result)
		return result;
	chosen = get_chosen(fdt);
	if (chosen < 0)
		return chosen;
	if (edit->command_line)
		result = fdt_setprop_string(fdt, chosen, "bootargs", edit->command_line);
	if (!result && edit->initrd)
		result = set_initrd(fdt, chosen, edit->initrd);
	if (!result && edit->elfcorehdr)
		result = set_crash_ranges(fdt, chosen, edit);
	if (!result)
		result = clear_report(fdt, chosen);
	if (!result)
		result = refresh_seeds(fdt, chosen);
	return result ? result : fdt_pack(fdt);
}

static int edit_copy(struct devicetree *copy, const struct fdt_edit *edit, const struct arch *arch,
		     const struct log *log)
{
	int result = edit_tree(copy->fdt, edit);

	/* Only the edits with these numbers can fail because of too few cells. */
	if (result == -FDT_ERR_BADVALUE)
		return log_error(log, -EINVAL,
				 "device tree %s has too few #address-cells or #size-cells in its "
				 "root node to name the crash kernel's memory: use one with 2 of "
				 "each",
				 edit->source);
	if (result)
		return log_error(log, -EINVAL, "cannot edit device tree %s: %s", edit->source,
				 fdt_strerror(result));
	if (fdt_totalsize(copy->fdt) > arch->dtb_size_max)
		return log_error(log, -EFBIG,
				 "device tree %s has %u bytes with its new /chosen, and %s kernels "
				 "take at most %" PRIu64,
				 edit->source, fdt_totalsize(copy->fdt), arch->name,
				 arch->dtb_size_max);
	/* Cut off the room that the edits did not need, and the source's own padding. */
	copy->size = fdt_totalsize(copy->fdt);
	return 0;
}

int fdt_edit_for_next(struct devicetree *next, const struct devicetree *tree,
		      const struct fdt_edit *edit, const struct arch *arch, const struct log *log)
{
	const size_t text = edit->command_line ? strlen(edit->command_line) : 0;
	int error = devicetree_enlarge(next, tree, ROOM_FOR_EDITS + (uint64_t)text);

	if (error)
		log_error(log, error, "cannot copy device tree %s: %s", edit->source,
			  strerror(-error));
	else
		error = edit_copy(next, edit, arch, log);
	if (error)
		devicetree_free(next);
	return error;
}

uint64_t fdt_edit_report_offset(const struct devicetree *next)
{
	const int chosen = fdt_path_offset(next->fdt, "/chosen");
	const uint8_t *value = fdt_getprop(next->fdt, chosen, PURGATORY_REPORT_PROPERTY, NULL);

	return (uint64_t)(value - (const uint8_t *)next->fdt);
}
