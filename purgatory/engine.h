/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which SHA-256 engine purgatory uses. It is tried before anything is hashed with it: a wrong idea
 * of the CPU makes verification slower, and never keeps the next kernel from starting.
 */
#ifndef PURGATORY_ENGINE_H
#define PURGATORY_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sha256.h"

/* What came of trying an engine. */
enum engine_verdict {
	ENGINE_MISSING, /* the CPU lacks an instruction, or the architecture the engine */
	ENGINE_WRONG,	/* it computes something else */
	ENGINE_RIGHT,
};

struct engine_choice {
	enum sha256_engine engine; /* to hash with: the wanted one, or SHA256_GENERIC */
	enum sha256_engine wanted;
	enum engine_verdict verdict; /* on the wanted one */
};

/*
 * Choose the engine that was patched, else the one that suits the CPU, with its caches on or not,
 * and try it. From then on it is arch_engine(). May be called in any state in which purgatory
 * hashes, and as often as such a state begins: nothing is remembered in memory.
 */
struct engine_choice engine_choose(bool cached);

/*
 * Run an engine on a block whose digest is known, as one message and in all lanes. Called by
 * arch_try_engine(), which stands by for an instruction that the CPU lacks. ENGINE_WRONG or
 * ENGINE_RIGHT.
 */
enum engine_verdict engine_test(enum sha256_engine engine);

/* The name of an engine, "unknown" for any number that is none. */
const char *engine_name(uint32_t engine);

#endif
