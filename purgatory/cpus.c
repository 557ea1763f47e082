/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several CPUs hash the manifest's chunks.
 *
 * The first CPU believes nobody. Each digest that another CPU computed is compared once more by
 * purgatory_main.c, and a chunk whose digest is missing or not right is hashed again. So a CPU that
 * dies, or that computes nonsense, costs time and nothing else, as long as it is off in the end.
 *
 * All of what is shared is written and read through the caches, which are coherent among CPUs: with
 * caches off, atomic instructions do not work on arm64, and stores would not be seen.
 */
#include "cpus.h"

#include <stddef.h>

#include "arch_interface.h"
#include "digest.h"
#include "engine.h"
#include "line.h"
#include "purgatory.h"
#include "time_limit.h"
#include "timer.h"

/*
 * How long nothing may happen until a CPU is given up: with any engine a group of chunks takes less
 * than half of a second.
 */
#define PATIENCE_MILLISECONDS 5000

/* How often firmware is asked if no time is known: a call takes 1 us or longer. */
#define FIRMWARE_POLLS_MAX (UINT32_C(1) << 22)

/* Of another CPU, which alone writes here once it works. */
struct cpu_line {
	_Alignas(CPU_LINE_SIZE) uint32_t stage; /* enum cpu_stage */
	uint32_t groups;			/* of chunks that it has hashed */
};

/* The start of the segment SEGMENT_CPUS. */
struct shared {
	_Alignas(CPU_LINE_SIZE) uint64_t cursor; /* the first chunk that nobody has taken */
	struct cpu_line lines[PURGATORY_CPUS_MAX];
};

_Static_assert(sizeof(struct cpu_line) == CPU_LINE_SIZE, "assembler and C mean the same line");
_Static_assert(offsetof(struct shared, lines) == CPU_LINE_SIZE, "the lines follow the cursor's");
_Static_assert(1 << CPU_LINE_BITS == CPU_LINE_SIZE, "one size");
_Static_assert(sizeof(struct shared) <= PURGATORY_CPU_LINES_SIZE, "the digests lie behind it");
_Static_assert(CPUS_MAX == PURGATORY_CPUS_MAX, "one number");
_Static_assert(CPU_STACK_STRIDE == PURGATORY_CPU_GUARD_SIZE + PURGATORY_CPU_STACK_SIZE,
	       "one stride");

/* What a CPU needs to take part. */
struct worker {
	struct shared *shared;
	uint8_t (*digests)[SHA256_DIGEST_SIZE];
	const struct manifest *manifest;
	enum sha256_engine engine;
	struct time_limit *limit;
	struct cpu_line *line; /* NULL: the first CPU's */
};

CPUS_TEXT static struct shared *find_shared(void)
{
	return (struct shared *)(uintptr_t)purgatory_cpus_address;
}

CPUS_TEXT static uint8_t (*find_digests(void))[SHA256_DIGEST_SIZE]
{
	return (uint8_t(*)[SHA256_DIGEST_SIZE])(uintptr_t)(purgatory_cpus_address +
							   PURGATORY_CPU_LINES_SIZE);
}

CPUS_TEXT static bool are_alike(const struct manifest_chunk *one,
				const struct manifest_chunk *other)
{
	return one->length == other->length && one->flags == other->flags;
}

/* Take the next chunks that one call can hash. Returns how many; 0: all are taken. */
CPUS_TEXT static size_t take_group(const struct worker *worker, size_t *first)
{
	const struct manifest_chunk *chunks = worker->manifest->chunks;
	const uint64_t end = worker->manifest->chunk_count;
	const size_t lanes = sha256_lanes(worker->engine);
	uint64_t *cursor = &worker->shared->cursor;
	uint64_t start = __atomic_load_n(cursor, __ATOMIC_RELAXED);
	size_t group;

	do {
		if (start >= end)
			return 0;
		group = 1;
		while (group < lanes && start + group < end &&
		       are_alike(&chunks[start], &chunks[start + group]))
			group++;
	} while (!__atomic_compare_exchange_n(cursor, &start, start + group, false,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	*first = start;
	return group;
}

/* Nobody takes anything any more. */
CPUS_TEXT static void take_all(const struct worker *worker)
{
	__atomic_store_n(&worker->shared->cursor, UINT64_MAX, __ATOMIC_RELAXED);
}

CPUS_TEXT static bool hash_group(const struct worker *worker, size_t first, size_t count)
{
	const struct manifest_chunk *chunks = &worker->manifest->chunks[first];
	const struct digest_way way = {worker->engine, chunks[0].flags & MANIFEST_CHUNK_CLEAN,
				       true};
	const void *data[SHA256_LANES_MAX];
	size_t i = 0;

	do /* a do loop shows GCC 12 that there is one at least */
		data[i] = (const void *)(uintptr_t)chunks[i].address;
	while (++i < count);
	return digest_pieces(&way, data, count, chunks[0].length, worker->limit,
			     &worker->digests[first]);
}

CPUS_TEXT static bool is_right(const struct worker *worker, size_t first, size_t count)
{
	bool right = true;
	size_t i;

	for (i = first; i < first + count; i++)
		right = right &&
			digest_equal(worker->digests[i], worker->manifest->chunks[i].digest);
	return right;
}

/*
 * Hash groups until all are taken. If the first CPU finds damage, or no progress, it takes what is
 * left, so that the others stop: purgatory_main.c then finds the same and reports it.
 */
CPUS_TEXT static void hash_groups(const struct worker *worker)
{
	size_t first, count;
	bool hashed;

	while ((count = take_group(worker, &first)) > 0) {
		hashed = hash_group(worker, first, count);
		if (hashed && worker->line)
			__atomic_store_n(&worker->line->groups, worker->line->groups + 1,
					 __ATOMIC_RELAXED);
		else if (!hashed || !is_right(worker, first, count))
			take_all(worker);
	}
}

/*
 * What memory held before, perhaps the digests of the same kernel's last load, must not be taken
 * for work. Returns false if the segment is too small, which is a fault of kexec.
 */
CPUS_TEXT static bool clear(const struct worker *worker)
{
	const uint64_t room = purgatory_cpus_stacks - purgatory_cpus_address;
	const uint64_t size = PURGATORY_CPU_LINES_SIZE +
			      (uint64_t)worker->manifest->chunk_count * SHA256_DIGEST_SIZE;
	uint64_t *words = (uint64_t *)worker->shared;
	uint64_t i;

	if (size > room)
		return false;
	for (i = 0; i < size / sizeof(words[0]); i++)
		words[i] = 0;
	return true;
}

CPUS_TEXT static enum cpu_stage get_stage(const struct shared *shared, size_t index)
{
	return (enum cpu_stage)__atomic_load_n(&shared->lines[index].stage, __ATOMIC_ACQUIRE);
}

CPUS_TEXT static void set_stage(struct cpu_line *line, enum cpu_stage stage)
{
	__atomic_store_n(&line->stage, (uint32_t)stage, __ATOMIC_RELEASE);
}

/* Start a CPU. Returns false if it is off as before. */
CPUS_TEXT static bool start_cpu(struct shared *shared, size_t index)
{
	const uint64_t id = purgatory_cpus_ids[index];

	if (id == PURGATORY_CPU_NONE || arch_cpu_firmware(id) != CPU_FIRMWARE_OFF)
		return false;
	set_stage(&shared->lines[index], CPU_ASKED);
	return arch_cpu_start(id, index) || arch_cpu_firmware(id) != CPU_FIRMWARE_OFF;
}

/* Start others, as many as may verify beside this one. Returns them, a set of 1 << index. */
CPUS_TEXT static uint32_t start_cpus(struct cpus *cpus, struct shared *shared)
{
	uint32_t started = 0;
	size_t i;

	for (i = 0; i < PURGATORY_CPUS_MAX && cpus->count < purgatory_cpus_count; i++) {
		if (!start_cpu(shared, i))
			continue;
		started |= UINT32_C(1) << i;
		cpus->count++;
	}
	return started;
}

/* A number that changes whenever one of the other CPUs gets further. */
CPUS_TEXT static uint64_t measure_progress(const struct shared *shared)
{
	uint64_t sum = __atomic_load_n(&shared->cursor, __ATOMIC_RELAXED);
	size_t i;

	for (i = 0; i < PURGATORY_CPUS_MAX; i++)
		sum += get_stage(shared, i) +
		       (uint64_t)__atomic_load_n(&shared->lines[i].groups, __ATOMIC_RELAXED);
	return sum;
}

CPUS_TEXT static void be_patient(struct timeout *timeout)
{
	timeout_start(timeout, PATIENCE_MILLISECONDS,
		      timer_frequency() ? UINT32_MAX : FIRMWARE_POLLS_MAX);
}

/*
 * Wait until a CPU has left and firmware says that it is off. Either alone is not enough: OpenSBI
 * takes address 0 for a start and leaves the hart started, and a CPU that is off may yet come.
 */
CPUS_TEXT static bool wait_for_cpu(const struct shared *shared, size_t index,
				   struct cpu_fault *fault)
{
	uint64_t progress = measure_progress(shared), now;
	struct timeout timeout;

	fault->id = purgatory_cpus_ids[index];
	be_patient(&timeout);
	for (;;) {
		/* In this order: off after it was seen to be about to turn itself off. */
		fault->stage = get_stage(shared, index);
		fault->firmware = arch_cpu_firmware(fault->id);
		if (fault->stage == CPU_LEFT && fault->firmware == CPU_FIRMWARE_OFF)
			return true;
		now = measure_progress(shared);
		if (now != progress)
			be_patient(&timeout);
		else if (timeout_expired(&timeout))
			return false;
		progress = now;
	}
}

/* Nothing of the payload is left behind on a stack. */
CPUS_TEXT static void clean_stack(uint64_t *words)
{
	size_t i;

	for (i = 0; i < PURGATORY_CPU_STACK_SIZE / sizeof(words[0]); i++)
		words[i] = 0;
	arch_clean(words, PURGATORY_CPU_STACK_SIZE);
}

/*
 * Nothing dirty of theirs may be left in a cache, from where it would be written over what the next
 * kernel puts there. The pages below the stacks are not mapped.
 */
CPUS_TEXT static void clean(uint32_t started)
{
	uint64_t stack = purgatory_cpus_stacks + PURGATORY_CPU_GUARD_SIZE;
	size_t i;

	arch_clean((const void *)(uintptr_t)purgatory_cpus_address,
		   purgatory_cpus_stacks - purgatory_cpus_address);
	for (i = 0; i < PURGATORY_CPUS_MAX; i++, stack += CPU_STACK_STRIDE)
		if (started >> i & 1)
			clean_stack((uint64_t *)(uintptr_t)stack);
}

CPUS_TEXT bool cpus_hash(struct cpus *cpus, const struct manifest *manifest,
			 enum sha256_engine engine, struct time_limit *limit,
			 struct cpu_fault *fault)
{
	const struct worker worker = {
		find_shared(), find_digests(), manifest, engine, limit, NULL,
	};
	uint32_t started;
	size_t i;

	cpus->count = 1;
	cpus->digests = NULL;
	if (!clear(&worker))
		return true;
	cpus->digests = (const uint8_t(*)[SHA256_DIGEST_SIZE])worker.digests;
	started = start_cpus(cpus, worker.shared);
	hash_groups(&worker);
	for (i = 0; i < PURGATORY_CPUS_MAX; i++)
		if (started >> i & 1 && !wait_for_cpu(worker.shared, i, fault))
			return false;
	clean(started);
	return true;
}

/* The engine of this CPU, which may lack what others have. */
CPUS_TEXT static enum sha256_engine choose_engine(void)
{
	const enum sha256_engine wanted = engine_wanted(true);

	if (wanted == SHA256_GENERIC || !arch_has_engine(wanted) ||
	    arch_try_engine(wanted) != ENGINE_RIGHT)
		return SHA256_GENERIC;
	return wanted;
}

CPUS_TEXT void cpus_work(uint64_t index)
{
	struct time_limit none = {0};
	struct worker worker = {
		.shared = find_shared(),
		.digests = find_digests(),
		.manifest = (const struct manifest *)(uintptr_t)purgatory_manifest_address,
		.limit = &none,
	};

	worker.line = &worker.shared->lines[index];
	set_stage(worker.line, CPU_WORKING);
	worker.engine = choose_engine();
	hash_groups(&worker);
	set_stage(worker.line, CPU_LEFT);
}

/*
 * The words of reports. Arrays, not pointers, because pointers would have to be relocated; and not
 * in the functions, because a compiler would put strings where they exist without --cpus too.
 */
CPUS_RODATA static const char cause_word[] = "cause";
CPUS_RODATA static const char cause[] = "cpu";
CPUS_RODATA static const char id_word[] = "id";
CPUS_RODATA static const char stage_word[] = "stage";
CPUS_RODATA static const char firmware_word[] = "firmware";
CPUS_RODATA static const char unknown[] = "unknown";
CPUS_RODATA static const char count_word[] = "cpus";
CPUS_RODATA static const char redone_word[] = "redone";
CPUS_RODATA static const char stages[][8] = {
	[CPU_ASKED] = "asked", [CPU_WORKING] = "working", [CPU_LEFT] = "left"};
CPUS_RODATA static const char firmwares[CPU_FIRMWARE_COUNT][8] = {"off", "on", "pending",
								  "unknown"};

CPUS_TEXT void cpus_add_fault(struct line *line, const struct cpu_fault *fault)
{
	const enum cpu_stage stage = fault->stage;

	line_add_word(line, cause_word, cause);
	line_add_hex(line, id_word, fault->id);
	line_add_word(line, stage_word,
		      stage >= CPU_ASKED && stage <= CPU_LEFT ? stages[stage] : unknown);
	line_add_word(line, firmware_word, firmwares[fault->firmware]);
}

CPUS_TEXT void cpus_add_counts(struct line *line, uint32_t count, uint32_t redone)
{
	line_add_decimal(line, count_word, count);
	if (redone)
		line_add_decimal(line, redone_word, redone);
}
