/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engine for this program itself, on machines that have only the portable one.
 */
#include "digest/running_engine.h"

#include <errno.h>

uint32_t running_engines(void)
{
	return 1 << SHA256_GENERIC;
}

enum sha256_engine running_engine(void)
{
	return SHA256_GENERIC;
}

int running_engine_list_extensions(char list[RUNNING_EXTENSIONS_SIZE], const struct arch *arch)
{
	(void)list;
	(void)arch;
	return -ENOTSUP;
}
