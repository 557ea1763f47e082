/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts what purgatory executes, phase by phase, as a plugin of qemu-system-*.
 *
 * Only instructions from low to high are counted, and only from the first phase's address to the
 * one of the phase "end", where the report is written. All of it is exact: each instruction adds to
 * its counters before it is executed.
 *
 *   instructions  executed
 *   fetches       changes of pc >> 4: what a core without I-cache fetches, 16 bytes at a time
 *   sha           those of SHA-256 (arm64 FEAT_SHA256, riscv64 Zknh and Zvknh)
 *   maintenance   arm64: of data cache lines, by address
 *   cache_types   arm64: reads of CTR_EL0, which a hypervisor traps
 *   loadsN, storesN   accesses of N bytes, devices included. Adjacent accesses of one instruction
 *                 count as one up to 16 bytes: so wide is a core's path to uncached memory, and so
 *                 a pair or a vector counts the same however QEMU divides it. What is between two
 *                 sizes counts as the larger.
 *   load_bytes, store_bytes
 *
 * Arguments, numbers as strtoull() reads them:
 *   report=FILE         where the counts go, a line for each phase, then a line for each block
 *   low=, high=ADDRESS  where the code is that is counted, virtual, the end exclusive
 *   phase=NAME:ADDRESS  from this instruction on it is the phase NAME; a phase may begin anew, and
 *                       may have several addresses
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "plugin_arguments.h"
#include "qemu_plugin.h"

#define BLOCK_MAX   65536
#define PHASE_MAX   16
#define WIDTH_COUNT 5 /* 1 to 16 bytes, by their logarithm */
#define LINE_SHIFT  4
#define NO_LINE	    UINT64_MAX

/* Counters that instructions add to without a call. */
struct counters {
	uint64_t instructions;
	uint64_t fetches;
	uint64_t sha;
	uint64_t maintenance;
	uint64_t cache_types;
	uint64_t line; /* address >> LINE_SHIFT of the last instruction of the last block */
};

struct phase {
	const char *name;
	uint64_t address;
	struct phase *counts; /* the first phase of that name, which has the counts of all */
	struct counters counters;
	uint64_t accesses[2][WIDTH_COUNT]; /* loads, stores */
	uint64_t bytes[2];
};

/* An access that may go on with the next one of the same instruction. */
struct access {
	uint64_t instruction; /* by its number; 0: none */
	uint64_t end;
	unsigned int size;
	bool store;
};

/* A block of code as QEMU divides it. Lives as long as the plugin. */
struct block {
	uint64_t address;
	uint64_t size;
};

struct plugin {
	const char *report_path;
	uint64_t low, high;
	struct phase phases[PHASE_MAX];
	unsigned int phase_count;
	struct phase *phase; /* the one in which the guest is; NULL before the first */
	bool ended;
	struct counters since; /* when the phase began */
	struct access access;
	struct block blocks[BLOCK_MAX];
	unsigned int block_count;
	struct qemu_plugin_scoreboard *counters;
	struct qemu_plugin_scoreboard *runs; /* how often each block was entered */
	enum architecture architecture;
};

int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

/* The one instance: QEMU hands no data to the callback for a new block. */
static struct plugin plugin;

static _Noreturn void fail(const char *message)
{
	fprintf(stderr, "phases: %s\n", message);
	exit(EXIT_FAILURE);
}

static struct counters *counters(void)
{
	return qemu_plugin_scoreboard_find(plugin.counters, 0);
}

static qemu_plugin_u64 counter(size_t offset)
{
	return (qemu_plugin_u64){plugin.counters, offset};
}

/* The logarithm of the access' size, rounded up. */
static unsigned int width_of(unsigned int size)
{
	unsigned int width = 0;

	while (width < WIDTH_COUNT - 1 && 1U << width < size)
		width++;
	return width;
}

/* The access is over: count it. */
static void finish_access(void)
{
	struct access *access = &plugin.access;

	if (access->instruction && plugin.phase) {
		plugin.phase->accesses[access->store][width_of(access->size)]++;
		plugin.phase->bytes[access->store] += access->size;
	}
	access->instruction = 0;
}

static void access_memory(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address,
			  void *data)
{
	struct access *access = &plugin.access;
	const unsigned int size = 1U << qemu_plugin_mem_size_shift(info);
	const uint64_t instruction = counters()->instructions;

	(void)vcpu;
	(void)data;
	if (access->instruction == instruction && access->end == address &&
	    access->size + size <= 1U << (WIDTH_COUNT - 1) &&
	    access->store == qemu_plugin_mem_is_store(info)) {
		access->size += size;
		access->end += size;
		return;
	}
	finish_access();
	*access =
		(struct access){instruction, address + size, size, qemu_plugin_mem_is_store(info)};
}

/* Add what was counted since the phase began. */
static void finish_phase(void)
{
	const struct counters *now = counters();

	finish_access();
	if (plugin.phase) {
		struct counters *counts = &plugin.phase->counters;

		counts->instructions += now->instructions - plugin.since.instructions;
		counts->fetches += now->fetches - plugin.since.fetches;
		counts->sha += now->sha - plugin.since.sha;
		counts->maintenance += now->maintenance - plugin.since.maintenance;
		counts->cache_types += now->cache_types - plugin.since.cache_types;
	}
	plugin.since = *now;
}

static void write_phase(FILE *file, const struct phase *phase)
{
	static const char *const directions[] = {"load", "store"};
	unsigned int direction, width;

	fprintf(file,
		"phase name=%s instructions=%" PRIu64 " fetches=%" PRIu64 " sha=%" PRIu64
		" maintenance=%" PRIu64 " cache_types=%" PRIu64,
		phase->name, phase->counters.instructions, phase->counters.fetches,
		phase->counters.sha, phase->counters.maintenance, phase->counters.cache_types);
	for (direction = 0; direction < 2; direction++) {
		for (width = 0; width < WIDTH_COUNT; width++)
			fprintf(file, " %ss%u=%" PRIu64, directions[direction], 1U << width,
				phase->accesses[direction][width]);
		fprintf(file, " %s_bytes=%" PRIu64, directions[direction], phase->bytes[direction]);
	}
	fputc('\n', file);
}

static void write_report(void)
{
	const uint64_t *runs = qemu_plugin_scoreboard_find(plugin.runs, 0);
	FILE *file = fopen(plugin.report_path, "we");
	unsigned int i;

	if (!file)
		fail("cannot write the report");
	for (i = 0; i < plugin.phase_count; i++)
		if (plugin.phases[i].counts == &plugin.phases[i] &&
		    strcmp(plugin.phases[i].name, "end"))
			write_phase(file, &plugin.phases[i]);
	for (i = 0; i < plugin.block_count; i++)
		if (runs[i])
			fprintf(file,
				"block address=0x%" PRIx64 " size=%" PRIu64 " runs=%" PRIu64 "\n",
				plugin.blocks[i].address, plugin.blocks[i].size, runs[i]);
	fprintf(file, "summary reached=end\n");
	fclose(file);
}

/* The instruction about to be executed begins a phase. */
static void begin_phase(unsigned int vcpu, void *data)
{
	struct phase *phase = data;

	(void)vcpu;
	if (plugin.ended || (!plugin.phase && phase != plugin.phases))
		return;
	finish_phase();
	if (!plugin.phase) {
		counters()->line = NO_LINE;
		memset(qemu_plugin_scoreboard_find(plugin.runs, 0), 0,
		       sizeof(uint64_t) * BLOCK_MAX);
	}
	plugin.phase = phase->counts;
	if (!strcmp(phase->name, "end")) {
		plugin.ended = true;
		plugin.phase = NULL;
		write_report();
	}
}

/* The block's first line is not the one that was executed last. */
static void enter_line(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	counters()->fetches++;
}

static bool is_counted(uint64_t address)
{
	return address >= plugin.low && address < plugin.high;
}

static void add_one(struct qemu_plugin_insn *instruction, size_t offset)
{
	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(instruction, QEMU_PLUGIN_INLINE_ADD_U64,
							    counter(offset), 1);
}

static void translate_phases(struct qemu_plugin_insn *instruction)
{
	uint64_t address = qemu_plugin_insn_vaddr(instruction);
	unsigned int i;

	for (i = 0; i < plugin.phase_count; i++)
		if (plugin.phases[i].address == address)
			qemu_plugin_register_vcpu_insn_exec_cb(instruction, begin_phase,
							       QEMU_PLUGIN_CB_NO_REGS,
							       &plugin.phases[i]);
}

/* @line: of the instruction before in this block. Returns that of this one. */
static uint64_t translate_instruction(struct qemu_plugin_insn *instruction, uint64_t line)
{
	uint64_t own_line = qemu_plugin_insn_vaddr(instruction) >> LINE_SHIFT;
	uint32_t opcode = 0;

	qemu_plugin_insn_data(instruction, &opcode, sizeof(opcode));
	add_one(instruction, offsetof(struct counters, instructions));
	if (own_line != line)
		add_one(instruction, offsetof(struct counters, fetches));
	if (is_sha256(plugin.architecture, opcode))
		add_one(instruction, offsetof(struct counters, sha));
	if (is_line_maintenance(plugin.architecture, opcode))
		add_one(instruction, offsetof(struct counters, maintenance));
	if (is_cache_type_read(plugin.architecture, opcode))
		add_one(instruction, offsetof(struct counters, cache_types));
	qemu_plugin_register_vcpu_mem_cb(instruction, access_memory, QEMU_PLUGIN_CB_NO_REGS,
					 QEMU_PLUGIN_MEM_RW, NULL);
	return own_line;
}

/* Count how often the block is entered, and the fetch that this may need. */
static void translate_entry(struct qemu_plugin_tb *tb, uint64_t first, uint64_t last)
{
	qemu_plugin_u64 line = counter(offsetof(struct counters, line));

	qemu_plugin_register_vcpu_tb_exec_cond_cb(tb, enter_line, QEMU_PLUGIN_CB_NO_REGS,
						  QEMU_PLUGIN_COND_NE, line, first >> LINE_SHIFT,
						  NULL);
	qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, QEMU_PLUGIN_INLINE_STORE_U64, line,
							  last >> LINE_SHIFT);
	if (plugin.block_count == BLOCK_MAX)
		fail("too many blocks");
	qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(
		tb, QEMU_PLUGIN_INLINE_ADD_U64,
		(qemu_plugin_u64){plugin.runs, plugin.block_count * sizeof(uint64_t)}, 1);
	plugin.blocks[plugin.block_count++] = (struct block){first, last + 4 - first};
}

static void translate_block(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	const size_t count = qemu_plugin_tb_n_insns(tb);
	uint64_t first = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	uint64_t last = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, count - 1));
	uint64_t line = first >> LINE_SHIFT;
	size_t i;

	(void)id;
	for (i = 0; i < count; i++)
		translate_phases(qemu_plugin_tb_get_insn(tb, i));
	if (!is_counted(first))
		return;
	translate_entry(tb, first, last);
	for (i = 0; i < count; i++)
		line = translate_instruction(qemu_plugin_tb_get_insn(tb, i), line);
}

/* NAME:ADDRESS, of which the name is kept in place. */
static int parse_phase(char *text)
{
	struct phase *phase = &plugin.phases[plugin.phase_count], *first = plugin.phases;
	char *address = strchr(text, ':');

	if (!address || plugin.phase_count == PHASE_MAX)
		return -EINVAL;
	*address++ = '\0';
	phase->name = text;
	phase->address = strtoull(address, NULL, 0);
	while (first != phase && strcmp(first->name, text))
		first++;
	phase->counts = first;
	plugin.phase_count++;
	return 0;
}

static int parse_argument(const char *name, char *value)
{
	if (!strcmp(name, "report"))
		plugin.report_path = value;
	else if (!strcmp(name, "low"))
		plugin.low = strtoull(value, NULL, 0);
	else if (!strcmp(name, "high"))
		plugin.high = strtoull(value, NULL, 0);
	else if (!strcmp(name, "phase"))
		return parse_phase(value);
	else
		return -EINVAL;
	return 0;
}

static int parse_arguments(int argc, char **argv)
{
	if (plugin_parse_arguments("phases", argc, argv, parse_argument))
		return -EINVAL;
	if (plugin.report_path && plugin.low < plugin.high && plugin.phase_count)
		return 0;
	fprintf(stderr, "phases: report, low, high and a phase are needed\n");
	return -EINVAL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info, int argc,
			char **argv)
{
	if (architecture_find(&plugin.architecture, info, "phases") || parse_arguments(argc, argv))
		return -1;
	plugin.counters = qemu_plugin_scoreboard_new(sizeof(struct counters));
	plugin.runs = qemu_plugin_scoreboard_new(sizeof(uint64_t) * BLOCK_MAX);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_block);
	return 0;
}
