/* SPDX-License-Identifier: GPL-2.0-only */
/* A file of a kernel, of any format, for either architecture. */
#include "image/image.h"
#include "promises.h"
#include "target.h"

/* What the file may expand to, bytes. */
#define LIMIT ((uint64_t)1 << 20)

static int read_for(const struct arch *arch, const uint8_t *data, size_t size)
{
	struct image image = {.kernel = {data, size}};
	struct image_request request = {
		.arch = arch, .path = "kernel", .limit = LIMIT, .has_devicetree = size & 1};
	struct fuzz_log log;
	int error;

	fuzz_log_open(&log);
	request.log = &log.log;
	error = image_read(&image, &request);
	if (!error)
		fuzz_expect(promises_keeps_image(&image, arch), "what image.h says of an image");
	image_close(&image);
	fuzz_log_close(&log, error);
	return error;
}

void fuzz_image(const uint8_t *data, size_t size)
{
	if (size == 0)
		return;
	if (read_for(&arch_arm64, data, size))
		read_for(&arch_riscv64, data, size);
}
