/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engines of SHA-256 on riscv64, and what they need.
 */
#include "arch/engines.h"

/*
 * The order is that of instructions a byte (see each engine), 1.0 for the first and 35 for Zbb,
 * which cores in order take at about the same rate. V has 13 of them with registers of 128 bits and
 * 7 with 256. SpacemiT's X60 is said to take 13.5 cycles a byte with V and 20 to 23 with Zbb.
 */
const struct arch_engine riscv64_engines[] = {
	{SHA256_RISCV64_ZVKNH_X2, {"v", "zvknha", "zvkb"}},
	{SHA256_RISCV64_ZVKNH, {"v", "zvknha", "zvkb"}},
	{SHA256_RISCV64_ZKNH, {"zknh", "zbb"}},
	{SHA256_RISCV64_RVV, {"v", "zbb"}},
	{SHA256_RISCV64_ZBB, {"zbb"}},
	{.engine = SHA256_GENERIC},
};
