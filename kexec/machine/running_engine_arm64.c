/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine of SHA-256 for this program itself on arm64.
 */
#include "machine/running_engine.h"

enum sha256_engine running_engine(void)
{
	return SHA256_GENERIC;
}
