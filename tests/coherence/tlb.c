/* SPDX-License-Identifier: GPL-2.0-only */
#include "tlb.h"

void tlb_init(struct tlb *tlb, const struct root roots[2])
{
	struct tlb_half *half;
	unsigned int i;

	*tlb = (struct tlb){0};
	for (i = 0; i < 2; i++) {
		half = &tlb->halves[i];
		half->foreign = true;
		half->entry = roots[i];
		tlb_set_root(tlb, i, &roots[i]);
		tlb_isb(tlb);
	}
}

bool tlb_set_root(struct tlb *tlb, unsigned int number, const struct root *root)
{
	struct tlb_half *half = &tlb->halves[number];
	unsigned int i;

	half->current = *root;
	if (!root->enabled)
		return true;
	for (i = 0; i < half->count; i++) {
		if (!root_equal(&half->roots[i], root))
			continue;
		half->in_force[i] = true;
		return true;
	}
	if (half->count == TLB_ROOT_MAX)
		return false;
	half->roots[half->count] = *root;
	half->in_force[half->count++] = true;
	return true;
}

void tlb_invalidate(struct tlb *tlb)
{
	tlb->invalidating = true;
}

/* A root that is still in force makes new entries at once. */
void tlb_dsb(struct tlb *tlb)
{
	struct tlb_half *half;
	unsigned int i, kept;

	if (!tlb->invalidating)
		return;
	tlb->invalidating = false;
	for (half = tlb->halves; half < tlb->halves + 2; half++) {
		half->foreign = false;
		for (i = kept = 0; i < half->count; i++) {
			if (!half->in_force[i])
				continue;
			half->roots[kept] = half->roots[i];
			half->in_force[kept++] = true;
		}
		half->count = kept;
	}
}

void tlb_isb(struct tlb *tlb)
{
	struct tlb_half *half;
	unsigned int i;

	for (half = tlb->halves; half < tlb->halves + 2; half++)
		for (i = 0; i < half->count; i++)
			half->in_force[i] = root_equal(&half->roots[i], &half->current);
}

bool tlb_may_be_stale(const struct tlb *tlb, unsigned int number, const struct memory *memory,
		      uint64_t address)
{
	const struct tlb_half *half = &tlb->halves[number];
	struct translation translation;
	unsigned int i;

	if (half->foreign && !root_equal(&half->entry, &half->current))
		return true;
	for (i = 0; i < half->count; i++)
		if (!root_equal(&half->roots[i], &half->current) &&
		    translate(&half->roots[i], memory, address, &translation))
			return true;
	return false;
}

bool tlb_may_have_entries(const struct tlb *tlb)
{
	return tlb->halves[0].foreign || tlb->halves[0].count || tlb->halves[1].foreign ||
	       tlb->halves[1].count;
}
