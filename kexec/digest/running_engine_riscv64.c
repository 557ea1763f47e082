/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines for this program itself, on riscv64: riscv_hwprobe(2),
 * Documentation/arch/riscv/hwprobe.rst.
 */
#include "digest/running_engine.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "arch/engines.h"
#include "digest/cpu_extensions.h"

/*
 * From arch/riscv/include/uapi/asm/hwprobe.h and unistd.h; the headers of older systems lack these.
 */
#define NR_RISCV_HWPROBE INT64_C(258)
#define KEY_IMA_EXT_0	 INT64_C(4)
#define IMA_V		 (UINT64_C(1) << 2)
#define EXT_ZBB		 (UINT64_C(1) << 4)
#define EXT_ZKNH	 (UINT64_C(1) << 13)
#define EXT_ZVBB	 (UINT64_C(1) << 17)
#define EXT_ZVKB	 (UINT64_C(1) << 19)
#define EXT_ZVKNHA	 (UINT64_C(1) << 22)
#define EXT_ZVKNHB	 (UINT64_C(1) << 23)

struct hwprobe_pair {
	int64_t key;
	uint64_t value;
};

/* Each of the bits says that the CPUs have the extension. */
static const struct {
	const char *name;
	uint64_t bits;
} extensions[] = {
	{"v", IMA_V},
	{"zbb", EXT_ZBB},
	{"zknh", EXT_ZKNH},
	{"zvkb", EXT_ZVKB | EXT_ZVBB},
	{"zvknha", EXT_ZVKNHA | EXT_ZVKNHB},
};

/* The extensions that all online CPUs have, or 0. */
static uint64_t probe_extensions(void)
{
	struct hwprobe_pair pair = {.key = KEY_IMA_EXT_0};

	/* A kernel that does not know the key sets it to -1. */
	if (syscall(NR_RISCV_HWPROBE, &pair, 1, 0, NULL, 0) || pair.key != KEY_IMA_EXT_0)
		return 0;
	return pair.value;
}

static void list_extensions(char list[RUNNING_EXTENSIONS_SIZE], uint64_t bits)
{
	size_t length = 0, i;

	list[0] = '\0';
	for (i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (bits & extensions[i].bits)
			length += (size_t)snprintf(list + length, RUNNING_EXTENSIONS_SIZE - length,
						   "%s%s", length ? " " : "", extensions[i].name);
}

int running_engine_list_extensions(char list[RUNNING_EXTENSIONS_SIZE], const struct arch *arch)
{
	const uint64_t bits = probe_extensions();

	if (!bits || arch->engines != riscv64_engines)
		return -ENOTSUP;
	list_extensions(list, bits);
	return 0;
}

/*
 * Even if CPUs have vectors, this process may not be allowed to use them (prctl(2),
 * PR_RISCV_V_SET_CONTROL). AT_HWCAP tells that, with one bit for each letter.
 */
uint32_t running_engines(void)
{
	const uint64_t vectors = UINT64_C(1) << ('v' - 'a');
	uint64_t bits = probe_extensions();
	char list[RUNNING_EXTENSIONS_SIZE];

	if (!(getauxval(AT_HWCAP) & vectors))
		bits &= ~IMA_V;
	list_extensions(list, bits);
	return cpu_extensions_find_engines(
		riscv64_engines, &(struct cpu_extensions){.text = list, .size = strlen(list)}, 1);
}

enum sha256_engine running_engine(void)
{
	const struct arch_engine *entry = riscv64_engines;
	const uint32_t engines = running_engines();

	while (!(engines >> entry->engine & 1))
		entry++;
	return entry->engine;
}
