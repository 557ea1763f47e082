/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a fuzzer runs: the targets, and what all of them share.
 *
 * A target gets bytes that come from outside, gives them to a parser as kexec does, and ends the
 * program with abort() if a promise is broken. The sanitizers watch everything else.
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/sysroot.h"

struct fuzz_target {
	const char *name;
	void (*run)(const uint8_t *data, size_t size);
};

/* All targets, ended by one without a name. Each has a file of its own, target_NAME.c. */
extern const struct fuzz_target fuzz_targets[];

void fuzz_acpi(const uint8_t *data, size_t size);
void fuzz_command_line(const uint8_t *data, size_t size);
void fuzz_cpuinfo(const uint8_t *data, size_t size);
void fuzz_decompress(const uint8_t *data, size_t size);
void fuzz_devicetree(const uint8_t *data, size_t size);
void fuzz_image(const uint8_t *data, size_t size);
void fuzz_iomem(const uint8_t *data, size_t size);
void fuzz_kcore(const uint8_t *data, size_t size);
void fuzz_kpageflags(const uint8_t *data, size_t size);
void fuzz_load(const uint8_t *data, size_t size);
void fuzz_options(const uint8_t *data, size_t size);
void fuzz_proc_device_tree(const uint8_t *data, size_t size);
void fuzz_purgatory(const uint8_t *data, size_t size);
void fuzz_system(const uint8_t *data, size_t size);
void fuzz_zoneinfo(const uint8_t *data, size_t size);

/* End the program, and name the promise, unless it holds. */
void fuzz_expect(bool holds, const char *promise);

/* Messages that are kept, to be judged. */
struct fuzz_log {
	struct log log;
	char *text;
	size_t size;
};

void fuzz_log_open(struct fuzz_log *log);

/*
 * Judge the messages, and free them: exactly one line if @error is not 0, at most warnings if it is
 * 0, and no control character in any line.
 */
void fuzz_log_close(struct fuzz_log *log, int error);

/* The same for functions without a message: at most warnings, whatever the result was. */
void fuzz_log_close_silent(struct fuzz_log *log);

/* Read every byte, so that the sanitizer sees all of them. */
void fuzz_touch(const void *data, size_t size);

/*
 * A directory for --sysroot, made once for a process. fuzz_sysroot_put() writes the file @path,
 * which begins with a slash, and makes its directories.
 */
const struct sysroot *fuzz_sysroot(void);
void fuzz_sysroot_put(const char *path, const void *data, size_t size);

/* Remove a file or directory below it and all that is in it, if there is one. */
void fuzz_sysroot_remove(const char *path);

/*
 * Several files in one input: for each a byte that names it, four bytes with its size, the least
 * significant first, and its contents. The last one may be cut off. Returns false if there is no
 * more.
 */
struct fuzz_files {
	const uint8_t *data;
	size_t size;
};
struct fuzz_file {
	uint8_t name;
	const uint8_t *data;
	size_t size;
};
bool fuzz_next_file(struct fuzz_files *files, struct fuzz_file *file);

#endif
