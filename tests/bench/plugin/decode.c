/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the counting plugins have to know of an instruction.
 */
#include "decode.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Opcodes are of this kind if those bits have this value. */
struct pattern {
	uint32_t mask;
	uint32_t value;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct pattern arm64_sha256[] = {
	{0xffe0fc00, 0x5e004000}, /* sha256h */
	{0xffe0fc00, 0x5e005000}, /* sha256h2 */
	{0xfffffc00, 0x5e282800}, /* sha256su0 */
	{0xffe0fc00, 0x5e006000}, /* sha256su1 */
};

static const struct pattern riscv64_sha256[] = {
	{0xfff0707f, 0x10001013}, /* sha256sum0 */
	{0xfff0707f, 0x10101013}, /* sha256sum1 */
	{0xfff0707f, 0x10201013}, /* sha256sig0 */
	{0xfff0707f, 0x10301013}, /* sha256sig1 */
	{0xfe00707f, 0xb6002077}, /* vsha2ms.vv */
	{0xfe00707f, 0xba002077}, /* vsha2ch.vv */
	{0xfe00707f, 0xbe002077}, /* vsha2cl.vv */
};

/* DC by address: op1 = 3, CRn = 7, CRm = 10 to 14, op2 = 1 (and op1 = 0, CRm = 6: IVAC). */
static const struct pattern arm64_maintenance[] = {
	{0xffffffe0, 0xd5087620}, /* dc ivac */
	{0xffffffe0, 0xd50b7a20}, /* dc cvac */
	{0xffffffe0, 0xd50b7b20}, /* dc cvau */
	{0xffffffe0, 0xd50b7e20}, /* dc civac */
};

/* mrs x0, ctr_el0, and any other register in its place */
static const struct pattern arm64_cache_type = {0xffffffe0, 0xd53b0020};

/* hint #0x70 to #0x7f; slti x0, x0, 1 to 15, for slti x0 is a hint for custom use. */
static const struct pattern arm64_mark = {0xfffffe1f, 0xd5032e1f};
static const struct pattern riscv64_mark = {0xff0fffff, 0x00002013};

static bool matches(const struct pattern *pattern, uint32_t opcode)
{
	return (opcode & pattern->mask) == pattern->value;
}

static bool matches_any(const struct pattern *patterns, size_t count, uint32_t opcode)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (matches(&patterns[i], opcode))
			return true;
	return false;
}

/* Find the architecture that QEMU calls @name ("aarch64"). Returns 0 or -EINVAL. */
static int find_named(enum architecture *architecture, const char *name)
{
	if (!strcmp(name, "aarch64"))
		*architecture = ARCHITECTURE_ARM64;
	else if (!strcmp(name, "riscv64"))
		*architecture = ARCHITECTURE_RISCV64;
	else
		return -EINVAL;
	return 0;
}

int architecture_find(enum architecture *architecture, const struct qemu_plugin_info *info,
		      const char *plugin)
{
	if (info->system_emulation && info->smp_vcpus == 1 &&
	    find_named(architecture, info->target_name) == 0)
		return 0;
	fprintf(stderr, "%s: this is for qemu-system-aarch64 and -riscv64 with one CPU\n", plugin);
	return -EINVAL;
}

bool is_sha256(enum architecture architecture, uint32_t opcode)
{
	if (architecture == ARCHITECTURE_ARM64)
		return matches_any(arm64_sha256, COUNT(arm64_sha256), opcode);
	return matches_any(riscv64_sha256, COUNT(riscv64_sha256), opcode);
}

bool is_line_maintenance(enum architecture architecture, uint32_t opcode)
{
	return architecture == ARCHITECTURE_ARM64 &&
	       matches_any(arm64_maintenance, COUNT(arm64_maintenance), opcode);
}

bool is_cache_type_read(enum architecture architecture, uint32_t opcode)
{
	return architecture == ARCHITECTURE_ARM64 && matches(&arm64_cache_type, opcode);
}

int mark_number(enum architecture architecture, uint32_t opcode)
{
	if (architecture == ARCHITECTURE_ARM64)
		return matches(&arm64_mark, opcode) ? (int)(opcode >> 5 & 15) : -1;
	return matches(&riscv64_mark, opcode) ? (int)(opcode >> 20 & 15) : -1;
}
