/* SPDX-License-Identifier: GPL-2.0-only */
#include "translate.h"

#define SCTLR_M (UINT64_C(1) << 0)
#define SCTLR_C (UINT64_C(1) << 2)

/* TCR's fields for TTBR0; those for TTBR1 are 16 bits higher, TG1 apart. */
#define TCR_TSZ_MASK	  63
#define TCR_EPD		  (UINT64_C(1) << 7)
#define TCR_IRGN_SHIFT	  8
#define TCR_TG0_SHIFT	  14
#define TCR_TG1_SHIFT	  30
#define TCR_TTBR1_SHIFT	  16
#define TTBR_ADDRESS_MASK UINT64_C(0x0000fffffffffffe) /* without ASID and CnP */

#define DESCRIPTOR_VALID   1
#define DESCRIPTOR_TABLE   2 /* at the last level: page */
#define DESCRIPTOR_ADDRESS UINT64_C(0x0000fffffffff000)
#define LAST_LEVEL	   3
#define FIRST_BLOCK_LEVEL  1
#define MAIR_NON_CACHEABLE 0x44

struct root root_from_registers(unsigned int half, bool split, uint64_t sctlr, uint64_t tcr,
				uint64_t mair, uint64_t ttbr)
{
	/* Indexed by TG0 and TG1, whose values do not mean the same. */
	static const uint32_t granules[2][4] = {{12, 16, 14, 0}, {0, 14, 12, 16}};
	uint64_t fields = half ? tcr >> TCR_TTBR1_SHIFT : tcr;
	struct root root = {0};

	root.ttbr = ttbr & TTBR_ADDRESS_MASK;
	root.mair = mair;
	root.granule_shift = granules[half][tcr >> (half ? TCR_TG1_SHIFT : TCR_TG0_SHIFT) & 3];
	root.va_bits = 64 - (fields & TCR_TSZ_MASK);
	root.cached = (sctlr & SCTLR_C) && (fields >> TCR_IRGN_SHIFT & 3);
	root.enabled = (sctlr & SCTLR_M) && !(split && (fields & TCR_EPD)) && root.granule_shift;
	return root;
}

bool root_equal(const struct root *a, const struct root *b)
{
	return a->ttbr == b->ttbr && a->mair == b->mair && a->granule_shift == b->granule_shift &&
	       a->va_bits == b->va_bits && a->enabled == b->enabled;
}

static unsigned int level_shift(const struct root *root, unsigned int level)
{
	return root->granule_shift + (LAST_LEVEL - level) * (root->granule_shift - 3);
}

/* The level at which the highest bit of an address is an index. */
static unsigned int first_level(const struct root *root)
{
	unsigned int level = LAST_LEVEL;

	while (level > 0 && level_shift(root, level - 1) < root->va_bits)
		level--;
	return level;
}

static bool is_leaf(uint64_t descriptor, unsigned int level)
{
	return level == LAST_LEVEL || !(descriptor & DESCRIPTOR_TABLE);
}

static bool is_valid(uint64_t descriptor, unsigned int level)
{
	if (!(descriptor & DESCRIPTOR_VALID))
		return false;
	if (level == LAST_LEVEL)
		return descriptor & DESCRIPTOR_TABLE;
	return level >= FIRST_BLOCK_LEVEL || (descriptor & DESCRIPTOR_TABLE);
}

static bool is_cacheable(const struct root *root, uint64_t leaf)
{
	unsigned int attribute = root->mair >> ((leaf >> 2 & 7) * 8) & 0xff;

	return (attribute & 0xf0) && attribute != MAIR_NON_CACHEABLE;
}

/* The address in a descriptor of what is 2^shift bytes large. */
static uint64_t output_address(uint64_t descriptor, unsigned int shift)
{
	return descriptor & DESCRIPTOR_ADDRESS & ~((UINT64_C(1) << shift) - 1);
}

bool translate(const struct root *root, const struct memory *memory, uint64_t address,
	       struct translation *translation)
{
	uint64_t table = root->ttbr, descriptor, index;
	unsigned int level, shift;

	if (!root->enabled)
		return false;
	for (level = first_level(root);; level++) {
		shift = level_shift(root, level);
		index = (address & ((UINT64_C(1) << root->va_bits) - 1)) >> shift;
		if (level > first_level(root))
			index &= (UINT64_C(1) << (root->granule_shift - 3)) - 1;
		descriptor = memory_read(memory, table + index * 8);
		if (!is_valid(descriptor, level))
			return false;
		if (is_leaf(descriptor, level))
			break;
		table = output_address(descriptor, root->granule_shift);
	}
	translation->address =
		output_address(descriptor, shift) | (address & ((UINT64_C(1) << shift) - 1));
	translation->cacheable = is_cacheable(root, descriptor);
	return true;
}

struct visitor {
	void (*visit)(void *data, uint64_t address);
	void *data;
};

static void visit_table(const struct root *root, const struct memory *memory,
			const struct visitor *visitor, uint64_t table, unsigned int level)
{
	unsigned int shift = level_shift(root, level);
	unsigned int bits =
		level == first_level(root) ? root->va_bits - shift : root->granule_shift - 3;
	uint64_t descriptor, i;

	for (i = 0; i < UINT64_C(1) << bits; i++) {
		descriptor = memory_read(memory, table + i * 8);
		if (!is_valid(descriptor, level))
			continue;
		visitor->visit(visitor->data, table + i * 8);
		if (!is_leaf(descriptor, level))
			visit_table(root, memory, visitor,
				    output_address(descriptor, root->granule_shift), level + 1);
	}
}

void translate_visit(const struct root *root, const struct memory *memory,
		     void (*visit)(void *data, uint64_t address), void *data)
{
	struct visitor visitor = {visit, data};

	if (root->enabled)
		visit_table(root, memory, &visitor, root->ttbr, first_level(root));
}
