/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines of an architecture. They are apart from its descriptor, for programs that
 * hash and need nothing else of it.
 */
#ifndef ARCH_ENGINES_H
#define ARCH_ENGINES_H

#include "arch/arch.h"

/* The fastest first, SHA256_GENERIC last. */
extern const struct arch_engine riscv64_engines[];

#endif
