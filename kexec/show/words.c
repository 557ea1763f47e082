/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers and enumerations in words.
 */
#include "show/words.h"

#include <inttypes.h>
#include <stdio.h>

const char *words_size(char text[WORDS_SIZE], uint64_t bytes)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	uint64_t whole = bytes, below = 0;
	size_t unit = 0;

	while (whole >= 1024) {
		below = whole % 1024;
		whole /= 1024;
		unit++;
	}
	if (below * 10 / 1024 == 0 || whole >= 100)
		snprintf(text, WORDS_SIZE, "%" PRIu64 " %s", whole, units[unit]);
	else
		snprintf(text, WORDS_SIZE, "%" PRIu64 ".%" PRIu64 " %s", whole, below * 10 / 1024,
			 units[unit]);
	return text;
}

const char *words_permissions(char text[4], unsigned int permissions)
{
	text[0] = permissions & SEGMENT_READ ? 'r' : '-';
	text[1] = permissions & SEGMENT_WRITE ? 'w' : '-';
	text[2] = permissions & SEGMENT_EXECUTE ? 'x' : '-';
	text[3] = '\0';
	return text;
}

const char *words_reset(enum purgatory_reset reset)
{
	switch (reset) {
	case PURGATORY_RESET_PSCI_SMC:
		return "PSCI (smc)";
	case PURGATORY_RESET_PSCI_HVC:
		return "PSCI (hvc)";
	case PURGATORY_RESET_SBI:
		return "SBI";
	default:
		return "nothing";
	}
}

const char *words_policy(enum purgatory_policy policy)
{
	switch (policy) {
	case PURGATORY_POLICY_HALT:
		return "halt";
	case PURGATORY_POLICY_BOOT:
		return "boot";
	default:
		return "reset";
	}
}

char words_letter(enum segment_role role)
{
	static const char letters[SEGMENT_ROLE_COUNT] = {
		[SEGMENT_KERNEL] = 'K',	    [SEGMENT_INITRD] = 'I',   [SEGMENT_DTB] = 'D',
		[SEGMENT_PURGATORY] = 'P',  [SEGMENT_MANIFEST] = 'M', [SEGMENT_PAGETABLE] = 'T',
		[SEGMENT_ELFCOREHDR] = 'E', [SEGMENT_CPUS] = 'C',
	};

	return letters[role];
}

const char *words_checker(const struct plan_view *view, const struct segment *segment)
{
	if (view->unverified)
		return "nothing";
	if (segment->role == SEGMENT_MANIFEST || segment->role == SEGMENT_PAGETABLE)
		return "its digest";
	return segment->covered ? "purgatory" : "nothing";
}

uint64_t words_verified_size(const struct plan *plan)
{
	uint64_t size = 0;

	for (size_t i = 0; i < plan->segment_count; i++)
		size += plan->segments[i].covered;
	return size;
}
