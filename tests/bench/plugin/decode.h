/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the counting plugins have to know of an instruction. Opcodes: Arm DDI 0487, C6 and C7; the
 * RISC-V unprivileged architecture, chapters Zk and Vector Cryptography.
 */
#ifndef BENCH_DECODE_H
#define BENCH_DECODE_H

#include <stdbool.h>
#include <stdint.h>

enum architecture {
	ARCHITECTURE_ARM64,
	ARCHITECTURE_RISCV64,
};

/* The architecture that QEMU calls so ("aarch64"); -EINVAL if there is none. */
int architecture_named(const char *name, enum architecture *architecture);

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
