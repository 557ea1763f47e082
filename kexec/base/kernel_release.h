/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's release, for what cannot be asked of it in any other way than by trying.
 */
#ifndef BASE_KERNEL_RELEASE_H
#define BASE_KERNEL_RELEASE_H

#include <stdint.h>

/* Releases as numbers that compare: Linux 6.12 is KERNEL_RELEASE(6, 12). */
#define KERNEL_RELEASE(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor))

/* The number of a release as uname(2) has it ("6.12.107-generic"); 0: it is none. */
uint32_t kernel_release_parse(const char *text);

/* The running kernel's; 0: unknown. */
uint32_t kernel_release_running(void);

#endif
