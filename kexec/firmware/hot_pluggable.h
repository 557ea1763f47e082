/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that can be plugged in and out, as ACPI describes it.
 */
#ifndef FIRMWARE_HOT_PLUGGABLE_H
#define FIRMWARE_HOT_PLUGGABLE_H

#include "base/range.h"
#include "base/sysroot.h"

/*
 * Add to @set the physical addresses that ACPI's SRAT marks as hot-pluggable. RAM that was plugged
 * in after boot lies there, and RAM that was there before may lie there too. On arm64 and riscv64
 * nothing tells them apart. If there is no SRAT, or if it is malformed, nothing is added. Returns 0
 * or -ENOMEM.
 */
int hot_pluggable_read(struct range_set *set, const struct sysroot *sysroot);

#endif
