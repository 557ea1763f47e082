/* SPDX-License-Identifier: GPL-2.0-only */
/* Every decompressor, by the magic number of its stream, and what an initrd is taken for. */
#include "image/decompress.h"
#include "image/initrd_kind.h"
#include "target.h"

/* What the data may expand to, bytes. */
#define LIMIT ((uint64_t)1 << 20)

void fuzz_decompress(const uint8_t *data, size_t size)
{
	struct compressed_bytes in = {.bytes = {data, size}, .path = "kernel", .limit = LIMIT};
	struct file_bytes file = {0}, out = {0};
	struct fuzz_log log;
	int error;

	if (size == 0)
		return;
	initrd_kind_find_foreign(&in.bytes);
	initrd_kind_find_content(&in.bytes);
	in.compression = decompress_find(&in.bytes);
	if (!in.compression)
		return;
	in.file = &file;
	fuzz_log_open(&log);
	error = decompress_bytes(&out, &in, &log.log);
	if (!error) {
		fuzz_expect(out.size <= LIMIT, "the limit holds");
		fuzz_touch(out.data, out.size);
	}
	file_bytes_free(&out);
	fuzz_log_close(&log, error);
}
