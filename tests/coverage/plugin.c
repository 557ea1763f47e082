/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plugin of QEMU that notes which instructions of a piece of code ran, and where each block went.
 *
 * Arguments, numbers as strtoull() reads them:
 *   report=FILE    where it goes, when the guest ends
 *   base=ADDRESS   of the code
 *   alias=ADDRESS  of the same code by another mapping; may be the same
 *   size=BYTES     of the code
 *
 * The report has a line "run OFFSET" for each instruction, and "edge OFFSET OFFSET" from the last
 * instruction of a block to the first of what the same CPU ran next, both in the code. Offsets are
 * hexadecimal. An instruction after one that trapped in the same block counts as run.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin_arguments.h"
#include "qemu_plugin.h"

/* A block, as long as the plugin lives. */
struct block {
	struct block *next;
	uint64_t last; /* offset of its last instruction */
	size_t count;  /* of offsets */
	bool has_run;
	uint64_t offset[];
};

/* Once it is in a list nothing of it changes. */
struct edge {
	struct edge *next;
	uint64_t from, to;
};

#define EDGE_LISTS 4096
#define CPUS_MAX   16

struct plugin {
	const char *report_path;
	uint64_t base, alias, size;
	struct block *blocks;
	struct edge *edges[EDGE_LISTS]; /* by @from and @to */
	pthread_mutex_t adding;		/* to the lists: each CPU is a thread */
	uint64_t before[CPUS_MAX]; /* the last offset of the block that it ran, or UINT64_MAX */
};

int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

/* The one instance: QEMU hands no data to the callback for a new block. */
static struct plugin plugin = {.adding = PTHREAD_MUTEX_INITIALIZER};

static bool find_offset(uint64_t address, uint64_t *offset)
{
	*offset = address - plugin.base;
	if (*offset >= plugin.size)
		*offset = address - plugin.alias;
	return *offset < plugin.size;
}

static void *allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory) {
		fprintf(stderr, "coverage: out of memory\n");
		exit(EXIT_FAILURE);
	}
	return memory;
}

static bool has_edge(struct edge *const *list, uint64_t from, uint64_t to)
{
	const struct edge *edge = __atomic_load_n(list, __ATOMIC_ACQUIRE);

	for (; edge; edge = edge->next)
		if (edge->from == from && edge->to == to)
			return true;
	return false;
}

static void add_edge(uint64_t from, uint64_t to)
{
	struct edge **list = &plugin.edges[(from * 31 + to) / 2 % EDGE_LISTS];
	struct edge *edge;

	if (has_edge(list, from, to))
		return;
	pthread_mutex_lock(&plugin.adding);
	if (!has_edge(list, from, to)) {
		edge = allocate(sizeof(*edge));
		*edge = (struct edge){.next = *list, .from = from, .to = to};
		__atomic_store_n(list, edge, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&plugin.adding);
}

static void run_block(unsigned int vcpu, void *data)
{
	struct block *block = data;

	block->has_run = true;
	if (plugin.before[vcpu] != UINT64_MAX)
		add_edge(plugin.before[vcpu], block->offset[0]);
	plugin.before[vcpu] = block->last;
}

static void leave_code(unsigned int vcpu, void *data)
{
	(void)data;
	plugin.before[vcpu] = UINT64_MAX;
}

static void translate_block(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	const size_t count = qemu_plugin_tb_n_insns(tb);
	struct block *block;
	uint64_t offset;
	size_t i;

	(void)id;
	if (!find_offset(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)), &offset)) {
		qemu_plugin_register_vcpu_tb_exec_cb(tb, leave_code, QEMU_PLUGIN_CB_NO_REGS, NULL);
		return;
	}
	block = allocate(sizeof(*block) + count * sizeof(block->offset[0]));
	for (i = 0; i < count; i++)
		if (find_offset(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i)), &offset))
			block->offset[block->count++] = offset;
	block->last = block->offset[block->count - 1];
	pthread_mutex_lock(&plugin.adding);
	block->next = plugin.blocks;
	plugin.blocks = block;
	pthread_mutex_unlock(&plugin.adding);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, run_block, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void write_report(FILE *file)
{
	const struct block *block;
	const struct edge *edge;
	size_t i;

	for (block = plugin.blocks; block; block = block->next)
		for (i = 0; block->has_run && i < block->count; i++)
			fprintf(file, "run %" PRIx64 "\n", block->offset[i]);
	for (i = 0; i < EDGE_LISTS; i++)
		for (edge = plugin.edges[i]; edge; edge = edge->next)
			fprintf(file, "edge %" PRIx64 " %" PRIx64 "\n", edge->from, edge->to);
}

static void finish(qemu_plugin_id_t id, void *data)
{
	FILE *file = fopen(plugin.report_path, "w");

	(void)id;
	(void)data;
	if (!file) {
		fprintf(stderr, "coverage: cannot write %s\n", plugin.report_path);
		return;
	}
	write_report(file);
	if (fclose(file))
		fprintf(stderr, "coverage: cannot write %s\n", plugin.report_path);
}

static int parse_argument(const char *name, char *value)
{
	if (!strcmp(name, "report"))
		plugin.report_path = strdup(value);
	else if (!strcmp(name, "base"))
		plugin.base = strtoull(value, NULL, 0);
	else if (!strcmp(name, "alias"))
		plugin.alias = strtoull(value, NULL, 0);
	else if (!strcmp(name, "size"))
		plugin.size = strtoull(value, NULL, 0);
	else
		return -1;
	return 0;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info, int argc,
			char **argv)
{
	size_t cpu;

	for (cpu = 0; cpu < CPUS_MAX; cpu++)
		plugin.before[cpu] = UINT64_MAX;
	if (plugin_parse_arguments("coverage", argc, argv, parse_argument) || !plugin.report_path ||
	    !plugin.size || !info->system_emulation || info->max_vcpus > CPUS_MAX)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_block);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
