/* SPDX-License-Identifier: GPL-2.0-only */
/* The first byte says which of ACPI's tables the rest is; its length and its sum are made right. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "console/console_source.h"
#include "cpu/counter.h"
#include "firmware/firmware.h"
#include "firmware/hot_pluggable.h"
#include "permit/cpu_stop.h"
#include "target.h"

#define LENGTH_OFFSET 4
#define SUM_OFFSET    9
#define HEADER_SIZE   36

static const char *const signatures[] = {"SPCR", "FACP", "SRAT", "GTDT", "RHCT", "APIC"};
#define SIGNATURE_COUNT (sizeof(signatures) / sizeof(signatures[0]))

/* What every table has to have before anything else is read. */
static void make_right(uint8_t *table, size_t size, const char *signature)
{
	uint8_t sum = 0;

	memcpy(table, signature, 4);
	store_little_endian(table + LENGTH_OFFSET, 4, size);
	table[SUM_OFFSET] = 0;
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + table[i]);
	table[SUM_OFFSET] = (uint8_t)-sum;
}

static void read_tables(const struct log *log)
{
	const struct sysroot *sysroot = fuzz_sysroot();
	const struct devicetree none = {0};
	struct range_set memory = {0};
	struct console_port port;
	char text[CONSOLE_TEXT_SIZE];

	console_from_spcr(&port, sysroot);
	console_describe(text, &port);
	firmware_find_acpi_psci(sysroot);
	firmware_find_reset(&arch_arm64, &none, sysroot);
	firmware_find_timer_frequency(&none, sysroot);
	counter_find_time_limit(&none, sysroot, log);
	cpu_stop_find_obstacle(&arch_arm64, &none, sysroot);
	fuzz_expect(hot_pluggable_read(&memory, sysroot) == 0, "SRAT is never an error");
	for (size_t i = 1; i < memory.count; i++)
		fuzz_expect(memory.ranges[i - 1].end < memory.ranges[i].start,
			    "ranges are sorted, apart and not empty");
	range_set_free(&memory);
}

void fuzz_acpi(const uint8_t *data, size_t size)
{
	struct fuzz_log log;
	uint8_t *table;
	char path[64];

	if (size < 1)
		return;
	snprintf(path, sizeof(path), "/sys/firmware/acpi/tables/%s",
		 signatures[data[0] % SIGNATURE_COUNT]);
	/* One in two without what every table has to have. */
	table = calloc(1, size);
	if (!table)
		abort();
	memcpy(table, data + 1, size - 1);
	if (size > HEADER_SIZE && !(data[0] & 0x80))
		make_right(table, size - 1, signatures[data[0] % SIGNATURE_COUNT]);
	fuzz_sysroot_put(path, table, size - 1);
	free(table);
	fuzz_log_open(&log);
	read_tables(&log.log);
	fuzz_log_close_silent(&log);
	fuzz_sysroot_remove(path);
}
