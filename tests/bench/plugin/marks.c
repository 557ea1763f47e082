/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts instructions of a whole guest with one CPU from mark to mark, as a plugin of
 * qemu-system-*. A mark is an instruction without effect that a program in the guest has where it
 * matters (mark.h).
 *
 * Each instruction is counted before it is executed, so one that faults and is repeated counts each
 * time. The lower half of the address space is user space, the upper one the kernel; firmware,
 * which runs at physical addresses, is counted apart, and so is purgatory if it is told where.
 *
 * Arguments, numbers as strtoull() reads them:
 *   report=FILE    gets a line for each mark, with what was counted since the mark before
 *   physical=LOW-HIGH   addresses of what runs without the kernel's map: firmware and purgatory
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "plugin_arguments.h"
#include "qemu_plugin.h"

#define MARK_COUNT 16

/* Where an instruction is. */
enum place {
	PLACE_USER,
	PLACE_KERNEL,
	PLACE_PHYSICAL,
	PLACE_COUNT
};

struct plugin {
	FILE *report;
	uint64_t low, high;			     /* PLACE_PHYSICAL */
	struct qemu_plugin_scoreboard *instructions; /* uint64_t by enum place */
	uint64_t since[PLACE_COUNT];
	enum architecture architecture;
};

int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

/* The one instance: QEMU hands no data to the callback for a new block. */
static struct plugin plugin;

/* Its number is where @data points. */
static void pass_mark(unsigned int vcpu, void *data)
{
	const unsigned char *number = data;
	const uint64_t *now = qemu_plugin_scoreboard_find(plugin.instructions, vcpu);

	fprintf(plugin.report,
		"mark number=%u user=%" PRIu64 " kernel=%" PRIu64 " physical=%" PRIu64 "\n",
		*number, now[PLACE_USER] - plugin.since[PLACE_USER],
		now[PLACE_KERNEL] - plugin.since[PLACE_KERNEL],
		now[PLACE_PHYSICAL] - plugin.since[PLACE_PHYSICAL]);
	fflush(plugin.report);
	memcpy(plugin.since, now, sizeof(plugin.since));
}

static enum place place_of(uint64_t address)
{
	if (address >> 63)
		return PLACE_KERNEL;
	return address >= plugin.low && address < plugin.high ? PLACE_PHYSICAL : PLACE_USER;
}

static void translate_instruction(struct qemu_plugin_insn *instruction)
{
	static unsigned char numbers[MARK_COUNT] = {0, 1, 2,  3,  4,  5,  6,  7,
						    8, 9, 10, 11, 12, 13, 14, 15};
	const enum place place = place_of(qemu_plugin_insn_vaddr(instruction));
	uint32_t opcode = 0;
	int number = -1;

	if (qemu_plugin_insn_data(instruction, &opcode, sizeof(opcode)) == sizeof(opcode))
		number = mark_number(plugin.architecture, opcode);
	if (number >= 0 && place == PLACE_USER)
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, pass_mark,
						       QEMU_PLUGIN_CB_NO_REGS, &numbers[number]);
	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
		instruction, QEMU_PLUGIN_INLINE_ADD_U64,
		(qemu_plugin_u64){plugin.instructions, place * sizeof(uint64_t)}, 1);
}

static void translate_block(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	const size_t count = qemu_plugin_tb_n_insns(tb);
	size_t i;

	(void)id;
	for (i = 0; i < count; i++)
		translate_instruction(qemu_plugin_tb_get_insn(tb, i));
}

static int parse_argument(const char *name, char *value)
{
	char *high;

	if (!strcmp(name, "report")) {
		plugin.report = fopen(value, "we");
		return plugin.report ? 0 : -errno;
	}
	if (!strcmp(name, "physical")) {
		plugin.low = strtoull(value, &high, 0);
		if (*high++ != '-')
			return -EINVAL;
		plugin.high = strtoull(high, NULL, 0);
		return 0;
	}
	return -EINVAL;
}

static int parse_arguments(int argc, char **argv)
{
	if (plugin_parse_arguments("marks", argc, argv, parse_argument))
		return -EINVAL;
	if (plugin.report)
		return 0;
	fprintf(stderr, "marks: report is needed\n");
	return -EINVAL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info, int argc,
			char **argv)
{
	if (architecture_find(&plugin.architecture, info, "marks") || parse_arguments(argc, argv))
		return -1;
	plugin.instructions = qemu_plugin_scoreboard_new(sizeof(uint64_t) * PLACE_COUNT);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_block);
	return 0;
}
