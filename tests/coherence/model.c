/* SPDX-License-Identifier: GPL-2.0-only */
#include "model.h"

#define SCTLR_M (UINT64_C(1) << 0)
#define SCTLR_C (UINT64_C(1) << 2)
#define SCTLR_I (UINT64_C(1) << 12)

/* The half of the address space in which an address lies, in a regime with two. */
#define HALF_SHIFT 55

enum {
	COUNT_FETCH,
	COUNT_ACCESS,
	COUNT_OPERATION
};

/* Whether the regime has two halves: all but EL2 without E2H. */
static bool is_split(const struct cpu *cpu)
{
	return cpu->level == 1 || cpu->e2h;
}

static unsigned int half_of(const struct cpu *cpu, uint64_t address)
{
	return is_split(cpu) && (address >> HALF_SHIFT & 1);
}

static struct root root_of(const struct cpu *cpu, unsigned int half)
{
	struct root root = root_from_registers(
		half, is_split(cpu), cpu->control[CONTROL_SCTLR], cpu->control[CONTROL_TCR],
		cpu->control[CONTROL_MAIR], cpu->control[CONTROL_TTBR0 + half]);

	if (half && !is_split(cpu))
		root.enabled = false;
	return root;
}

/* Whether data accesses are cached where the tables say so. */
static bool is_data_cached(uint64_t sctlr)
{
	return (sctlr & SCTLR_M) && (sctlr & SCTLR_C);
}

static bool is_any_cached(uint64_t sctlr)
{
	return is_data_cached(sctlr) || (sctlr & SCTLR_I);
}

bool model_locate(const struct memory *memory, const struct cpu *cpu, uint64_t address,
		  uint64_t *physical)
{
	struct root root = root_of(cpu, half_of(cpu, address));
	struct translation translation;

	*physical = address;
	if (!(cpu->control[CONTROL_SCTLR] & SCTLR_M))
		return true;
	if (!translate(&root, memory, address, &translation))
		return false;
	*physical = translation.address;
	return true;
}

static const struct segment *find_segment(const struct model *model, uint64_t address)
{
	const struct segment *segment = model->segments;

	for (; segment < model->segments + model->segment_count; segment++)
		if (address - segment->address < segment->size)
			return segment;
	return NULL;
}

/* What lies in no segment has this name; one pointer, as the report wants. */
static const char no_segment[] = "none";

static void add_finding(struct model *model, enum finding_kind kind, uint64_t pc, uint64_t address)
{
	const struct segment *segment = find_segment(model, address);

	if (kind != FINDING_NONE)
		report_add(&model->report, kind, pc, address, segment ? segment->name : no_segment);
}

/*
 * The worst that purgatory may find in a segment: with the caches off, lines from whatever was
 * there before the old kernel wrote the segments and cleaned them; with the caches on, all that it
 * wrote last is in them. @runs: purgatory's first instruction is in it and was fetched through the
 * caches, so they are right, or nothing that follows matters.
 */
static uint8_t state_at_entry(const struct segment *segment, bool cached, bool runs)
{
	uint8_t state = LINE_CACHED | LINE_FETCHED;

	if (cached)
		state |= LINE_DIRTY;
	else if (segment->kind != SEGMENT_CACHED && !runs)
		state |= LINE_STALE;
	if (!runs)
		state |= LINE_FETCHED_STALE;
	return state;
}

static void fill_cache(struct model *model, uint64_t entry)
{
	uint64_t sctlr = model->cpu.control[CONTROL_SCTLR];
	bool cached = is_data_cached(sctlr), runs;
	const struct segment *segment;

	cache_set(&model->cache, model->memory.base, model->memory.size,
		  LINE_CACHED | (cached ? LINE_DIRTY : 0) | LINE_FETCHED | LINE_FETCHED_STALE);
	for (segment = model->segments; segment < model->segments + model->segment_count;
	     segment++) {
		runs = (sctlr & SCTLR_I) && entry - segment->address < segment->size;
		cache_set(&model->cache, segment->address, segment->size,
			  state_at_entry(segment, cached, runs));
	}
	cache_turn(&model->cache, is_any_cached(sctlr));
}

int model_enter(struct model *model, const struct cpu *cpu, uint64_t entry)
{
	struct root roots[2];
	int error = cache_init(&model->cache, model->memory.base, model->memory.size);

	if (error)
		return error;
	model->cpu = *cpu;
	model->synchronised_sctlr = cpu->control[CONTROL_SCTLR];
	model->generation = 1;
	roots[0] = root_of(cpu, 0);
	roots[1] = root_of(cpu, 1);
	tlb_init(&model->tlb, roots);
	fill_cache(model, entry);
	return 0;
}

/* The page of @address as the current root maps it, checked against what the TLB may hold. */
static const struct checked_page *check_page(struct model *model, uint64_t pc, uint64_t address)
{
	uint64_t page = address >> PAGE_SHIFT;
	struct checked_page *checked = &model->pages[page % TRANSLATION_ENTRIES];
	unsigned int half = half_of(&model->cpu, address);
	struct root root = root_of(&model->cpu, half);
	struct translation translation = {.address = page << PAGE_SHIFT};

	if (checked->generation == model->generation && checked->page == page)
		return checked;
	if (model->cpu.control[CONTROL_SCTLR] & SCTLR_M) {
		if (tlb_may_be_stale(&model->tlb, half, &model->memory, page << PAGE_SHIFT))
			add_finding(model, FINDING_TRANSLATION, pc, address);
		if (!translate(&root, &model->memory, page << PAGE_SHIFT, &translation))
			add_finding(model, FINDING_MODEL, pc, address);
	}
	*checked = (struct checked_page){model->generation, page, translation.address,
					 translation.cacheable};
	return checked;
}

/* The physical address of an access; *cacheable by the tables, false with the MMU off. */
static uint64_t check_address(struct model *model, uint64_t pc, uint64_t address, bool *cacheable)
{
	const struct checked_page *page = check_page(model, pc, address);

	*cacheable = page->cacheable;
	return page->address + (address & ((1 << PAGE_SHIFT) - 1));
}

void model_fetch(struct model *model, uint64_t pc, uint64_t size)
{
	uint64_t sctlr = model->cpu.control[CONTROL_SCTLR], address, physical;
	bool mmu = sctlr & SCTLR_M, cacheable, cached;
	uint8_t *line;

	model->counts[COUNT_FETCH]++;
	for (address = pc; address < pc + size; address = (address | (CACHE_LINE_SIZE - 1)) + 1) {
		physical = check_address(model, address, address, &cacheable);
		if (!memory_has(&model->memory, physical, 1))
			continue;
		line = cache_line(&model->cache, physical);
		cached = (sctlr & SCTLR_I) && (cacheable || !mmu);
		add_finding(model, cache_fetch(line, cached, mmu), address, physical);
	}
}

/*
 * ThunderX2 erratum 219: a load, store or prefetch between the write of a TTBR and the context
 * synchronization that belongs to it may take a Data Abort, on any thread of the core (Linux,
 * CAVIUM_TX2_ERRATUM_219 in arch/arm64/Kconfig).
 */
static void check_ttbr(struct model *model, uint64_t pc, uint64_t address)
{
	if (model->unsynchronised & (1u << CONTROL_TTBR0 | 1u << CONTROL_TTBR1))
		add_finding(model, FINDING_TTBR, pc, address);
}

void model_access(struct model *model, uint64_t pc, uint64_t address, uint64_t size, bool store,
		  uint64_t physical)
{
	uint64_t sctlr = model->cpu.control[CONTROL_SCTLR], end = physical + size;
	bool cacheable, cached;
	enum finding_kind kind;
	uint8_t *line;

	model->counts[COUNT_ACCESS]++;
	if (check_address(model, pc, address, &cacheable) != physical)
		add_finding(model, FINDING_MODEL, pc, address);
	check_ttbr(model, pc, address);
	if (!memory_has(&model->memory, physical, size))
		return;
	if ((sctlr ^ model->synchronised_sctlr) & (SCTLR_M | SCTLR_C))
		add_finding(model, FINDING_SYNCHRONISATION, pc, physical);
	cached = cacheable && is_data_cached(sctlr);
	for (; physical < end; physical = (physical | (CACHE_LINE_SIZE - 1)) + 1) {
		line = cache_line(&model->cache, physical);
		if (store && (*line & LINE_FETCHED))
			model->generation++;
		kind = store ? cache_write(&model->cache, line, cached)
			     : cache_read(&model->cache, line, cached);
		add_finding(model, kind, pc, physical);
	}
}

/* A visit of all tables of a root, for the instruction at pc. */
struct visit {
	struct model *model;
	uint64_t pc;
	bool cached;
};

static void visit_descriptor(void *data, uint64_t address)
{
	const struct visit *visit = data;
	struct cache *cache = &visit->model->cache;

	add_finding(visit->model, cache_walk(cache, cache_line(cache, address), visit->cached),
		    visit->pc, address);
}

/* The walker may read any entry of a root as soon as that is in force. */
static void update_roots(struct model *model, uint64_t pc)
{
	struct visit visit = {.model = model, .pc = pc};
	struct root root;
	unsigned int half;

	for (half = 0; half < 2; half++) {
		root = root_of(&model->cpu, half);
		visit.cached = root.cached;
		if (!tlb_set_root(&model->tlb, half, &root))
			add_finding(model, FINDING_MODEL, pc, root.ttbr);
		translate_visit(&root, &model->memory, visit_descriptor, &visit);
	}
}

/* Turning the MMU on, or walks of a half, uses registers that the CPU must have taken over. */
static bool is_enabling(const struct model *model, const struct cpu *before)
{
	unsigned int half;

	for (half = 0; half < 2; half++)
		if (root_of(&model->cpu, half).enabled && !root_of(before, half).enabled)
			return true;
	return false;
}

/* Whether @operation writes a register of the current regime. */
static bool is_own_control(const struct cpu *cpu, const struct operation *operation)
{
	if (cpu->level == 2)
		return operation->level == 2 || (operation->level == 1 && cpu->e2h);
	return operation->level == 1;
}

static void write_control(struct model *model, uint64_t pc, const struct operation *operation,
			  uint64_t value)
{
	struct cpu before = model->cpu;
	uint64_t sctlr;

	if (!is_own_control(&model->cpu, operation))
		return;
	model->cpu.control[operation->control] = value;
	if (is_enabling(model, &before) && (model->unsynchronised & ~(1u << operation->control)))
		add_finding(model, FINDING_SYNCHRONISATION, pc, pc);
	sctlr = model->cpu.control[CONTROL_SCTLR];
	if ((before.control[CONTROL_SCTLR] & ~sctlr & SCTLR_M) && model->isb + 4 != pc)
		add_finding(model, FINDING_E1041, pc, pc);
	model->unsynchronised |= 1u << operation->control;
	if (is_any_cached(sctlr))
		cache_turn(&model->cache, true);
	update_roots(model, pc);
}

/* Maintenance by virtual address. */
static void maintain(struct model *model, uint64_t pc, enum operation_kind kind, uint64_t address)
{
	bool cacheable;
	uint64_t physical = check_address(model, pc, address, &cacheable);

	check_ttbr(model, pc, address);
	if (!memory_has(&model->memory, physical, 1))
		return;
	if (cache_is_unordered(&model->cache, physical))
		add_finding(model, FINDING_ORDER, pc, physical);
	add_finding(model, cache_maintain(&model->cache, physical, kind), pc, physical);
}

static void synchronise(struct model *model, uint64_t pc)
{
	model->isb = pc;
	model->unsynchronised = 0;
	model->synchronised_sctlr = model->cpu.control[CONTROL_SCTLR];
	cache_turn(&model->cache, is_any_cached(model->synchronised_sctlr));
	cache_isb(&model->cache);
	tlb_isb(&model->tlb);
}

/* Whether a TLBI of everything reaches the current regime (Arm DDI 0487, D8.17). */
static bool is_own_tlbi(const struct cpu *cpu, enum operation_kind kind)
{
	if (cpu->level == 1)
		return kind == OPERATION_TLBI_EL1;
	return kind == OPERATION_TLBI_EL2 || (kind == OPERATION_TLBI_EL1 && cpu->e2h && cpu->tge);
}

void model_operation(struct model *model, uint64_t pc, const struct operation *operation,
		     uint64_t operand)
{
	model->counts[COUNT_OPERATION]++;
	model->generation++;
	switch (operation->kind) {
	case OPERATION_CIVAC:
	case OPERATION_CVAC:
	case OPERATION_CVAU:
	case OPERATION_IVAC:
		maintain(model, pc, operation->kind, operand);
		break;
	case OPERATION_SET_WAY:
		add_finding(model, FINDING_SET_WAY, pc, pc);
		break;
	case OPERATION_IC_ALL:
		cache_invalidate_instructions(&model->cache);
		break;
	case OPERATION_TLBI_EL1:
	case OPERATION_TLBI_EL2:
		if (is_own_tlbi(&model->cpu, operation->kind))
			tlb_invalidate(&model->tlb);
		break;
	case OPERATION_DMB:
		if (operation->full && operation->system)
			cache_order(&model->cache);
		break;
	case OPERATION_DSB:
		if (!operation->full)
			break;
		if (operation->system)
			cache_order(&model->cache);
		cache_dsb(&model->cache, operation->system);
		tlb_dsb(&model->tlb);
		break;
	case OPERATION_ISB:
		synchronise(model, pc);
		break;
	case OPERATION_MSR:
		write_control(model, pc, operation, operand);
		break;
	case OPERATION_TLBI_PART:
	case OPERATION_NONE:
		break;
	}
}

void model_compare(struct model *model, uint64_t pc, const uint64_t control[CONTROL_COUNT])
{
	unsigned int i;

	for (i = 0; i < CONTROL_COUNT; i++)
		if (control[i] != model->cpu.control[i])
			add_finding(model, FINDING_MODEL, pc, i);
}

static void check_segment(struct model *model, uint64_t pc, const struct segment *segment)
{
	uint64_t address = segment->address & ~(CACHE_LINE_SIZE - 1);
	bool own = segment->kind == SEGMENT_OWN;
	uint8_t line;

	for (; address < segment->address + segment->size; address += CACHE_LINE_SIZE) {
		line = *cache_line(&model->cache, address);
		if ((line & LINE_DIRTY) && segment->kind != SEGMENT_CACHED)
			add_finding(model, FINDING_KERNEL_DIRTY, pc, address);
		else if ((line & LINE_STALE) && !own)
			add_finding(model, FINDING_KERNEL_STALE, pc, address);
		if (line & (own ? LINE_FETCHED : LINE_FETCHED_STALE))
			add_finding(model, FINDING_KERNEL_ICACHE, pc, address);
	}
}

void model_leave(struct model *model, uint64_t pc)
{
	const struct segment *segment;

	for (segment = model->segments; segment < model->segments + model->segment_count; segment++)
		check_segment(model, pc, segment);
	if (tlb_may_have_entries(&model->tlb))
		add_finding(model, FINDING_KERNEL_TLB, pc, pc);
	if (is_data_cached(model->synchronised_sctlr) ||
	    (model->cpu.control[CONTROL_SCTLR] & (SCTLR_M | SCTLR_C)))
		add_finding(model, FINDING_KERNEL_STATE, pc, pc);
	else if (model->unsynchronised)
		add_finding(model, FINDING_SYNCHRONISATION, pc, pc);
}
