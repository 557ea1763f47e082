/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --output: write the segments that the system call would get.
 */
#ifndef PLAN_OUTPUT_H
#define PLAN_OUTPUT_H

#include "base/log.h"
#include "plan/plan.h"
#include "plan/wrapped_image.h"

/* Bytes, enough for the name of every file of a plan. */
#define OUTPUT_NAME_SIZE 32

/* The file of the Image into which a plan is wrapped. */
#define OUTPUT_WRAPPED_FILE "wrapped-image.bin"

/* The name of the file of a segment: "00-kernel.bin". */
void output_segment_file_name(char name[OUTPUT_NAME_SIZE], const struct plan *plan, size_t index);

/* A plan that is written, but not yet in its place. */
struct output;

/*
 * Write one file per segment, the text @document as plan.json, and the Image if the plan is
 * @wrapped into one (else NULL), to @directory, under temporary names. The directory is made if it
 * does not exist. @plan, @directory and @log must stay valid until output_close(), which lets other
 * runs into the directory again. Returns 0, or -errno with a message, and then leaves nothing
 * behind; -EBUSY if another run has the directory.
 */
int output_write(struct output **output, const struct plan *plan,
		 const struct wrapped_image *wrapped, const char *document, const char *directory,
		 const struct log *log);

/*
 * Replace a former plan in the directory by the written one. Other files there stay. Returns 0, or
 * -errno with a message; then the former plan is as it was.
 */
int output_place(struct output *output);

/* Remove what was not placed, and free the handle; harmless on NULL. */
void output_close(struct output *output);

#endif
