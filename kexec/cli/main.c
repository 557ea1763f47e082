/* SPDX-License-Identifier: GPL-2.0-only */
/* kexec: boot another kernel from this one. The steps that the options name, in their order. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/progress.h"
#include "capture/capture.h"
#include "cli/options.h"
#include "devicetree/last_report.h"
#include "load/choose.h"
#include "load/kexec_syscall.h"
#include "load/load.h"
#include "load/reboot.h"
#include "machine/memory_map.h"
#include "show/load_record.h"
#include "show/status_text.h"

/* The exit status of --status if the answer cannot be found out; 0 and 1 are answers. */
#define EXIT_STATUS_UNKNOWN 255

/* Exit status of --last-report if the report is not that of a right verification. */
#define EXIT_STATUS_NOT_VERIFIED 2

/*
 * Write what is still buffered of standard output, and report errors. If only an earlier write
 * failed, its errno is gone.
 */
static int flush_output(const struct log *log)
{
	errno = EIO;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_SUCCESS;
	log_error(log, -errno, "cannot write to standard output: %s", strerror(errno));
	return EXIT_FAILURE;
}

static void show_in_words(const struct options *options)
{
	const struct sysroot sysroot = {.directory = options->sysroot ? options->sysroot : ""};

	status_text_print(stdout, &sysroot);
}

/* The exit status of --status: 1 if a kernel is loaded, 0 if none is, as in kexec-tools. */
static int show_status(const struct options *options, const struct log *log)
{
	const struct sysroot sysroot = {.directory = options->sysroot ? options->sysroot : ""};
	int loaded = kexec_syscall_is_loaded(&sysroot, options->crash, log);

	if (options->show) {
		show_in_words(options);
		if (flush_output(log))
			return EXIT_STATUS_UNKNOWN;
	}
	return loaded < 0 ? EXIT_STATUS_UNKNOWN : loaded;
}

/*
 * Print the size of the region in which crash kernels lie, as a decimal number; 0 if there is none.
 */
static int print_crash_size(const struct options *options, const struct log *log)
{
	const struct sysroot sysroot = {.directory = options->sysroot ? options->sysroot : ""};
	const struct range *region;
	struct memory_map map;
	int error = memory_map_read(&map, &sysroot, log);

	if (error)
		return error;
	region = memory_map_crash_region(&map);
	printf("%" PRIu64 "\n", region ? range_size(*region) : 0);
	memory_map_free(&map);
	return 0;
}

static int capture(const struct options *options, const struct log *log)
{
	const struct sysroot sysroot = {.directory = options->sysroot ? options->sysroot : ""};
	const struct arch *arch;
	int error = choose_arch(&arch, options, log);

	return error ? error : capture_write(options->capture_path, arch, &sysroot, log);
}

/* Print what purgatory said. Returns the exit status. */
static int print_last_report(const struct options *options, const struct log *log)
{
	const struct sysroot sysroot = {.directory = options->sysroot ? options->sysroot : ""};
	char report[PURGATORY_REPORT_SIZE + 1];

	if (last_report_read(report, &sysroot, log))
		return EXIT_FAILURE;
	printf("%s\n", report);
	if (flush_output(log))
		return EXIT_FAILURE;
	return last_report_is_verified(report) ? EXIT_SUCCESS : EXIT_STATUS_NOT_VERIFIED;
}

/* Check that a kernel is loaded, so that nothing is shut down without something to boot. */
static int check_loaded(const struct log *log)
{
	const struct sysroot sysroot = {.directory = ""};
	int loaded = kexec_syscall_is_loaded(&sysroot, false, log);

	if (loaded == 0)
		return log_error(log, -ENOENT,
				 "no kernel is loaded: load one with kexec -l KERNEL");
	return loaded < 0 ? loaded : 0;
}

/* Load, and show the progress on a terminal. */
static int load_visibly(const struct options *options, const struct log *log)
{
	struct progress progress;
	struct log_record record = {0};
	struct log visible = *log;
	int error;

	progress_open(&progress, log->stream);
	visible.progress = &progress;
	visible.record = &record;
	error = load(options, &visible);
	progress_close(&progress);
	log_record_free(&record);
	return error;
}

/* Load, unload and leave, as the options say; 0 or -errno with a message. */
static int run(const struct options *options, const struct log *log)
{
	const struct sysroot sysroot = {.directory = ""};
	int error = 0;

	if (options->unload)
		error = choose_call_unload(&sysroot, options, log);
	if (options->unload && !error)
		load_record_remove(&sysroot, options->crash);
	if (!error && options->load)
		error = load_visibly(options, log);
	if (error || request_is_plan(options) || !(options->reboot || options->exec))
		return error;

	error = check_loaded(log);
	if (error)
		return error;
	if (options->reboot)
		return reboot_system(log);
	if (options->sync)
		sync();
	if (options->ifdown)
		reboot_shut_down_network(log);
	return reboot_kexec(log);
}

static void note_signal(int number)
{
	(void)number;
}

/*
 * Let a write beyond the limit of file sizes (ulimit -f) fail like one to a full disk, instead of
 * ending the program. This uses a handler, not SIG_IGN, because programs that are executed do not
 * inherit a handler.
 */
static void survive_file_size_limit(void)
{
	struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	sigaction(SIGXFSZ, &action, NULL);
}

int main(int argc, char **argv)
{
	struct log log = {.stream = stderr};
	struct options options;

	survive_file_size_limit();
	if (options_parse(&options, argc, argv, &log))
		return EXIT_FAILURE;
	log.debug = options.debug;
	log.details = options.details;
	if (options.help)
		options_print_help(stdout);
	else if (options.version)
		options_print_version(stdout);
	else if (options.last_report)
		return print_last_report(&options, &log);
	else if (options.capture) {
		if (capture(&options, &log))
			return EXIT_FAILURE;
	} else if (options.show && !options.status)
		show_in_words(&options);
	else if (options.status)
		return show_status(&options, &log);
	else if (options.print_crash_size) {
		if (print_crash_size(&options, &log))
			return EXIT_FAILURE;
	} else if (run(&options, &log))
		return EXIT_FAILURE;
	return flush_output(&log);
}
