/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write the page tables of the Sv32 test to a file.
 *
 * usage: sv32_tables FILE
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/page_table_formats.h"
#include "plan/page_table.h"
#include "sv32_layout.h"

#define IDENTITY(address, size, intent, name) {address, address, size, intent, name}

static int write_file(const char *path, const void *data, size_t size, const struct log *log)
{
	FILE *file = fopen(path, "wb");
	size_t written;

	if (!file)
		return log_error(log, -errno, "%s: %s", path, strerror(errno));
	written = fwrite(data, 1, size, file);
	if (fclose(file) || written != size)
		return log_error(log, -EIO, "%s: cannot be written", path);
	return 0;
}

int main(int argc, char **argv)
{
	struct mapping mappings[] = {
		IDENTITY(SV32_CODE, SV32_CODE_SIZE, MAP_CODE, "code"),
		IDENTITY(SV32_RODATA, SV32_RODATA_SIZE, MAP_RODATA, "rodata"),
		IDENTITY(SV32_DATA, SV32_DATA_SIZE, MAP_DATA, "data"),
		IDENTITY(SV32_PAYLOAD, SV32_PAYLOAD_SIZE, MAP_PAYLOAD, "payload"),
		IDENTITY(SV32_UART, SV32_PAGE, MAP_DEVICE, "uart"),
		IDENTITY(SV32_FINISH, SV32_PAGE, MAP_DEVICE, "finish"),
		{SV32_ALIAS, SV32_CODE, SV32_CODE_SIZE, MAP_CODE, "alias"},
	};
	const size_t count = sizeof(mappings) / sizeof(mappings[0]);
	const struct log log = {.stream = stderr};
	uint64_t size;
	void *tables;
	int error;

	if (argc != 2) {
		fputs("usage: sv32_tables FILE\n", stderr);
		return 2;
	}
	error = page_table_check(&page_table_sv32, mappings, count, &log);
	if (error)
		return 1;
	size = page_table_count(&page_table_sv32, mappings, count) * SV32_PAGE;
	tables = malloc(size);
	if (!tables)
		return 1;
	error = page_table_build(&page_table_sv32, mappings, count, tables, size, SV32_TABLES,
				 &log);
	if (!error)
		error = write_file(argv[1], tables, size, &log);
	free(tables);
	return error ? 1 : 0;
}
