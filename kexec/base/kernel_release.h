/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's release. It tells what only an attempt could tell otherwise.
 */
#ifndef BASE_KERNEL_RELEASE_H
#define BASE_KERNEL_RELEASE_H

#include <stdint.h>

/*
 * Releases as numbers that compare. Linux 6.12 is KERNEL_RELEASE(6, 12), the first of its series;
 * 6.12.78 is KERNEL_RELEASE_STABLE(6, 12, 78), and more. KERNEL_VERSION() of the kernel has no room
 * for patch levels above 255, which 4.14 and others have reached.
 */
#define KERNEL_RELEASE_STABLE(major, minor, patch) \
	((uint32_t)(major) << 24 | (uint32_t)(minor) << 16 | (uint32_t)(patch))
#define KERNEL_RELEASE(major, minor) KERNEL_RELEASE_STABLE(major, minor, 0)

#define KERNEL_RELEASE_MAJOR(release) ((release) >> 24)
#define KERNEL_RELEASE_MINOR(release) ((release) >> 16 & 0xff)

/*
 * The number of a release as uname(2) has it ("6.12.107-generic"); 0 if it is no release. A release
 * without a patch level, such as "7.0-rc1", has the number of its series. So has a vendor's that
 * counts only behind the hyphen, such as Debian's "6.1.0-42-arm64".
 */
uint32_t kernel_release_parse(const char *text);

/* The running kernel's; 0: unknown. */
uint32_t kernel_release_running(void);

#endif
