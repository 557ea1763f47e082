/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which SHA-256 engine purgatory uses.
 */
#include "engine.h"

#include "arch.h"
#include "purgatory.h"

enum sha256_engine engine_choose(bool cached)
{
	const uint32_t engine = purgatory_engine;

	return engine < SHA256_ENGINE_COUNT ? (enum sha256_engine)engine
					    : arch_choose_engine(cached);
}

const char *engine_name(uint32_t engine)
{
	/* Arrays, not pointers: nothing to relocate. */
	static const char names[SHA256_ENGINE_COUNT][16] = SHA256_ENGINE_NAMES;

	return engine < SHA256_ENGINE_COUNT ? names[engine] : "auto";
}
