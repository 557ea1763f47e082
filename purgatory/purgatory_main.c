/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purgatory, between the two kernels: verifies everything that was loaded, reports it, and lets the
 * next kernel start only if all of it is right.
 */
#include "purgatory.h"

#include <stdbool.h>

#include "arch_interface.h"
#include "checksum.h"
#include "console.h"
#include "cpus.h"
#include "digest.h"
#include "engine.h"
#include "line.h"
#include "manifest.h"
#include "purgatory_main.h"
#include "report.h"
#include "serror.h"
#include "sha256.h"
#include "stop.h"
#include "time_limit.h"
#include "timer.h"

/* Arrays, not pointers, because pointers would have to be relocated. */
static const char role_names[SEGMENT_ROLE_COUNT][16] = SEGMENT_ROLE_NAMES;
static const char verdict_names[][8] = {[ENGINE_MISSING] = "missing", [ENGINE_WRONG] = "wrong"};
static const char reason_names[PURGATORY_MMU_REASON_COUNT][16] = PURGATORY_MMU_REASON_NAMES;

/* The first word of a device tree, which is big-endian (Devicetree Specification v0.4, 5.2). */
#define FDT_MAGIC UINT32_C(0xedfe0dd0)

/* The data that all steps of the verification use. */
struct verifier {
	struct console console;
	struct time_limit time_limit;
	enum sha256_engine engine;
	bool cached;	  /* memory is read through the data cache */
	uint32_t damaged; /* segments that differ and do not stop us, a set of 1 << enum
			     segment_role */
	uint64_t damaged_chunks;
	uint64_t checked_bytes;	  /* that are right */
	uint64_t unchecked_bytes; /* of chunks for which the user asked for no verification */
	uint64_t seal;		  /* the sum of purgatory_sealed_entry, of the digests so far */
	uint32_t cpus;		  /* how many verified together; 0: they were not to */
	uint32_t redone;	  /* chunks that the others were to hash, and this CPU did */
};

/* Describe the whole manifest as a chunk, from the patched symbols. */
static void describe_manifest(struct manifest_chunk *chunk)
{
	size_t i;

	chunk->address = purgatory_manifest_address;
	chunk->length = purgatory_manifest_size;
	chunk->offset = 0;
	chunk->role = SEGMENT_MANIFEST;
	chunk->flags = 0;
	for (i = 0; i < SHA256_DIGEST_SIZE; i++)
		chunk->digest[i] = purgatory_manifest_digest[i];
}

/*
 * Take a digest into the seal: the one that was computed, because a wrong one must not open it.
 */
static void open_seal(struct verifier *verifier, const uint8_t actual[SHA256_DIGEST_SIZE])
{
	size_t i;
	uint64_t word = 0;

	for (i = 0; i < SHA256_DIGEST_SIZE; i++) {
		word = word >> 8 | (uint64_t)actual[i] << 56;
		if (i % sizeof(word) == sizeof(word) - 1)
			verifier->seal = checksum_add(verifier->seal, word);
	}
}

static void report_mismatch(struct verifier *verifier, const struct manifest_chunk *chunk,
			    const uint8_t actual[SHA256_DIGEST_SIZE])
{
	struct line line;

	line_begin(&line, "MISMATCH");
	line_add_word(&line, "segment", role_names[chunk->role]);
	line_add_hex(&line, "address", chunk->address);
	line_add_hex(&line, "offset", chunk->offset);
	line_add_bytes(&line, "expected", chunk->digest, SHA256_DIGEST_SIZE);
	line_add_bytes(&line, "actual", actual, SHA256_DIGEST_SIZE);
	stop_report(&verifier->console, &line);
}

/*
 * Whether the next kernel is entered although the chunk differs. Nothing can be said of how it
 * would be entered if purgatory itself differs, which has the address of the entry. Linux stops
 * without a word if its device tree does not begin with the magic number (setup_machine_fdt() in
 * arch/arm64/kernel/setup.c).
 */
static bool may_boot(const struct manifest_chunk *chunk)
{
	if (purgatory_mismatch_policy != PURGATORY_POLICY_BOOT || chunk->role == SEGMENT_PURGATORY)
		return false;
	if (chunk->role == SEGMENT_DTB && chunk->offset == 0)
		return *(const volatile uint32_t *)(uintptr_t)chunk->address == FDT_MAGIC;
	return true;
}

/*
 * Report the first chunk of a segment that differs. Returns only if the next kernel is entered all
 * the same.
 */
static void take_mismatch(struct verifier *verifier, const struct manifest_chunk *chunk,
			  const uint8_t actual[SHA256_DIGEST_SIZE])
{
	const uint32_t segment = UINT32_C(1) << chunk->role;
	const bool boot = may_boot(chunk);

	if (!boot || !(verifier->damaged & segment))
		report_mismatch(verifier, chunk, actual);
	if (!boot)
		stop(&verifier->console);
	verifier->damaged |= segment;
	verifier->damaged_chunks++;
}

static void begin_fault(struct line *line, const char *cause, enum segment_role role)
{
	line_begin(line, "FAULT");
	line_add_word(line, "cause", cause);
	line_add_word(line, "segment", role_names[role]);
}

static _Noreturn void stop_on_timeout(struct verifier *verifier, const struct manifest_chunk *chunk)
{
	struct line line;

	begin_fault(&line, "timeout", chunk->role);
	line_add_hex(&line, "address", chunk->address);
	line_add_word(&line, "engine", engine_name(verifier->engine));
	stop_report(&verifier->console, &line);
	stop(&verifier->console);
}

/*
 * What cannot be unless purgatory itself is damaged, or the CPU at fault: the sum over its text and
 * its data was right when it started.
 */
static void begin_own_fault(struct line *line, const char *cause)
{
	begin_fault(line, cause, SEGMENT_PURGATORY);
}

static _Noreturn void stop_on_own_fault(struct verifier *verifier, struct line *line)
{
	stop_report(&verifier->console, line);
	stop(&verifier->console);
}

/* Hashing is wrong, so nobody knows whether what was hashed differs. */
static _Noreturn void stop_on_wrong_digest(struct verifier *verifier)
{
	struct line line;

	begin_own_fault(&line, "digest");
	line_add_word(&line, "engine", engine_name(verifier->engine));
	stop_on_own_fault(verifier, &line);
}

/*
 * Whether the manifest is still what it was when it was checked: a digest or an address that
 * changed since then would have another segment blamed. Read as the chunk was compared. @actual
 * gets its digest, and @whole describes it.
 */
static bool has_manifest(struct verifier *verifier, struct manifest_chunk *whole,
			 uint8_t actual[SHA256_DIGEST_SIZE])
{
	const struct digest_way way = {verifier->engine, false, verifier->cached};
	const void *data;

	describe_manifest(whole);
	data = (const void *)(uintptr_t)whole->address;
	if (!digest_pieces(&way, &data, 1, whole->length, &verifier->time_limit,
			   (uint8_t(*)[SHA256_DIGEST_SIZE])actual))
		stop_on_timeout(verifier, whole);
	return digest_equal(actual, whole->digest);
}

/* What cannot be unless purgatory is damaged, or the manifest has changed since it was checked. */
static void begin_manifest_fault(struct verifier *verifier, struct line *line, const char *cause)
{
	uint8_t actual[SHA256_DIGEST_SIZE];
	struct manifest_chunk whole;

	begin_fault(line, cause,
		    has_manifest(verifier, &whole, actual) ? SEGMENT_PURGATORY : SEGMENT_MANIFEST);
}

/*
 * Take a chunk that differs from its digest, or the manifest if that does. Returns only if the next
 * kernel is entered all the same.
 */
static void take_difference(struct verifier *verifier, const struct manifest_chunk *chunk,
			    const uint8_t actual[SHA256_DIGEST_SIZE])
{
	uint8_t of_manifest[SHA256_DIGEST_SIZE];
	struct manifest_chunk whole;

	if (chunk->role == SEGMENT_MANIFEST || has_manifest(verifier, &whole, of_manifest))
		take_mismatch(verifier, chunk, actual);
	else
		take_mismatch(verifier, &whole, of_manifest);
}

/*
 * Hash chunks of the same size, as many as the engine has lanes or fewer, and compare. Returns how
 * many are right: all of them, unless the next kernel is entered all the same.
 */
static size_t check_digests(struct verifier *verifier, const struct manifest_chunk chunks[],
			    size_t count, bool clean)
{
	uint8_t actual[SHA256_LANES_MAX][SHA256_DIGEST_SIZE];
	const void *data[SHA256_LANES_MAX];
	const struct digest_way way = {verifier->engine, clean, verifier->cached};
	size_t i, right = 0;
	bool known = false;

	/* The shape of the loop shows GCC 12 that there is one chunk at least. */
	i = 0;
	do
		data[i] = (const void *)(uintptr_t)chunks[i].address;
	while (++i < count);
	if (!digest_pieces(&way, data, count, chunks[0].length, &verifier->time_limit, actual))
		stop_on_timeout(verifier, &chunks[0]);
	for (i = 0; i < count; i++) {
		open_seal(verifier, actual[i]);
		if (digest_equal(actual[i], chunks[i].digest)) {
			right++;
			continue;
		}
		if (!known && !digest_is_known(&way, count, &verifier->time_limit))
			stop_on_wrong_digest(verifier);
		known = true;
		take_difference(verifier, &chunks[i], actual[i]);
	}
	return right;
}

/*
 * Check that a wrong digest is refused, as a comparison that is damaged might not.
 */
static void check_comparison(struct verifier *verifier)
{
	static const uint8_t one[SHA256_DIGEST_SIZE] = {[SHA256_DIGEST_SIZE / 2] = 0x20};
	static const uint8_t other[SHA256_DIGEST_SIZE] = {[SHA256_DIGEST_SIZE / 2] = 0x24};
	struct line line;

	if (!digest_equal(one, other) && digest_equal(one, one))
		return;
	begin_own_fault(&line, "comparison");
	stop_on_own_fault(verifier, &line);
}

static _Noreturn void stop_on_bad_manifest(struct verifier *verifier)
{
	struct line line;

	begin_own_fault(&line, "manifest");
	line_add_hex(&line, "address", purgatory_manifest_address);
	line_add_decimal(&line, "size", purgatory_manifest_size);
	stop_on_own_fault(verifier, &line);
}

/*
 * Check the manifest's size before it is hashed. Hashing with a damaged size might take for ever.
 */
static void check_size(struct verifier *verifier)
{
	uint64_t size = purgatory_manifest_size;

	if (size < sizeof(struct manifest) || size > MANIFEST_SIZE_MAX)
		stop_on_bad_manifest(verifier);
}

/*
 * Check that this purgatory understands the manifest, whose digest is right. Returns only if it
 * does.
 */
static void check_header(struct verifier *verifier, const struct manifest *manifest)
{
	uint64_t size = purgatory_manifest_size;

	if (manifest->magic != MANIFEST_MAGIC || manifest->version != MANIFEST_VERSION ||
	    size != sizeof(*manifest) + manifest->chunk_count * sizeof(manifest->chunks[0]))
		stop_on_bad_manifest(verifier);
}

/* Check that the format allows the chunk. Returns only if it does. */
static void check_chunk(struct verifier *verifier, const struct manifest_chunk *chunk)
{
	struct line line;

	if (chunk->address % 8 == 0 && chunk->length > 0 && chunk->length <= MANIFEST_CHUNK_SIZE &&
	    chunk->role < SEGMENT_ROLE_COUNT)
		return;
	begin_manifest_fault(verifier, &line, "chunk");
	line_add_hex(&line, "address", chunk->address);
	line_add_hex(&line, "length", chunk->length);
	line_add_decimal(&line, "role", chunk->role);
	stop_on_own_fault(verifier, &line);
}

/*
 * How many of @count chunks, from the first on, can be hashed at once because they have the same
 * size and flags.
 */
static size_t count_group(const struct manifest_chunk chunks[], size_t count,
			  enum sha256_engine engine)
{
	const size_t lanes = sha256_lanes(engine);
	size_t group = 1;

	while (group < count && group < lanes && chunks[group].length == chunks[0].length &&
	       chunks[group].flags == chunks[0].flags)
		group++;
	return group;
}

/* Clean chunks for which the user asked for no verification. */
static void clean_chunks(struct verifier *verifier, const struct manifest_chunk chunks[],
			 size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		arch_clean((const void *)(uintptr_t)chunks[i].address, chunks[i].length);
		verifier->unchecked_bytes += chunks[i].length;
	}
}

/*
 * Verify all chunks in their order, and count their bytes. With the MMU off all chunks are cleaned,
 * because reads then bypass the caches, and an old kernel that did not turn the caches off may have
 * left data in them.
 */
static void check_chunks(struct verifier *verifier, const struct manifest *manifest)
{
	const struct manifest_chunk *chunk = manifest->chunks;
	const struct manifest_chunk *end = chunk + manifest->chunk_count;

	while (chunk < end) {
		bool clean = chunk->flags & MANIFEST_CHUNK_CLEAN || !verifier->cached;
		size_t group = count_group(chunk, (size_t)(end - chunk), verifier->engine);
		size_t i;

		for (i = 0; i < group; i++)
			check_chunk(verifier, &chunk[i]);
		if (chunk->flags & MANIFEST_CHUNK_UNCHECKED)
			clean_chunks(verifier, chunk, group);
		else
			verifier->checked_bytes +=
				check_digests(verifier, chunk, group, clean) * chunk->length;
		chunk += group;
	}
}

/*
 * Check all chunks of purgatory itself, among them what only several CPUs need, which its own sum
 * does not cover. Returns false if the user asked for no verification, and else only if they are
 * right: no policy enters the next kernel from a damaged purgatory. They are cleaned, so that CPUs
 * with their caches off read the same, and so does what fetches instructions.
 */
static bool check_own_chunks(struct verifier *verifier, const struct manifest *manifest)
{
	const uint64_t seal = verifier->seal;
	uint32_t i;

	for (i = 0; i < manifest->chunk_count; i++) {
		check_chunk(verifier, &manifest->chunks[i]);
		if (manifest->chunks[i].flags & MANIFEST_CHUNK_UNCHECKED)
			return false;
		if (manifest->chunks[i].role == SEGMENT_PURGATORY &&
		    !check_digests(verifier, &manifest->chunks[i], 1, true))
			return false;
		verifier->seal = seal; /* which takes them in later, in their order */
	}
	return true;
}

/* A machine is never handed on beside a CPU that may still run, in memory that is used anew. */
CPUS_TEXT static _Noreturn void stop_on_cpu(struct verifier *verifier,
					    const struct cpu_fault *fault)
{
	struct line line;

	line_begin(&line, "FAULT");
	cpus_add_fault(&line, fault);
	stop_report(&verifier->console, &line);
	stop(&verifier->console);
}

/*
 * The same as check_chunks() with what several CPUs computed. Only a digest that is right is
 * believed, so whatever else comes of another CPU makes this one hash the chunk itself.
 */
CPUS_TEXT static void check_shared_chunks(struct verifier *verifier,
					  const struct manifest *manifest, const struct cpus *cpus)
{
	uint32_t i;

	for (i = 0; i < manifest->chunk_count; i++) {
		const struct manifest_chunk *chunk = &manifest->chunks[i];
		const uint8_t *digest = cpus->digests[i];

		if (!digest_equal(digest, chunk->digest)) {
			verifier->redone++;
			verifier->checked_bytes +=
				check_digests(verifier, chunk, 1,
					      chunk->flags & MANIFEST_CHUNK_CLEAN) *
				chunk->length;
			continue;
		}
		open_seal(verifier, digest);
		verifier->checked_bytes += chunk->length;
	}
}

/* Verify all chunks with several CPUs. Returns false if nothing was verified, for want of memory.
 */
CPUS_TEXT_NOINLINE static bool share_chunks(struct verifier *verifier,
					    const struct manifest *manifest)
{
	struct cpu_fault fault;
	struct cpus cpus;

	if (!cpus_hash(&cpus, manifest, verifier->engine, &verifier->time_limit, &fault))
		stop_on_cpu(verifier, &fault);
	verifier->cpus = cpus.count;
	if (!cpus.digests)
		return false;
	check_shared_chunks(verifier, manifest, &cpus);
	return true;
}

/*
 * Verify with several CPUs, if that was asked for and can be. Returns false if it cannot: chunks
 * are not cached, or not to be verified. The code that does it is checked once more afterwards,
 * like all of purgatory at the end.
 */
static bool check_together(struct verifier *verifier, const struct manifest *manifest)
{
	return purgatory_cpus_count && verifier->cached && check_own_chunks(verifier, manifest) &&
	       share_chunks(verifier, manifest) && check_own_chunks(verifier, manifest);
}

/* Check that no chunk was passed over, nor taken for one without a digest. */
static void check_count(struct verifier *verifier)
{
	struct line line;

	if (verifier->checked_bytes == purgatory_checked_bytes &&
	    verifier->unchecked_bytes == purgatory_unchecked_bytes &&
	    (verifier->checked_bytes != 0) != (verifier->unchecked_bytes != 0))
		return;
	begin_manifest_fault(verifier, &line, "count");
	line_add_decimal(&line, "bytes", verifier->checked_bytes);
	line_add_decimal(&line, "unchecked", verifier->unchecked_bytes);
	line_add_decimal(&line, "expected", purgatory_checked_bytes + purgatory_unchecked_bytes);
	stop_on_own_fault(verifier, &line);
}

/*
 * The address at which the next kernel is entered. It comes of the digests that were computed,
 * unless something differs and the user wants it to be entered all the same.
 */
static uint64_t find_entry(struct verifier *verifier)
{
	uint64_t entry = purgatory_sealed_entry[0] ^ verifier->seal;
	struct line line;

	if (verifier->damaged)
		entry = purgatory_unverified_entry;
	if (checksum_add(CHECKSUM_FACTOR, entry) == purgatory_sealed_entry[1])
		return entry;
	begin_own_fault(&line, "seal");
	line_add_hex(&line, "address", entry);
	stop_on_own_fault(verifier, &line);
}

/* Add whether the MMU was on: in which regime, or why not. */
static void add_mmu(struct line *line, uint32_t reason)
{
	if (reason == PURGATORY_MMU_ON) {
		line_add_word(line, "mmu", "on");
		line_add_word(line, "regime", arch_mmu_regime());
		return;
	}
	line_add_word(line, "mmu", "off");
	if (reason < PURGATORY_MMU_REASON_COUNT)
		line_add_word(line, "reason", reason_names[reason]);
	else
		line_add_decimal(line, "reason", reason);
}

/* Add the engine that was used. If another one was wanted, add that one and why it was not used. */
static void add_engine(struct line *line, const struct engine_choice *choice)
{
	line_add_word(line, "engine", engine_name(choice->engine));
	if (choice->verdict != ENGINE_RIGHT)
		line_add_word(line, verdict_names[choice->verdict], engine_name(choice->wanted));
}

/* Begin the line of the verdict: that all is right, or which segments are not. */
static void begin_verdict(struct line *line, const struct verifier *verifier)
{
	uint32_t role;

	if (!verifier->damaged) {
		line_begin(line, "verified");
		return;
	}
	line_begin(line, "not verified, booting anyway");
	for (role = 0; role < SEGMENT_ROLE_COUNT; role++)
		if (verifier->damaged >> role & 1)
			line_add_word(line, "damaged", role_names[role]);
	line_add_decimal(line, "chunks", verifier->damaged_chunks);
}

static void report_verdict(struct verifier *verifier, uint64_t start, uint32_t mmu_reason,
			   const struct engine_choice *choice)
{
	struct line line;
	uint64_t ticks;
	const bool known = timer_elapsed(start, &ticks);

	begin_verdict(&line, verifier);
	line_add_decimal(&line, "bytes", verifier->checked_bytes);
	line_add_milliseconds(&line, "ms", ticks, known ? timer_frequency() : 0);
	add_mmu(&line, mmu_reason);
	add_engine(&line, choice);
	if (verifier->cpus)
		cpus_add_counts(&line, verifier->cpus, verifier->redone);
	serror_add(&line);
	report_keep(&line);
	console_write_line(&verifier->console, &line);
}

static void report_unchecked(struct console *console)
{
	struct line line;

	line_begin(&line, "not verified, no checks were asked for");
	serror_add(&line);
	report_keep(&line);
	console_write_line(console, &line);
}

uint64_t purgatory_main(uint32_t mmu_reason)
{
	const bool cached = mmu_reason == PURGATORY_MMU_ON;
	const struct engine_choice choice = engine_choose(cached);
	struct verifier verifier = {
		.engine = choice.engine,
		.cached = cached,
		.seal = CHECKSUM_FACTOR,
	};
	uint64_t start = timer_now();
	const struct manifest *manifest;
	struct manifest_chunk whole;
	uint64_t entry;

	time_limit_start(&verifier.time_limit);
	console_open(&verifier.console);
	check_comparison(&verifier);
	check_size(&verifier);
	describe_manifest(&whole);
	/* Nothing can be verified with a wrong manifest. The next kernel does not need one. */
	if (check_digests(&verifier, &whole, 1, false)) {
		manifest = (const struct manifest *)(uintptr_t)whole.address;
		check_header(&verifier, manifest);
		if (!check_together(&verifier, manifest))
			check_chunks(&verifier, manifest);
		if (!verifier.damaged)
			check_count(&verifier);
	}
	entry = find_entry(&verifier);
	if (verifier.damaged || verifier.checked_bytes)
		report_verdict(&verifier, start, mmu_reason, &choice);
	else
		report_unchecked(&verifier.console);
	console_drain(&verifier.console);
	return entry;
}
