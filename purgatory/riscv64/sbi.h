/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of the RISC-V Supervisor Binary Interface.
 */
#ifndef PURGATORY_RISCV64_SBI_H
#define PURGATORY_RISCV64_SBI_H

#include <stdint.h>

/* The result of a call; a legacy extension returns the error alone. */
struct sbi_result {
	int64_t error; /* 0, or negative */
	uint64_t value;
};

/* sbi_call.S. The order of the parameters is that of their registers. */
struct sbi_result sbi_call(uint64_t argument0, uint64_t argument1, uint64_t argument2,
			   uint64_t argument3, uint64_t argument4, uint64_t argument5,
			   uint64_t function, uint64_t extension);

#endif
