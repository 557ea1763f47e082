/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic of addresses; what is asked of sets of up to two ranges at any addresses; and how sets
 * of up to three ranges change, where there is room for one more. The latter with addresses below
 * 16: the code compares and copies them and does nothing else, and three ranges and the one that
 * comes or goes have eight bounds, so that every order of them is among these.
 */
#include "proof.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The library's take bytes, for which no solver got there in minutes. */
static void *move_ranges(void *to, const void *from, size_t size);
#define memmove move_ranges
#define memcpy	move_ranges
#include "../../kexec/base/range.c"

#define ADDRESSES 16
#define MOST	  3

static void *move_ranges(void *to, const void *from, size_t size)
{
	struct range copy[MOST + 1], *target = to;
	const struct range *source = from;
	const size_t count = size / sizeof(struct range);

	PROVE(size % sizeof(struct range) == 0 && count <= MOST + 1);
	for (size_t i = 0; i < count; i++)
		copy[i] = source[i];
	for (size_t i = 0; i < count; i++)
		target[i] = copy[i];
	return to;
}

static struct range any_range(void)
{
	struct range range = {nondet_uint64_t(), nondet_uint64_t()};

	__CPROVER_assume(range.start <= range.end);
	return range;
}

static bool has(struct range range, uint64_t address)
{
	return range.start <= address && address < range.end;
}

static bool set_has(const struct range_set *set, uint64_t address)
{
	for (size_t i = 0; i < set->count; i++)
		if (has(set->ranges[i], address))
			return true;
	return false;
}

/* Sorted, none empty, neighbours apart. */
static bool is_right(const struct range_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->ranges[i].start >= set->ranges[i].end)
			return false;
		if (i > 0 && set->ranges[i - 1].end >= set->ranges[i].start)
			return false;
	}
	return true;
}

static struct range_set any_set(size_t most)
{
	struct range_set set = {malloc(most * sizeof(struct range)), nondet_uint64_t(), most};

	__CPROVER_assume(set.ranges && set.count <= most);
	for (size_t i = 0; i < most; i++)
		set.ranges[i] = any_range();
	__CPROVER_assume(is_right(&set));
	return set;
}

void questions(void)
{
	const struct range_set set = any_set(2);
	const struct range range = any_range();
	const uint64_t address = nondet_uint64_t();
	const struct range *overlap = range_set_find_overlap(&set, range);

	__CPROVER_assume(range.start < range.end);
	if (range_set_contain(&set, range) && has(range, address))
		PROVE(set_has(&set, address));
	if (overlap)
		PROVE(range_overlap(*overlap, range));
	else
		PROVE(!(has(range, address) && set_has(&set, address)));
	REACHED();
}

void find_hole(void)
{
	const struct range_set set = any_set(2);
	const struct range bounds = any_range();
	const uint64_t size = nondet_uint64_t(), offset = nondet_uint64_t();
	const uint64_t shift = nondet_uint64_t(), address = nondet_uint64_t();
	const uint64_t alignment = UINT64_C(1) << (shift & 63);
	struct range hole;

	__CPROVER_assume(offset < alignment && size > 0);
	if (range_set_find_hole(&hole, &set, bounds, size, alignment, offset) == 0) {
		REACHED();
		PROVE(hole.start < hole.end && hole.end - hole.start == size);
		PROVE(range_contain(bounds, hole));
		PROVE(((hole.start - offset) & (alignment - 1)) == 0);
		PROVE(!has(hole, address) || set_has(&set, address));
	}
}

void arithmetic(void)
{
	const uint64_t value = nondet_uint64_t(), size = nondet_uint64_t();
	const uint64_t alignment = UINT64_C(1) << (nondet_uint64_t() & 63);
	struct range range;
	uint64_t aligned;

	if (align_up(&aligned, value, alignment) == 0) {
		PROVE(aligned >= value && aligned - value < alignment);
		PROVE((aligned & (alignment - 1)) == 0);
	} else {
		PROVE(value > UINT64_MAX - (alignment - 1));
	}
	PROVE(align_down(value, alignment) <= value);
	PROVE(value - align_down(value, alignment) < alignment);
	if (range_make(&range, value, size) == 0)
		PROVE(range.start == value && range.end - range.start == size &&
		      range.end >= value);
	REACHED();
}

/* A set of up to MOST ranges at low addresses, and room for one more. */
static struct range_set any_low_set(void)
{
	struct range_set set = any_set(MOST + 1);

	__CPROVER_assume(set.count <= MOST);
	__CPROVER_assume(!set.count || set.ranges[set.count - 1].end < ADDRESSES);
	return set;
}

static struct range any_low_range(void)
{
	const struct range range = any_range();

	__CPROVER_assume(range.end < ADDRESSES);
	return range;
}

void add(void)
{
	struct range_set set = any_low_set();
	const struct range range = any_low_range();
	const uint64_t address = nondet_uint64_t();
	const bool expected = set_has(&set, address) || has(range, address);

	PROVE(range_set_add(&set, range) == 0);
	PROVE(is_right(&set));
	PROVE(set_has(&set, address) == expected);
	REACHED();
}

void subtract(void)
{
	struct range_set set = any_low_set();
	const struct range range = any_low_range();
	const uint64_t address = nondet_uint64_t();
	const bool expected = set_has(&set, address) && !has(range, address);

	PROVE(range_set_subtract(&set, range) == 0);
	PROVE(is_right(&set));
	PROVE(set_has(&set, address) == expected);
	REACHED();
}
