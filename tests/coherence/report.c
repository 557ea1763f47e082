/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.h"

#include <inttypes.h>

static const char *const kind_names[FINDING_KIND_COUNT] = {
	[FINDING_READ_DIRTY] = "uncached-read-of-dirty",
	[FINDING_WRITE_DIRTY] = "uncached-write-of-dirty",
	[FINDING_READ_STALE] = "cached-read-of-stale",
	[FINDING_WRITE_STALE] = "cached-write-of-stale",
	[FINDING_FETCH_DIRTY] = "fetch-of-dirty",
	[FINDING_FETCH_STALE] = "fetch-of-stale",
	[FINDING_FETCH_ICACHE] = "fetch-of-stale-in-icache",
	[FINDING_WALK_DIRTY] = "walk-of-dirty",
	[FINDING_WALK_STALE] = "walk-of-stale",
	[FINDING_DROP_DIRTY] = "dirty-invalidated",
	[FINDING_SET_WAY] = "set-way",
	[FINDING_TRANSLATION] = "stale-translation",
	[FINDING_SYNCHRONISATION] = "not-synchronised",
	[FINDING_TTBR] = "access-before-ttbr-isb",
	[FINDING_ORDER] = "maintenance-not-ordered",
	[FINDING_E1041] = "no-isb-before-mmu-off",
	[FINDING_KERNEL_DIRTY] = "kernel-entry-dirty",
	[FINDING_KERNEL_STALE] = "kernel-entry-stale",
	[FINDING_KERNEL_ICACHE] = "kernel-entry-icache",
	[FINDING_KERNEL_TLB] = "kernel-entry-tlb",
	[FINDING_KERNEL_STATE] = "kernel-entry-state",
	[FINDING_MODEL] = "model",
};

void report_add(struct report *report, enum finding_kind kind, uint64_t pc, uint64_t address,
		const char *segment)
{
	struct finding *finding = report->findings;
	struct finding *end = finding + report->count;

	while (finding < end &&
	       (finding->kind != kind || finding->pc != pc || finding->segment != segment))
		finding++;
	if (finding == end) {
		if (report->count == FINDING_MAX) {
			report->overflow = true;
			return;
		}
		report->count++;
		*finding = (struct finding){kind, pc, address, segment, 0};
	}
	finding->count++;
}

void report_write(const struct report *report, FILE *file)
{
	const struct finding *finding;
	unsigned int i;

	for (i = 0; i < report->count; i++) {
		finding = &report->findings[i];
		fprintf(file,
			"finding kind=%s pc=0x%" PRIx64 " address=0x%" PRIx64
			" segment=%s count=%" PRIu64 "\n",
			kind_names[finding->kind], finding->pc, finding->address, finding->segment,
			finding->count);
	}
	if (report->overflow)
		fprintf(file, "finding kind=too-many\n");
}
