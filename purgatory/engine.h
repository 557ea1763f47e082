/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engine that purgatory uses. Purgatory tries it before it hashes anything with it, so
 * a mistake about the CPU makes verification slower, but never keeps the next kernel from starting.
 */
#ifndef PURGATORY_ENGINE_H
#define PURGATORY_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sha256.h"

/* The result of trying an engine. */
enum engine_verdict {
	ENGINE_MISSING, /* the CPU lacks an instruction, or the architecture the engine */
	ENGINE_WRONG,	/* it computes a wrong digest */
	ENGINE_RIGHT,
};

struct engine_choice {
	enum sha256_engine engine; /* to hash with: the wanted one, or SHA256_GENERIC */
	enum sha256_engine wanted;
	enum engine_verdict verdict; /* about the wanted one */
};

/* The engine that was patched, else the one that suits the CPU, with its caches on or not. */
enum sha256_engine engine_wanted(bool cached);

/*
 * Choose the engine that was patched, else the one that suits the CPU, with its caches on or not,
 * and try it. From then on it is arch_engine(). This may be called in any state in which purgatory
 * hashes. It is called again whenever such a state begins, because nothing is kept in memory.
 */
struct engine_choice engine_choose(bool cached);

/*
 * Run an engine on a block whose digest is known, as one message and in all lanes. Called by
 * arch_try_engine(), which catches the exception of an instruction that the CPU lacks. Returns
 * ENGINE_WRONG or ENGINE_RIGHT.
 */
enum engine_verdict engine_test(enum sha256_engine engine);

/* The name of an engine; "unknown" for a number that is no engine. */
const char *engine_name(uint32_t engine);

#endif
