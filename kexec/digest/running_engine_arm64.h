/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The choice of an engine of SHA-256 on arm64, apart from the question to the kernel.
 */
#ifndef DIGEST_RUNNING_ENGINE_ARM64_H
#define DIGEST_RUNNING_ENGINE_ARM64_H

#include <stdint.h>

#include "sha256.h"

/* The engines that run with these @capabilities, HWCAP_*; a set of 1 << enum sha256_engine. */
uint32_t running_engine_arm64_find(unsigned long capabilities);

/* The fastest of a set for many messages. */
enum sha256_engine running_engine_arm64_find_fastest(uint32_t engines);

#endif
