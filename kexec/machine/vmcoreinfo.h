/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo: what the running kernel tells debuggers about itself, lines of KEY=VALUE
 * (Documentation/admin-guide/kdump/vmcoreinfo.rst). /proc/kcore has it as an ELF note.
 */
#ifndef MACHINE_VMCOREINFO_H
#define MACHINE_VMCOREINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"

struct vmcoreinfo {
	char *text; /* owned; NULL: there is none that can be read */
};

/*
 * Read the note of /proc/kcore, of which nothing but the ELF header, the program headers and the
 * notes is touched: the rest is the memory of the kernel. Nothing depends on having it: where it is
 * missing, not permitted (lockdown), malformed or of another architecture, log_debug() says so and
 * there is none.
 */
void vmcoreinfo_read(struct vmcoreinfo *info, const struct arch *arch,
		     const struct sysroot *sysroot, const struct log *log);

/*
 * The number under @key, as in "NUMBER(VA_BITS)". The kernel writes some in decimal, perhaps
 * negative, and others in hexadecimal after 0x; negative ones come as their two's complement.
 * Returns false, @value unchanged, where there is none or it is not a number of 64 bits.
 */
bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *key, uint64_t *value);

void vmcoreinfo_free(struct vmcoreinfo *info);

#endif
