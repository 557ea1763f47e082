/* SPDX-License-Identifier: GPL-2.0-only */
/* The running kernel's command line, and words that are looked for in it. */
#include <stdlib.h>
#include <string.h>

#include "machine/command_line.h"
#include "machine/running_kernel.h"
#include "permit/kexec_handover.h"
#include "target.h"

static void look(const char *line)
{
	static const char *const words[] = {"root=", "mem=", "crashkernel=", "console="};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = 0;
		const char *value = command_line_value(line, words[i], &length);

		fuzz_expect(!value || command_line_sets(line, words[i]), "a value is set");
		fuzz_touch(value, value ? length : 0);
	}
}

void fuzz_command_line(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"kho", "ramoops.mem_address", "nr_cpus", "-"};

	fuzz_sysroot_put("/proc/cmdline", data, size);
	for (int i = 0; i < 4; i++) {
		struct fuzz_log log;
		char *line = NULL;
		int error;

		fuzz_log_open(&log);
		error = command_line_compose(&line, fuzz_sysroot(), i & 1,
					     i & 2 ? "root=/dev/vda" : NULL, i & 2, &log.log);
		look(line);
		free(line);
		fuzz_log_close(&log, error);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		free(running_kernel_parameter(fuzz_sysroot(), names[i]));
	kexec_handover_is_on(fuzz_sysroot());
}
