/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IDs of the CPUs that are online.
 *
 * Linux numbers CPUs by itself: the one that booted is 0, and the others follow in the order of the
 * device tree or the MADT (smp_init_cpus() of arch/arm64/kernel/smp.c).
 */
#include "cpu/online_cpus.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpuinfo.h"
#include "devicetree/fdt_query.h"
#include "firmware/firmware.h"

#define ONLINE "/sys/devices/system/cpu/online"

/* The most CPUs that are looked at, far more than any machine has. */
#define CPUS_MAX 8192

/*
 * ACPI Specification 6.5, 5.2.12: the MADT's structures follow its header, and 5.2.12.14: the GIC
 * CPU Interface.
 */
#define MADT_STRUCTURES	  44
#define MADT_GICC	  0x0b
#define MADT_GICC_FLAGS	  12
#define MADT_GICC_ENABLED 1
#define MADT_GICC_MPIDR	  68
#define MADT_GICC_SIZE	  76

#define INSTEAD "leave --cpus out"

/* Where IDs come from: the IDs in some order, and what they are called in a message. */
struct source {
	uint64_t ids[CPUS_MAX];
	size_t count;
	const char *name;
};

/* What is known while IDs are looked for. */
struct search {
	const struct arch *arch;
	const struct devicetree *tree;
	const struct sysroot *sysroot;
	const struct log *log;
	bool online[CPUS_MAX]; /* by the number of Linux */
	size_t online_count;
};

/*
 * Read a list such as "0-3,8" that ends in a newline (cpumap_print_to_pagebuf()). Returns 0, or
 * -EINVAL if it is none.
 */
static int parse_online(struct search *search, const char *list)
{
	char *end;

	do {
		unsigned long first, last;

		if (!isdigit((unsigned char)*list))
			return -EINVAL;
		first = last = strtoul(list, &end, 10);
		if (*end == '-' && isdigit((unsigned char)end[1]))
			last = strtoul(end + 1, &end, 10);
		if (last < first || last >= CPUS_MAX)
			return -EINVAL;
		for (; first <= last; first++) {
			search->online_count += !search->online[first];
			search->online[first] = true;
		}
		list = end + 1;
	} while (*end == ',');
	return *end == '\n' || *end == '\0' ? 0 : -EINVAL;
}

static int read_online(struct search *search)
{
	size_t size;
	char *text;
	int error = sysroot_read(search->sysroot, ONLINE, &text, &size);

	if (!error) {
		error = parse_online(search, text);
		free(text);
	}
	return error ? log_error(search->log, -EOPNOTSUPP,
				 ONLINE " does not say which CPUs are online (%s): " INSTEAD,
				 strerror(-error))
		     : 0;
}

static void add_id(struct source *source, uint64_t id)
{
	if (source->count < CPUS_MAX)
		source->ids[source->count++] = id;
}

/* The harts of the processors that are online. */
static void read_harts(struct source *source, const struct search *search)
{
	const char *lines;
	char *text;
	size_t size;

	source->name = CPUINFO;
	if (sysroot_read(search->sysroot, CPUINFO, &text, &size))
		return;
	for (lines = text + strspn(text, "\n"); lines; lines = cpuinfo_next(lines)) {
		const char *number = cpuinfo_find_field(lines, "processor");
		const char *hart = cpuinfo_find_field(lines, "hart");
		const unsigned long processor = number ? strtoul(number, NULL, 10) : CPUS_MAX;

		if (hart && processor < CPUS_MAX && search->online[processor])
			add_id(source, strtoull(hart, NULL, 10));
	}
	free(text);
}

/* The node of a CPU that is online, as sysfs links it: its "reg". Returns 0 or -errno. */
static int read_node(uint64_t *id, const struct search *search, size_t number)
{
	uint8_t *reg;
	size_t size;
	char path[96], *data;
	int error;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%zu/of_node/reg", number);
	error = sysroot_read(search->sysroot, path, &data, &size);
	if (error)
		return error;
	reg = (uint8_t *)data;
	*id = 0;
	for (size_t i = 0; i < size && i < sizeof(*id); i++)
		*id = *id << 8 | reg[i];
	free(data);
	return size == 4 || size == 8 ? 0 : -EINVAL;
}

static void read_nodes(struct source *source, const struct search *search)
{
	uint64_t id;

	source->name = "sysfs";
	for (size_t i = 0; i < CPUS_MAX; i++)
		if (search->online[i] && read_node(&id, search, i) == 0)
			add_id(source, id);
}

/* The next CPU of the tree that may be used, from @node on; negative: there is none. */
static int next_cpu(const void *fdt, int node)
{
	static const char type[] = "cpu";

	do
		node = fdt_node_offset_by_prop_value(fdt, node, "device_type", type, sizeof(type));
	while (node >= 0 && !fdt_query_available(fdt, node));
	return node;
}

static void read_tree(struct source *source, const struct search *search)
{
	const void *fdt = search->tree->fdt;
	uint64_t id;
	int node = -1;

	source->name = "the device tree";
	while (fdt && (node = next_cpu(fdt, node)) >= 0)
		if (fdt_query_u64(fdt, node, "reg", &id) == 0)
			add_id(source, id);
}

static uint64_t load_word(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return le64toh(word);
}

static void read_madt(struct source *source, const struct search *search)
{
	size_t size, offset, length;
	char *madt;

	source->name = "ACPI's MADT";
	if (firmware_read_acpi_table(search->sysroot, "APIC", &madt, &size))
		return;
	for (offset = MADT_STRUCTURES; offset + 2 <= size; offset += length) {
		const char *structure = madt + offset;

		length = (uint8_t)structure[1];
		if (length < 2 || length > size - offset)
			break;
		if (structure[0] == MADT_GICC && length >= MADT_GICC_SIZE &&
		    structure[MADT_GICC_FLAGS] & MADT_GICC_ENABLED)
			add_id(source, load_word(structure + MADT_GICC_MPIDR));
	}
	free(madt);
}

/*
 * Refuse a CPU that is started by another method than PSCI. Returns 0, or -EOPNOTSUPP with a
 * message.
 */
static int check_methods(const struct search *search)
{
	const void *fdt = search->tree->fdt;
	int node = -1;

	while (fdt && (node = next_cpu(fdt, node)) >= 0) {
		const char *method = fdt_stringlist_get(fdt, node, "enable-method", 0, NULL);

		if (method && strcmp(method, "psci") != 0)
			return log_error(search->log, -EOPNOTSUPP,
					 "CPUs cannot be started and turned off again: the device "
					 "tree has them started with enable-method \"%s\", not "
					 "\"psci\": " INSTEAD,
					 method);
	}
	return 0;
}

/* arm64's IDs: those of the first source that has exactly as many as are online. */
static int read_affinities(struct source *source, const struct search *search)
{
	static void (*const readers[])(struct source *, const struct search *) = {
		read_nodes,
		read_tree,
		read_madt,
	};
	size_t most = 0;
	const char *name = "device tree and ACPI";
	int error = check_methods(search);

	if (error)
		return error;
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		source->count = 0;
		readers[i](source, search);
		if (source->count == search->online_count)
			return 0;
		if (source->count > most) {
			most = source->count;
			name = source->name;
		}
	}
	return log_error(search->log, -EOPNOTSUPP,
			 "the IDs of the CPUs that are online cannot be told: %zu are, and %s has "
			 "%zu: bring all of them online, or " INSTEAD,
			 search->online_count, name, most);
}

static int find_ids(struct source *source, struct search *search, enum purgatory_reset reset)
{
	int error = read_online(search);

	if (error)
		return error;
	if (search->arch->cpus_by_psci) {
		if (reset != PURGATORY_RESET_PSCI_SMC && reset != PURGATORY_RESET_PSCI_HVC)
			return log_error(search->log, -EOPNOTSUPP,
					 "CPUs cannot be started and turned off again: this system "
					 "has no PSCI: " INSTEAD);
		return read_affinities(source, search);
	}
	read_harts(source, search);
	if (source->count == search->online_count)
		return 0;
	return log_error(search->log, -EOPNOTSUPP,
			 "the IDs of the CPUs that are online cannot be told: %zu are, and " CPUINFO
			 " has the harts of %zu: " INSTEAD,
			 search->online_count, source->count);
}

int online_cpus_read(struct online_cpus *cpus, const struct arch *arch,
		     const struct devicetree *tree, const struct sysroot *sysroot,
		     enum purgatory_reset reset, const struct log *log)
{
	struct search *search = calloc(1, sizeof(*search));
	struct source *source = calloc(1, sizeof(*source));
	int error = -ENOMEM;

	*cpus = (struct online_cpus){0};
	if (search && source) {
		search->arch = arch;
		search->tree = tree;
		search->sysroot = sysroot;
		search->log = log;
		error = find_ids(source, search, reset);
	} else {
		log_error(log, error, "no memory for the IDs of CPUs");
	}
	if (!error) {
		cpus->online = source->count;
		for (; cpus->count < source->count && cpus->count < PURGATORY_CPUS_MAX;
		     cpus->count++)
			cpus->ids[cpus->count] = source->ids[cpus->count];
	}
	free(search);
	free(source);
	return error;
}

void online_cpus_format(char text[ONLINE_CPUS_TEXT_SIZE], const struct online_cpus *cpus,
			unsigned int wanted)
{
	int length = snprintf(text, ONLINE_CPUS_TEXT_SIZE, "%u of", wanted);

	for (size_t i = 0; i < cpus->count; i++)
		length += snprintf(text + length, ONLINE_CPUS_TEXT_SIZE - (size_t)length,
				   " 0x%" PRIx64, cpus->ids[i]);
}
