/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The choice of a SHA-256 engine on arm64, without asking the kernel.
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
