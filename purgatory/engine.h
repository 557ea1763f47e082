/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which SHA-256 engine purgatory uses.
 */
#ifndef PURGATORY_ENGINE_H
#define PURGATORY_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sha256.h"

/* The engine that was patched, else the one that suits the CPU, with its caches on or not. */
enum sha256_engine engine_choose(bool cached);

/* The name of an engine, "auto" for any number that is none. */
const char *engine_name(uint32_t engine);

#endif
