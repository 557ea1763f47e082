/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading finished page tables back. */
#include "plan/page_table_query.h"

#include <endian.h>
#include <stddef.h>
#include <string.h>

#include "arch/page_table_formats.h"

#define BIT(number)	(UINT64_C(1) << (number))
#define BITS(high, low) ((BIT((high) - (low) + 1) - 1) << (low))

/* Which virtual addresses a root translates. */
enum reach {
	REACH_SIGNED, /* upper bits repeat the highest translated one: riscv64 */
	REACH_ZEROS,  /* upper bits are 0: TTBR0, and Sv32, which has none */
	REACH_ONES,   /* upper bits are 1: TTBR1 */
};

/* How a CPU reads its tables. */
struct regime {
	const struct page_table_format *format; /* the builder's format for it */
	void (*read)(const struct regime *regime, uint64_t bits, struct page_table_entry *entry);
	unsigned int virtual_bits;
	unsigned int levels;
	unsigned int entry_size; /* bytes; a table has 4096 of them */
	enum reach reach;
	bool one_range; /* arm64 EL2 without E2H, which serves no EL0 */
};

/* Keep only the first complaint, because later ones tend to follow from it. */
static void complain_if(struct page_table_entry *entry, bool wrong, const char *complaint)
{
	if (wrong && !entry->complaint)
		entry->complaint = complaint;
}

static void check_leaf(struct page_table_entry *entry)
{
	complain_if(entry, entry->physical_address % entry->size, "the block is misaligned");
	complain_if(entry, entry->writable && entry->executable, "writable and executable");
}

/* --- riscv: privileged specification, "Sv32: Page-Based 32-bit Virtual-Memory Systems" and on - */

enum {
	PTE_V = BIT(0),
	PTE_R = BIT(1),
	PTE_W = BIT(2),
	PTE_X = BIT(3),
	PTE_U = BIT(4),
	PTE_G = BIT(5),
	PTE_A = BIT(6),
	PTE_D = BIT(7),
	PTE_RSW = BITS(9, 8),
};

static void read_pte_leaf(uint64_t pte, struct page_table_entry *entry)
{
	entry->kind = PAGE_TABLE_LEAF;
	entry->readable = pte & PTE_R;
	entry->writable = pte & PTE_W;
	entry->executable = pte & PTE_X;
	complain_if(entry, (pte & PTE_W) && !(pte & PTE_R), "W without R is reserved");
	complain_if(entry, pte & PTE_U, "open to user mode");
	complain_if(entry, pte & PTE_G, "global");
	complain_if(entry, !(pte & PTE_A), "A is clear: the first access would fault");
	complain_if(entry, (pte & PTE_W) && !(pte & PTE_D),
		    "D is clear: the first store would fault");
	complain_if(entry, !(pte & PTE_W) && (pte & PTE_D), "D is set, but nothing can be written");
	check_leaf(entry);
}

static void read_pte(const struct regime *regime, uint64_t pte, struct page_table_entry *entry)
{
	const uint64_t page_number = regime->entry_size == 4 ? BITS(31, 10) : BITS(53, 10);

	if (!(pte & PTE_V)) {
		complain_if(entry, pte != 0, "invalid, but not zero");
		return;
	}
	entry->physical_address = (pte & page_number) >> 10 << 12;
	complain_if(entry, pte & ~(page_number | BITS(9, 0)), "reserved bits are set");
	complain_if(entry, pte & PTE_RSW, "bits for software are set");
	if (pte & (PTE_R | PTE_W | PTE_X)) {
		read_pte_leaf(pte, entry);
		return;
	}
	entry->kind = PAGE_TABLE_TABLE;
	complain_if(entry, pte & (PTE_D | PTE_A | PTE_U), "reserved bits of a pointer are set");
	complain_if(entry, pte & PTE_G, "global");
	complain_if(entry, entry->level == 0, "a pointer to a table in the last level");
}

/* --- arm64: Arm ARM, "VMSAv8-64 translation table format descriptors", 4 KiB granule --------- */

#define DESCRIPTOR_VALID	BIT(0)
#define DESCRIPTOR_TABLE	BIT(1) /* or page, in the last level */
#define DESCRIPTOR_ATTRINDX	BITS(4, 2)
#define DESCRIPTOR_NS		BIT(5)
#define DESCRIPTOR_AP1		BIT(6)
#define DESCRIPTOR_AP2		BIT(7)
#define DESCRIPTOR_SH		BITS(9, 8)
#define DESCRIPTOR_AF		BIT(10)
#define DESCRIPTOR_NG		BIT(11)
#define DESCRIPTOR_ADDRESS	BITS(47, 12)
#define DESCRIPTOR_PXN		BIT(53)
#define DESCRIPTOR_UXN		BIT(54)
#define DESCRIPTOR_OTHERS_UPPER (BITS(63, 55) | BITS(52, 48)) /* software, contiguous, GP, LPA */

/*
 * Read the memory type. In MAIR index 0 is Normal Write-Back, index 2 is Normal Non-cacheable, 3 is
 * Device-nGnRnE, 4 is Device-nGnRE.
 */
static void read_memory_type(uint64_t descriptor, struct page_table_entry *entry)
{
	const unsigned int index = (descriptor & DESCRIPTOR_ATTRINDX) >> 2;
	const bool inner = (descriptor & DESCRIPTOR_SH) == DESCRIPTOR_SH;

	entry->device = index == 3 || index == 4;
	entry->uncached = index != 0;
	complain_if(entry, index == 1 || index > 4, "a memory type that MAIR does not define");
	complain_if(entry, index == 0 && !inner, "normal memory that is not inner shareable");
	complain_if(entry, entry->device && (descriptor & DESCRIPTOR_SH),
		    "device memory with SH set");
	complain_if(entry, index == 2 && (descriptor & DESCRIPTOR_SH),
		    "uncached memory with SH set");
}

static void read_permissions(const struct regime *regime, uint64_t descriptor,
			     struct page_table_entry *entry)
{
	const bool ap1 = descriptor & DESCRIPTOR_AP1;
	const bool pxn = descriptor & DESCRIPTOR_PXN;
	const bool uxn = descriptor & DESCRIPTOR_UXN;

	entry->readable = true;
	entry->writable = !(descriptor & DESCRIPTOR_AP2);
	if (regime->one_range) {
		entry->executable = !uxn; /* here it is called XN */
		complain_if(entry, !ap1, "AP[1] is clear, which is RES1 here");
		complain_if(entry, pxn, "PXN is set, which is RES0 here");
	} else {
		entry->executable = !pxn;
		complain_if(entry, ap1, "open to EL0");
		complain_if(entry, !uxn, "executable at EL0");
	}
}

static void read_leaf_descriptor(const struct regime *regime, uint64_t descriptor,
				 struct page_table_entry *entry)
{
	entry->kind = PAGE_TABLE_LEAF;
	complain_if(entry, descriptor & DESCRIPTOR_OTHERS_UPPER, "reserved bits are set");
	complain_if(entry, descriptor & DESCRIPTOR_NS, "NS is set");
	complain_if(entry, descriptor & DESCRIPTOR_NG, "not global");
	complain_if(entry, !(descriptor & DESCRIPTOR_AF), "AF is clear: any access would fault");
	complain_if(entry, entry->level > 2, "a block of 512 GiB or more");
	read_memory_type(descriptor, entry);
	read_permissions(regime, descriptor, entry);
	check_leaf(entry);
}

static void read_descriptor(const struct regime *regime, uint64_t descriptor,
			    struct page_table_entry *entry)
{
	const bool table_or_page = descriptor & DESCRIPTOR_TABLE;

	if (!(descriptor & DESCRIPTOR_VALID)) {
		complain_if(entry, descriptor != 0, "invalid, but not zero");
		return;
	}
	if (entry->level == 0 && !table_or_page) {
		complain_if(entry, true, "a block in the last level");
		return;
	}
	entry->physical_address = descriptor & DESCRIPTOR_ADDRESS;
	if (entry->level == 0 || !table_or_page) {
		read_leaf_descriptor(regime, descriptor, entry);
		return;
	}
	entry->kind = PAGE_TABLE_TABLE;
	complain_if(entry, descriptor & ~(DESCRIPTOR_ADDRESS | BITS(1, 0)),
		    "bits of a pointer other than its address are set");
}

/* --- The regimes ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct regime regimes[] = {
	{&page_table_arm64_two_ranges_39, read_descriptor, 39, 3, 8, REACH_ZEROS, false},
	{&page_table_arm64_two_ranges_48, read_descriptor, 48, 4, 8, REACH_ZEROS, false},
	{&page_table_arm64_one_range_39,  read_descriptor, 39, 3, 8, REACH_ZEROS, true},
	{&page_table_arm64_one_range_48,  read_descriptor, 48, 4, 8, REACH_ZEROS, true},
	{&page_table_arm64_upper_39,      read_descriptor, 39, 3, 8, REACH_ONES, false},
	{&page_table_arm64_upper_48,      read_descriptor, 48, 4, 8, REACH_ONES, false},
	{&page_table_sv32, read_pte, 32, 2, 4, REACH_ZEROS, false},
	{&page_table_sv39, read_pte, 39, 3, 8, REACH_SIGNED, false},
	{&page_table_sv48, read_pte, 48, 4, 8, REACH_SIGNED, false},
	{&page_table_sv57, read_pte, 57, 5, 8, REACH_SIGNED, false},
};
/* clang-format on */

static const struct regime *find_regime(const struct page_table_format *format)
{
	for (size_t i = 0; i < sizeof(regimes) / sizeof(regimes[0]); i++)
		if (regimes[i].format == format)
			return &regimes[i];
	return NULL;
}

static unsigned int entries_per_table(const struct regime *regime)
{
	return 4096 / regime->entry_size;
}

static uint64_t entry_span(const struct regime *regime, unsigned int level)
{
	uint64_t span = 4096;

	while (level--)
		span *= entries_per_table(regime);
	return span;
}

/*
 * The value that the bits above the translated ones must have if the highest translated bit is
 * @top.
 */
static uint64_t upper_bits(const struct regime *regime, bool top)
{
	const uint64_t ones = UINT64_MAX << regime->virtual_bits;

	switch (regime->reach) {
	case REACH_SIGNED:
		return top ? ones : 0;
	case REACH_ONES:
		return ones;
	case REACH_ZEROS:
		break;
	}
	return 0;
}

static bool is_canonical(const struct regime *regime, uint64_t address)
{
	const bool top = address & BIT(regime->virtual_bits - 1);

	return (address & UINT64_MAX << regime->virtual_bits) == upper_bits(regime, top);
}

/* --- Walking -------------------------------------------------------------------------------- */

/* The bytes of the table at a physical address, or NULL if not all of them are in @memory. */
static const uint8_t *table_at(const struct table_memory *memory, uint64_t address)
{
	const uint64_t offset =
		address - memory->address; /* huge if the table lies before the memory */

	if (address % 4096 || offset >= memory->size || memory->size - offset < 4096)
		return NULL;
	return (const uint8_t *)memory->bytes + offset;
}

/* Both architectures are little endian. */
static uint64_t load_entry(const struct regime *regime, const uint8_t *table, unsigned int index)
{
	uint64_t bits;
	uint32_t half;

	if (regime->entry_size == sizeof(half)) {
		memcpy(&half, table + index * sizeof(half), sizeof(half));
		return le32toh(half);
	}
	memcpy(&bits, table + index * sizeof(bits), sizeof(bits));
	return le64toh(bits);
}

/* Describe an entry of @level whose translation begins at @virtual_address. */
static void read_entry(const struct regime *regime, const struct table_memory *memory,
		       uint64_t bits, unsigned int level, uint64_t virtual_address,
		       struct page_table_entry *entry)
{
	*entry = (struct page_table_entry){
		.kind = PAGE_TABLE_HOLE,
		.level = level,
		.virtual_address = virtual_address,
		.size = entry_span(regime, level),
	};
	regime->read(regime, bits, entry);
	if (entry->kind == PAGE_TABLE_TABLE)
		complain_if(entry, !table_at(memory, entry->physical_address),
			    "the table is not in its memory");
}

/* Describe the root, to which no entry points. */
static void describe_root(const struct regime *regime, const struct table_memory *memory,
			  uint64_t root, struct page_table_entry *entry)
{
	*entry = (struct page_table_entry){
		.kind = PAGE_TABLE_TABLE,
		.physical_address = root,
	};
	if (!regime)
		entry->complaint = "unknown format";
	else if (!table_at(memory, root))
		entry->complaint = "the root is not in its memory";
	else
		entry->level = regime->levels;
}

void page_table_query(const struct page_table_format *format, const struct table_memory *memory,
		      uint64_t root, uint64_t virtual_address, struct page_table_entry *entry)
{
	const struct regime *regime = find_regime(format);

	describe_root(regime, memory, root, entry);
	if (!entry->complaint && !is_canonical(regime, virtual_address)) {
		entry->kind = PAGE_TABLE_HOLE;
		entry->complaint = "the address is not canonical";
	}
	while (entry->kind == PAGE_TABLE_TABLE && !entry->complaint) {
		const uint64_t span = entry_span(regime, entry->level - 1);
		const unsigned int index = virtual_address / span % entries_per_table(regime);
		const uint8_t *table = table_at(memory, entry->physical_address);

		read_entry(regime, memory, load_entry(regime, table, index), entry->level - 1,
			   virtual_address - virtual_address % span, entry);
	}
}

/* A visit in progress. */
struct visit {
	const struct regime *regime;
	const struct table_memory *memory;
	int (*visit)(void *context, const struct page_table_entry *entry);
	void *context;
};

static int visit_table(const struct visit *visit, const struct page_table_entry *pointer)
{
	const struct regime *regime = visit->regime;
	const uint8_t *table = table_at(visit->memory, pointer->physical_address);
	const unsigned int level = pointer->level - 1;
	const unsigned int count = entries_per_table(regime);
	const uint64_t span = entry_span(regime, level);
	int stop = 0;

	for (unsigned int i = 0; i < count && !stop; i++) {
		const uint64_t bits = load_entry(regime, table, i);
		uint64_t virtual_address = pointer->virtual_address + i * span;
		struct page_table_entry entry;

		if (bits == 0)
			continue;
		if (pointer->level == regime->levels)
			virtual_address |= upper_bits(regime, i >= count / 2);
		read_entry(regime, visit->memory, bits, level, virtual_address, &entry);
		stop = visit->visit(visit->context, &entry);
		if (!stop && entry.kind == PAGE_TABLE_TABLE && !entry.complaint)
			stop = visit_table(visit, &entry);
	}
	return stop;
}

int page_table_query_visit(const struct page_table_format *format,
			   const struct table_memory *memory, uint64_t root,
			   int (*visit)(void *context, const struct page_table_entry *entry),
			   void *context)
{
	const struct visit in_progress = {
		.regime = find_regime(format),
		.memory = memory,
		.visit = visit,
		.context = context,
	};
	struct page_table_entry pointer;

	describe_root(in_progress.regime, memory, root, &pointer);
	if (pointer.complaint)
		return visit(context, &pointer);
	return visit_table(&in_progress, &pointer);
}
