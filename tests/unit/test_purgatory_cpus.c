/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several CPUs hash the manifest's chunks. Here another CPU does all of its work while it is
 * started.
 */
#include "support.h"

#include <string.h>

#define PURGATORY_PATCHED
#include "../../purgatory/arch_interface.h"
#include "../../purgatory/cpus.h"
#include "../../purgatory/engine.h"
#include "../../purgatory/time_limit.h"
#include "../../purgatory/timer.h"
#include "digest/sha256_digest.h"
#include "manifest.h"
#include "purgatory.h"

#define CHUNKS	   3
#define CHUNK_SIZE 4096
#define FIRST_ID   0x100 /* of the CPUs by index */
#define PAGE	   4096
#define UNTOUCHED  0xa5
#define CLEANS_MAX 16

/* Stands for the patched symbols, which purgatory alone has. */
uint32_t purgatory_cpus_count;
uint64_t purgatory_cpus_ids[PURGATORY_CPUS_MAX];
uint64_t purgatory_cpus_address;
uint64_t purgatory_cpus_stacks;
uint64_t purgatory_manifest_address;

/* The segment that the CPUs share, and the payload. */
static struct {
	_Alignas(PAGE) uint8_t shared[PAGE];
	uint8_t stacks[PURGATORY_CPUS_MAX][CPU_STACK_STRIDE];
	_Alignas(8) uint8_t payload[CHUNKS][CHUNK_SIZE];
} memory;

static union {
	struct manifest manifest;
	uint8_t bytes[sizeof(struct manifest) + CHUNKS * sizeof(struct manifest_chunk)];
} manifest;

static struct {
	enum cpu_firmware firmware[PURGATORY_CPUS_MAX];
	enum cpu_firmware afterwards;
	unsigned int started; /* a set of 1 << index */
	struct {
		const uint8_t *start;
		size_t size;
	} cleans[CLEANS_MAX];
	size_t clean_count;
} machine;

enum cpu_firmware arch_cpu_firmware(uint64_t id)
{
	assert_in_range(id, FIRST_ID, FIRST_ID + PURGATORY_CPUS_MAX - 1);
	return machine.firmware[id - FIRST_ID];
}

bool arch_cpu_start(uint64_t id, uint64_t index)
{
	assert_int_equal(id, FIRST_ID + index);
	machine.started |= 1U << index;
	cpus_work(index);
	machine.firmware[index] = machine.afterwards;
	return true;
}

void arch_clean(const void *start, size_t size)
{
	assert_true(machine.clean_count < CLEANS_MAX);
	machine.cleans[machine.clean_count].start = start;
	machine.cleans[machine.clean_count++].size = size;
}

bool arch_has_engine(enum sha256_engine engine)
{
	return engine == SHA256_GENERIC;
}

enum engine_verdict arch_try_engine(enum sha256_engine engine)
{
	return engine == SHA256_GENERIC ? ENGINE_RIGHT : ENGINE_MISSING;
}

enum sha256_engine engine_wanted(bool cached)
{
	assert_true(cached);
	return SHA256_GENERIC;
}

bool time_limit_reached(struct time_limit *limit)
{
	(void)limit;
	return false;
}

void time_limit_progress(struct time_limit *limit)
{
	(void)limit;
}

uint64_t timer_frequency(void)
{
	return 1;
}

void timeout_start(struct timeout *timeout, uint32_t milliseconds, uint32_t polls)
{
	(void)milliseconds;
	timeout->polls = polls;
}

bool timeout_expired(struct timeout *timeout)
{
	(void)timeout;
	return true;
}

/* Two other CPUs, both off, and a manifest of chunks that are not cleaned. */
static int set_up(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof(machine));
	memset(&memory, UNTOUCHED, sizeof(memory));
	memset(&manifest, 0, sizeof(manifest));
	purgatory_cpus_count = PURGATORY_CPUS_MAX;
	purgatory_cpus_address = (uint64_t)(uintptr_t)memory.shared;
	purgatory_cpus_stacks = (uint64_t)(uintptr_t)memory.stacks;
	purgatory_manifest_address = (uint64_t)(uintptr_t)&manifest;
	for (size_t i = 0; i < PURGATORY_CPUS_MAX; i++)
		purgatory_cpus_ids[i] = i < 2 ? FIRST_ID + i : PURGATORY_CPU_NONE;
	manifest.manifest.chunk_count = CHUNKS;
	for (size_t i = 0; i < CHUNKS; i++) {
		struct manifest_chunk *chunk = &manifest.manifest.chunks[i];

		memset(memory.payload[i], (int)i, CHUNK_SIZE);
		chunk->address = (uint64_t)(uintptr_t)memory.payload[i];
		chunk->length = CHUNK_SIZE;
		sha256_digest(SHA256_GENERIC, memory.payload[i], CHUNK_SIZE, chunk->digest);
	}
	return 0;
}

static bool hash(struct cpus *cpus, struct cpu_fault *fault)
{
	struct time_limit limit = {0};

	return cpus_hash(cpus, &manifest.manifest, SHA256_GENERIC, &limit, fault);
}

static bool was_cleaned(const uint8_t *start, size_t size)
{
	for (size_t i = 0; i < machine.clean_count; i++)
		if (machine.cleans[i].start == start && machine.cleans[i].size == size)
			return true;
	return false;
}

static bool has_only(const uint8_t *bytes, size_t size, uint8_t value)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/* A stack that was used is zero, and so in memory. The page below it is not there. */
static void expect_stacks(unsigned int used)
{
	for (size_t i = 0; i < PURGATORY_CPUS_MAX; i++) {
		const uint8_t *stack = memory.stacks[i] + PURGATORY_CPU_GUARD_SIZE;
		const bool is_used = used >> i & 1;

		assert_true(has_only(memory.stacks[i], PURGATORY_CPU_GUARD_SIZE, UNTOUCHED));
		assert_true(has_only(stack, PURGATORY_CPU_STACK_SIZE, is_used ? 0 : UNTOUCHED));
		assert_int_equal(was_cleaned(stack, PURGATORY_CPU_STACK_SIZE), is_used);
	}
}

/* All chunks have digests, what was shared is in memory, and no stack holds anything. */
static void test_share(void **state)
{
	struct cpu_fault fault;
	struct cpus cpus;

	(void)state;
	assert_true(hash(&cpus, &fault));
	assert_int_equal(cpus.count, 3);
	assert_int_equal(machine.started, 3);
	for (size_t i = 0; i < CHUNKS; i++)
		assert_memory_equal(cpus.digests[i], manifest.manifest.chunks[i].digest,
				    SHA256_DIGEST_SIZE);
	assert_true(was_cleaned(memory.shared, sizeof(memory.shared)));
	assert_int_equal(machine.clean_count, 3);
	expect_stacks(3);
}

/* The others cleaned what the manifest says, and a digest that is wrong stays as it is. */
static void test_damage(void **state)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct cpu_fault fault;
	struct cpus cpus;

	(void)state;
	manifest.manifest.chunks[1].flags = MANIFEST_CHUNK_CLEAN;
	memory.payload[1][7] ^= 1;
	assert_true(hash(&cpus, &fault));
	assert_true(was_cleaned(memory.payload[1], CHUNK_SIZE));
	assert_false(was_cleaned(memory.payload[0], CHUNK_SIZE));
	sha256_digest(SHA256_GENERIC, memory.payload[1], CHUNK_SIZE, digest);
	assert_memory_equal(cpus.digests[1], digest, SHA256_DIGEST_SIZE);
}

/* No more than may verify, and none that is not off. */
static void test_which(void **state)
{
	struct cpu_fault fault;
	struct cpus cpus;

	purgatory_cpus_count = 2;
	assert_true(hash(&cpus, &fault));
	assert_int_equal(cpus.count, 2);
	assert_int_equal(machine.started, 1);
	expect_stacks(1);
	set_up(state);
	machine.firmware[0] = CPU_FIRMWARE_ON;
	assert_true(hash(&cpus, &fault));
	assert_int_equal(cpus.count, 2);
	assert_int_equal(machine.started, 2);
	expect_stacks(2);
}

/* A CPU that is not off in the end is named, and what it may still use is not touched. */
static void test_not_off(void **state)
{
	struct cpu_fault fault;
	struct cpus cpus;

	(void)state;
	machine.afterwards = CPU_FIRMWARE_ON;
	assert_false(hash(&cpus, &fault));
	assert_int_equal(fault.id, FIRST_ID);
	assert_int_equal(fault.stage, CPU_LEFT);
	assert_int_equal(fault.firmware, CPU_FIRMWARE_ON);
	expect_stacks(0);
}

/* Room for all digests, and less by a word. */
static void test_room(void **state)
{
	uint8_t *end = memory.shared + PURGATORY_CPU_LINES_SIZE + CHUNKS * SHA256_DIGEST_SIZE;
	struct cpu_fault fault;
	struct cpus cpus;

	(void)state;
	purgatory_cpus_ids[0] = PURGATORY_CPU_NONE;
	purgatory_cpus_ids[1] = PURGATORY_CPU_NONE;
	purgatory_cpus_stacks = (uint64_t)(uintptr_t)end;
	assert_true(hash(&cpus, &fault));
	assert_non_null(cpus.digests);
	assert_int_equal(*end, UNTOUCHED);
	set_up(state);
	purgatory_cpus_stacks = (uint64_t)(uintptr_t)end - 8;
	assert_true(hash(&cpus, &fault));
	assert_null(cpus.digests);
	assert_int_equal(cpus.count, 1);
	assert_int_equal(machine.started, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_share, set_up),
		cmocka_unit_test_setup(test_damage, set_up),
		cmocka_unit_test_setup(test_which, set_up),
		cmocka_unit_test_setup(test_not_off, set_up),
		cmocka_unit_test_setup(test_room, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
