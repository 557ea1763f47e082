/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of cache maintenance that C and assembler share.
 */
#ifndef PURGATORY_RISCV64_CACHE_H
#define PURGATORY_RISCV64_CACHE_H

/* The immediate of cbo.flush in its opcode. */
#define CBO_FLUSH 2

/*
 * The value of sscratch while an instruction is tried that is skipped if the hart lacks it: more
 * than FAULT_COUNT_MAX of stop.h, less than any address of the stack (try_engine.S).
 */
#define TRIAL_SKIP 16

#endif
