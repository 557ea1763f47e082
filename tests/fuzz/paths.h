/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a captured system that an input brings. */
#ifndef FUZZ_PATHS_H
#define FUZZ_PATHS_H

#include "target.h"

/* What the user names, below the sysroot too. */
#define FUZZ_KERNEL "/boot/kernel"
#define FUZZ_INITRD "/boot/initrd"
#define FUZZ_DTB    "/boot/dtb"

/* Their paths, by number, ended by NULL. */
extern const char *const fuzz_paths[];

/* Write the input's files below the sysroot, and remove them again. */
void fuzz_put_files(struct fuzz_files files);
void fuzz_remove_files(struct fuzz_files files);

#endif
