/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines of riscv64, and the extensions that they need.
 */
#include "arch/engines.h"

/* Ordered by cycles a byte; see docs/engines.md. */
const struct arch_engine riscv64_engines[] = {
	{SHA256_RISCV64_ZVKNH_X2, {"v", "zvknha", "zvkb"}, ENGINE_CACHES_ANY},
	{SHA256_RISCV64_ZVKNH, {"v", "zvknha", "zvkb"}, ENGINE_CACHES_ANY},
	{SHA256_RISCV64_ZKNH, {"zknh", "zbb"}, ENGINE_CACHES_ANY},
	{SHA256_RISCV64_RVV, {"v", "zbb"}, ENGINE_CACHES_ANY},
	{SHA256_RISCV64_ZBB, {"zbb"}, ENGINE_CACHES_ANY},
	{.engine = SHA256_GENERIC},
};
