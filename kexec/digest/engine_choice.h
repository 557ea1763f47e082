/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engine that purgatory is to use.
 */
#ifndef DIGEST_ENGINE_CHOICE_H
#define DIGEST_ENGINE_CHOICE_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "digest/cpu_engines.h"

/*
 * The number of the engine named @name, PURGATORY_ENGINE_AUTO for "auto". Returns 0, or -EINVAL
 * without a message.
 */
int engine_choice_find(uint32_t *engine, const char *name);

/* The name of the engine with that number, or "auto". */
const char *engine_choice_name(uint32_t engine);

/*
 * Choose the value that purgatory_engine is patched to: @wanted, or if that is
 * PURGATORY_ENGINE_AUTO, the first of the architecture's engines that the CPU is known to have, or
 * PURGATORY_ENGINE_AUTO if purgatory chooses. Returns 0, or -ENOTSUP with a message where the
 * architecture has no such engine or the CPU is known to lack what it needs.
 */
int engine_choice_make(uint32_t *engine, uint32_t wanted, const struct arch *arch,
		       const struct cpu_engines *available, const struct log *log);

#endif
