/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the counting plugins have to know of an instruction. Opcodes: Arm DDI 0487, C6 and C7; the
 * RISC-V unprivileged architecture, chapters Zk and Vector Cryptography.
 */
#ifndef BENCH_DECODE_H
#define BENCH_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "qemu_plugin.h"

enum architecture {
	ARCHITECTURE_ARM64,
	ARCHITECTURE_RISCV64,
};

/*
 * The architecture of the machine that @info describes. Returns 0, or -EINVAL with a message that
 * begins with the name of the @plugin if it is not a machine with one CPU of either.
 */
int architecture_find(enum architecture *architecture, const struct qemu_plugin_info *info,
		      const char *plugin);

/* Is it an instruction for SHA-256? */
bool is_sha256(enum architecture architecture, uint32_t opcode);

/* Does it clean or invalidate a line of the data cache, by address? */
bool is_line_maintenance(enum architecture architecture, uint32_t opcode);

/* Does it read CTR_EL0? */
bool is_cache_type_read(enum architecture architecture, uint32_t opcode);

/*
 * The number of a mark: an instruction without effect that a measured program has at a place that
 * counts, see mark.h. -1 if it is none.
 */
int mark_number(enum architecture architecture, uint32_t opcode);

#endif
