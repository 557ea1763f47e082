/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing one frame of Zstandard to a file. Without libzstd nothing can be written.
 */
#include <config.h>

#include "capture/zstd_writer.h"

#include <errno.h>
#include <stdlib.h>

#ifdef HAVE_ZSTD
#include <zstd.h>

#include "base/write_all.h"

#define OUTPUT_SIZE ((size_t)128 << 10)

struct zstd_writer {
	int descriptor; /* not owned */
	ZSTD_CCtx *context;
	char output[OUTPUT_SIZE];
};

int zstd_writer_open(struct zstd_writer **writer, int descriptor)
{
	struct zstd_writer *new = calloc(1, sizeof(*new));

	*writer = new;
	if (!new)
		return -ENOMEM;
	new->descriptor = descriptor;
	new->context = ZSTD_createCCtx();
	if (new->context)
		return 0;
	*writer = NULL;
	free(new);
	return -ENOMEM;
}

/* Compress until all of @input was taken, or with ZSTD_e_end all of the frame was written. */
static int compress(struct zstd_writer *writer, ZSTD_inBuffer *input, ZSTD_EndDirective directive)
{
	for (;;) {
		ZSTD_outBuffer output = {.dst = writer->output, .size = OUTPUT_SIZE};
		const size_t left =
			ZSTD_compressStream2(writer->context, &output, input, directive);
		int error;

		if (ZSTD_isError(left))
			return -EIO;
		error = write_all(writer->descriptor, writer->output, output.pos);
		if (error)
			return error;
		if (directive == ZSTD_e_end ? !left : input->pos == input->size)
			return 0;
	}
}

int zstd_writer_write(struct zstd_writer *writer, const void *data, size_t size)
{
	ZSTD_inBuffer input = {.src = data, .size = size};

	return compress(writer, &input, ZSTD_e_continue);
}

int zstd_writer_finish(struct zstd_writer *writer)
{
	ZSTD_inBuffer input = {.src = "", .size = 0};

	return compress(writer, &input, ZSTD_e_end);
}

void zstd_writer_close(struct zstd_writer *writer)
{
	if (!writer)
		return;
	ZSTD_freeCCtx(writer->context);
	free(writer);
}

#else

int zstd_writer_open(struct zstd_writer **writer, int descriptor)
{
	(void)descriptor;
	*writer = NULL;
	return -ENOSYS;
}

int zstd_writer_write(struct zstd_writer *writer, const void *data, size_t size)
{
	(void)writer;
	(void)data;
	(void)size;
	return -ENOSYS;
}

int zstd_writer_finish(struct zstd_writer *writer)
{
	(void)writer;
	return -ENOSYS;
}

void zstd_writer_close(struct zstd_writer *writer)
{
	(void)writer;
}

#endif
