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
 * instruction of a block to the first of what ran next, both in the code. Offsets are hexadecimal.
 * An instruction after one that trapped in the same block counts as run.
 */
#include <inttypes.h>
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

struct edge {
	struct edge *next;
	uint64_t from, to;
};

#define EDGE_LISTS 4096

struct plugin {
	const char *report_path;
	uint64_t base, alias, size;
	struct block *blocks;
	struct edge *edges[EDGE_LISTS]; /* by @from and @to */
	uint64_t before;		/* the last offset of the block that ran, or UINT64_MAX */
};

int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

/* The one instance: QEMU hands no data to the callback for a new block. */
static struct plugin plugin;

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

static void add_edge(uint64_t from, uint64_t to)
{
	struct edge **list = &plugin.edges[(from * 31 + to) / 2 % EDGE_LISTS];
	struct edge *edge;

	for (edge = *list; edge; edge = edge->next)
		if (edge->from == from && edge->to == to)
			return;
	edge = allocate(sizeof(*edge));
	edge->next = *list;
	edge->from = from;
	edge->to = to;
	*list = edge;
}

static void run_block(unsigned int vcpu, void *data)
{
	struct block *block = data;

	(void)vcpu;
	block->has_run = true;
	if (plugin.before != UINT64_MAX)
		add_edge(plugin.before, block->offset[0]);
	plugin.before = block->last;
}

static void leave_code(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	plugin.before = UINT64_MAX;
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
	block->next = plugin.blocks;
	plugin.blocks = block;
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
	(void)info;
	plugin.before = UINT64_MAX;
	if (plugin_parse_arguments("coverage", argc, argv, parse_argument) || !plugin.report_path ||
	    !plugin.size)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_block);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
