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
	char *text; /* owned; NULL: it cannot be read */
};

/*
 * Read the note of /proc/kcore. Only the ELF header, the program headers and the notes are read,
 * because the rest is the kernel's memory. No load depends on the note. If it is missing, not
 * permitted (lockdown), malformed or of another architecture, log_debug() says so and the text is
 * NULL.
 */
void vmcoreinfo_read(struct vmcoreinfo *info, const struct arch *arch,
		     const struct sysroot *sysroot, const struct log *log);

/*
 * The number under @key, as in "NUMBER(VA_BITS)". The kernel writes some in decimal, perhaps
 * negative, and others in hexadecimal after 0x; negative ones come as their two's complement.
 * Returns false and leaves @value unchanged if there is no such key or its value is not a number of
 * 64 bits.
 */
bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *key, uint64_t *value);

void vmcoreinfo_free(struct vmcoreinfo *info);

#endif
