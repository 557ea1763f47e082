/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines that this program itself can use: those that the kernel reports for this
 * machine. Every call asks the kernel again.
 */
#ifndef DIGEST_RUNNING_ENGINE_H
#define DIGEST_RUNNING_ENGINE_H

#include <stdint.h>

#include "arch/arch.h"
#include "sha256.h"

/* The size of a list of extensions, in bytes. */
#define RUNNING_EXTENSIONS_SIZE 64

/* The engines that run on all CPUs of the machine, a set of 1 << enum sha256_engine. */
uint32_t running_engines(void);

/* The fastest of them for many messages; SHA256_GENERIC where this build has no other. */
enum sha256_engine running_engine(void);

/*
 * List the extensions that all CPUs have, of those that engines need, with blanks between them.
 * Returns 0, or -ENOTSUP where the kernel tells programs no more than /proc/cpuinfo does, or where
 * @arch is not that of this machine.
 */
int running_engine_list_extensions(char list[RUNNING_EXTENSIONS_SIZE], const struct arch *arch);

#endif
