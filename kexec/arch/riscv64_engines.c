/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines of riscv64, and the extensions that they need.
 */
#include "arch/engines.h"

/* Ordered by cycles a byte; see docs/engines.md. */
const struct arch_engine riscv64_engines[] = {
	{SHA256_RISCV64_ZVKNH_X2, ENGINE_CACHES_ANY, {"v", "zvknha", "zvkb"}},
	{SHA256_RISCV64_ZVKNH, ENGINE_CACHES_ANY, {"v", "zvknha", "zvkb"}},
	{SHA256_RISCV64_ZKNH, ENGINE_CACHES_ANY, {"zknh", "zbb"}},
	{SHA256_RISCV64_RVV, ENGINE_CACHES_ANY, {"v", "zbb"}},
	{SHA256_RISCV64_ZBB, ENGINE_CACHES_ANY, {"zbb"}},
	{.engine = SHA256_GENERIC},
};
