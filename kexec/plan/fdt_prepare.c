/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preparing the device tree for the next kernel. The properties are those that Linux reads in
 * drivers/of/fdt.c (early_init_dt_scan_chosen() and its neighbours); the reservations that are
 * removed with them are those that of_kexec_alloc_and_setup_fdt() in drivers/of/kexec.c removes.
 */
#include "plan/fdt_prepare.h"

#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "devicetree/fdt_query.h"
#include "devicetree/fdt_reserved.h"

/*
 * Bytes of room for the root's cells and for a memory node, names and alignment included, and for
 * each range or reservation.
 */
#define ROOM_FOR_CELLS 64
#define ROOM_FOR_NODE  256
#define ROOM_FOR_RANGE 16

/* Properties that the last boot left in /chosen and that no longer hold. */
static const char *const stale_properties[] = {
	"linux,initrd-start",	     /* set again for the new initrd */
	"linux,initrd-end",	     /* likewise */
	"linux,elfcorehdr",	     /* set again for a crash kernel; this system may run as one */
	"linux,usable-memory-range", /* likewise */
	"linux,ima-kexec-buffer",    /* freed by the running kernel after it was read */
	"linux,kho-fdt",	     /* likewise, kexec handover */
	"linux,kho-scratch",
	"linux,booted-from-kexec", /* says that kexec_file_load(2) made the tree */
};

/*
 * True if the reservation was made for @named: it contains it and nothing but its pages, which are
 * pages of the kernel that made the reservation.
 */
static bool reserves(uint64_t address, uint64_t size, struct range named)
{
	uint64_t end;

	if (__builtin_add_overflow(address, size, &end))
		return false;
	return address >= align_down(named.start, PAGE_SIZE_MAX) && address <= named.start &&
	       end >= named.end && end - named.end < PAGE_SIZE_MAX;
}

/*
 * Remove the memory reservations of @named, a range that /chosen names. Returns 0 or an error of
 * libfdt.
 */
static int release(void *fdt, struct range named)
{
	uint64_t address, size;

	for (int i = fdt_num_mem_rsv(fdt) - 1; i >= 0; i--) {
		int result = fdt_get_mem_rsv(fdt, i, &address, &size);

		if (!result && reserves(address, size, named))
			result = fdt_del_mem_rsv(fdt, i);
		if (result)
			return result;
	}
	return 0;
}

static int release_initrd(void *fdt, int chosen)
{
	struct range initrd;

	if (fdt_query_u64(fdt, chosen, "linux,initrd-start", &initrd.start) ||
	    fdt_query_u64(fdt, chosen, "linux,initrd-end", &initrd.end) ||
	    initrd.end <= initrd.start)
		return 0;
	return release(fdt, initrd);
}

/* The same for a property with an address and a size in the root's cells. */
static int release_buffer(void *fdt, int chosen, const char *name)
{
	struct range_set named = {0};
	int result = fdt_query_ranges(fdt, chosen, name, &named) ? -FDT_ERR_NOSPACE : 0;

	for (size_t i = 0; i < named.count && !result; i++)
		result = release(fdt, named.ranges[i]);
	range_set_free(&named);
	return result;
}

static int delete_property(void *fdt, int node, const char *name)
{
	int result = fdt_delprop(fdt, node, name);

	return result == -FDT_ERR_NOTFOUND ? 0 : result;
}

static int remove_stale(void *fdt, int chosen)
{
	int result = release_initrd(fdt, chosen);

	if (!result)
		result = release_buffer(fdt, chosen, "linux,elfcorehdr");
	if (!result)
		result = release_buffer(fdt, chosen, "linux,ima-kexec-buffer");
	for (size_t i = 0; i < sizeof(stale_properties) / sizeof(stale_properties[0]) && !result;
	     i++)
		result = delete_property(fdt, chosen, stale_properties[i]);
	return result;
}

static int remove_usable_memory(void *fdt)
{
	int node, result;

	/* Deleting a property moves only what follows the node's start. */
	fdt_for_each_subnode(node, fdt, 0)
	{
		if (!fdt_query_is_memory(fdt, node))
			continue;
		result = delete_property(fdt, node, "linux,usable-memory");
		if (result)
			return result;
	}
	return 0;
}

static int clean(void *fdt)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	int result = remove_usable_memory(fdt);

	return result || chosen < 0 ? result : remove_stale(fdt, chosen);
}

static int set_default(void *fdt, const char *name, uint32_t value)
{
	return fdt_getprop(fdt, 0, name, NULL) ? 0 : fdt_setprop_u32(fdt, 0, name, value);
}

/*
 * Let the root state how many cells it has. If it does not, Linux assumes one of each
 * (early_init_dt_scan_root() in drivers/of/fdt.c), but libfdt, which writes the ranges, two for
 * addresses.
 */
static int state_cells(void *fdt)
{
	const int result = set_default(fdt, "#address-cells", 1);

	return result ? result : set_default(fdt, "#size-cells", 1);
}

/* Add the reservations that @present does not have. Returns 0 or an error of libfdt. */
static int add_reservations(void *fdt, const struct range_set *added,
			    const struct range_set *present)
{
	int result = 0;

	for (size_t i = 0; i < added->count && !result; i++)
		if (!range_set_contain(present, added->ranges[i]))
			result = fdt_add_mem_rsv(fdt, added->ranges[i].start,
						 range_size(added->ranges[i]));
	return result;
}

/* Find the memory node that a boot loader would fill in, or make it. */
static int get_memory_node(void *fdt, uint64_t address)
{
	char name[32];
	int node;

	fdt_for_each_subnode(node, fdt, 0) if (fdt_query_is_memory(fdt, node) &&
					       fdt_query_available(fdt, node)) return node;
	snprintf(name, sizeof(name), "memory@%" PRIx64, address);
	node = fdt_subnode_offset(fdt, 0, name);
	return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, 0, name) : node;
}

static int set_memory(void *fdt, const struct range_set *ram)
{
	int node = get_memory_node(fdt, ram->ranges[0].start);
	int result;

	if (node < 0)
		return node;
	result = fdt_setprop_string(fdt, node, "device_type", "memory");
	if (!result)
		result = delete_property(fdt, node, "status");
	if (!result)
		result = delete_property(fdt, node, "reg");
	for (size_t i = 0; i < ram->count && !result; i++)
		result = fdt_appendprop_addrrange(fdt, 0, node, "reg", ram->ranges[i].start,
						  range_size(ram->ranges[i]));
	return result;
}

/* What the tree gets from the running system's tree. */
struct supply {
	struct range_set ram; /* RAM that is mapped; empty: the tree itself has RAM */
	struct range_set reservations;
};

static void free_supply(struct supply *supply)
{
	range_set_free(&supply->ram);
	range_set_free(&supply->reservations);
}

/* Read the running tree, without what is stale in it since the last boot. */
static int read_running(struct supply *supply, const struct devicetree *running)
{
	const size_t size = fdt_totalsize(running->fdt);
	struct fdt_reserved reserved = {0};
	void *copy = malloc(size);
	int error = 0;

	if (!copy)
		return -ENOMEM;
	if (fdt_open_into(running->fdt, copy, (int)size) || clean(copy))
		error = -EINVAL;
	if (!error && !fdt_query_efi(copy))
		error = fdt_query_ram(copy, &supply->ram);
	if (!error)
		error = fdt_reserved_read(&reserved, copy);
	if (!error)
		error = range_set_subtract_all(&supply->ram, &reserved.no_map);
	if (!error)
		error = range_set_subtract_all(&reserved.all, &reserved.no_map);
	for (size_t i = 0; i < reserved.all.count && !error; i++)
		error = range_set_add(&supply->reservations, reserved.all.ranges[i]);
	fdt_reserved_free(&reserved);
	free(copy);
	return error;
}

/*
 * Add no reservation for memory that the tree itself marks no-map. Linux reads memory reservations
 * first (early_init_fdt_scan_reserved_mem() in drivers/of/fdt.c), and does not unmap a range if any
 * byte of it is reserved already (early_init_dt_reserve_memory(), in 6.12 in
 * drivers/of/of_reserved_mem.c: -EBUSY).
 */
static int spare_no_map(struct supply *supply, const void *fdt)
{
	struct fdt_reserved reserved;
	int error = fdt_reserved_read(&reserved, fdt);

	if (!error)
		error = range_set_subtract_all(&supply->reservations, &reserved.no_map);
	fdt_reserved_free(&reserved);
	return error;
}

/* Find the RAM that the tree needs. Returns 0, or -errno without a message. */
static int find_ram(struct supply *supply, const void *fdt, const struct fdt_prepare *request)
{
	struct range_set ram = {0};
	int error;

	if (fdt_query_efi(fdt))
		return 0;
	error = fdt_query_ram(fdt, &ram);
	if (!error && !ram.count)
		error = request->running->fdt ? read_running(supply, request->running) : 0;
	if (!error && !ram.count && !supply->ram.count)
		error = -ENODATA;
	range_set_free(&ram);
	return error;
}

/* Find what the tree needs from the running system. Returns 0, or -errno without a message. */
static int find_supply(struct supply *supply, const void *fdt, const struct fdt_prepare *request)
{
	int error = 0;

	if (request->reservations)
		error = range_set_intersect(&supply->reservations, request->reservations,
					    (struct range){0, UINT64_MAX});
	if (!error)
		error = find_ram(supply, fdt, request);
	return error ? error : spare_no_map(supply, fdt);
}

/* The bytes that are added to the tree, at most. */
static uint64_t count_room(const struct supply *supply)
{
	return ROOM_FOR_CELLS + ROOM_FOR_NODE +
	       ROOM_FOR_RANGE * (uint64_t)(supply->ram.count + supply->reservations.count);
}

/* Edit the copy. Returns 0, or -errno without a message: -ERANGE if a number needs more cells. */
static int prepare_copy(void *fdt, const struct supply *supply)
{
	struct fdt_reserved present = {0};
	int result = clean(fdt);
	int error = 0;

	if (!result)
		result = state_cells(fdt);
	if (!result)
		error = fdt_reserved_read(&present, fdt);
	if (!result && !error) {
		result = add_reservations(fdt, &supply->reservations, &present.all);
		if (!result && supply->ram.count)
			result = set_memory(fdt, &supply->ram);
		if (!result)
			result = fdt_pack(fdt);
	}
	fdt_reserved_free(&present);
	if (result)
		return result == -FDT_ERR_BADVALUE ? -ERANGE : -EINVAL;
	return error;
}

/* Explain why this system has no RAM to fill in. */
static const char *explain_no_supply(const struct fdt_prepare *request)
{
	if (request->running->fdt && fdt_query_efi(request->running->fdt))
		return "EFI describes this system's RAM, which a tree without "
		       "linux,uefi-system-table in /chosen does not hand on: name a tree with its "
		       "RAM, or leave out --dtb";
	return "this system's own has none to fill in: the next kernel would find no RAM";
}

/* Report @error of find_supply() or of a later step. */
static int report(int error, const struct fdt_prepare *request, const struct log *log)
{
	if (error == -ENODATA)
		return log_error(log, -EINVAL,
				 "device tree %s has no memory node with RAM (device_type memory, "
				 "reg), and %s",
				 request->source, explain_no_supply(request));
	if (error == -ERANGE)
		return log_error(log, -EINVAL,
				 "device tree %s has too few #address-cells or #size-cells in its "
				 "root node to name this system's RAM: use one with 2 of each",
				 request->source);
	return log_error(log, error, "cannot prepare device tree %s: %s", request->source,
			 error == -EINVAL ? "it is malformed" : strerror(-error));
}

int fdt_prepare_for_next(struct devicetree *prepared, const struct devicetree *tree,
			 const struct fdt_prepare *request, const struct log *log)
{
	struct supply supply = {0};
	int error;

	memset(prepared, 0, sizeof(*prepared));
	error = find_supply(&supply, tree->fdt, request);
	if (!error)
		error = devicetree_enlarge(prepared, tree, count_room(&supply));
	if (!error)
		error = prepare_copy(prepared->fdt, &supply);
	if (!error && supply.ram.count)
		log_debug(log, "device tree: %s has no RAM, this system's is filled in",
			  request->source);
	if (error) {
		report(error, request, log);
		devicetree_free(prepared);
	}
	free_supply(&supply);
	return error == -ENODATA || error == -ERANGE ? -EINVAL : error;
}
