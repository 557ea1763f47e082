/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a whole system: all that is read from it for a load, --show and --status. */
#include <stdlib.h>

#include "console/console_source.h"
#include "console/running_consoles.h"
#include "load/kexec_syscall.h"
#include "machine/crash_image.h"
#include "machine/crash_info.h"
#include "machine/machine.h"
#include "machine/running_kernel.h"
#include "machine/watchdogs.h"
#include "paths.h"
#include "permit/cpu_stop.h"
#include "permit/kexec_handover.h"
#include "permit/kexec_permission.h"
#include "permit/lockdown.h"
#include "permit/wrap_permission.h"
#include "show/load_record.h"
#include "show/status_text.h"
#include "target.h"

static int read_machine(const struct arch *arch)
{
	struct machine machine;
	struct fuzz_log log;
	int error;

	fuzz_log_open(&log);
	error = machine_read(&machine, arch, fuzz_sysroot()->directory, NULL, &log.log);
	fuzz_log_close(&log, error);
	machine_free(&machine);
	return error;
}

static void read_crash(void)
{
	struct crash_info info;
	struct fuzz_log log;
	int error;

	fuzz_log_open(&log);
	error = crash_info_read(&info, fuzz_sysroot(), &log.log);
	fuzz_log_close(&log, error);
	crash_info_free(&info);
	crash_info_elfcorehdr_size(fuzz_sysroot());
	crash_image_find(&arch_arm64, fuzz_sysroot());
}

static void read_permissions(void)
{
	const struct sysroot *sysroot = fuzz_sysroot();
	char text[CPU_STOP_TEXT_SIZE];

	kexec_permission_find_for_plan(sysroot, KEXEC_CALL_LOAD, false);
	kexec_permission_find_for_plan(sysroot, KEXEC_CALL_FILE_LOAD, true);
	wrap_permission_find_obstacle(sysroot, &arch_arm64);
	lockdown_is_on(sysroot);
	kexec_handover_is_on(sysroot);
	running_kernel_release(sysroot);
	cpu_stop_explain_busy(text, sizeof(text), sysroot);
}

static void show(const struct log *log)
{
	const struct sysroot *sysroot = fuzz_sysroot();
	char *consoles = running_consoles_read(sysroot);
	struct console_ttys ttys;
	struct load_record record;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	fuzz_expect(stream, "memory for a text");
	running_consoles_have(consoles, "ttyAMA0");
	free(consoles);
	console_list_ttys(&ttys, sysroot, 0x9000000);
	watchdogs_log(sysroot, log);
	watchdogs_warn(sysroot, 1000000, false, log);
	load_record_read(&record, sysroot, false);
	status_text_print(stream, sysroot);
	fclose(stream);
	for (size_t i = 0; i < size; i++)
		fuzz_expect((unsigned char)text[i] >= ' ' || text[i] == '\n',
			    "no control character reaches a terminal");
	free(text);
}

void fuzz_system(const uint8_t *data, size_t size)
{
	const struct fuzz_files files = {data, size};
	struct fuzz_log log;

	fuzz_put_files(files);
	if (read_machine(&arch_arm64))
		read_machine(&arch_riscv64);
	read_crash();
	read_permissions();
	fuzz_log_open(&log);
	show(&log.log);
	fuzz_log_close_silent(&log);
	fuzz_remove_files(files);
}
