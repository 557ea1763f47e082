/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine of SHA-256 for this program itself.
 */
#ifndef MACHINE_RUNNING_ENGINE_H
#define MACHINE_RUNNING_ENGINE_H

#include "sha256.h"

/*
 * The fastest engine on all CPUs of the machine that this program runs on, as the kernel tells;
 * SHA256_GENERIC where the build has no other. Asks anew each time.
 */
enum sha256_engine running_engine(void);

#endif
