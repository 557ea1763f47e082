/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that is set aside as long as there is other memory. */
#include "plan/last_resort.h"

int last_resort_close(struct last_resort *resort, struct range_set *free)
{
	int error = range_set_add_common(&resort->aside, free, &resort->ranges);

	resort->open = false;
	return error ? error : range_set_subtract_all(free, &resort->ranges);
}

int last_resort_open(struct last_resort *resort, struct range_set *free)
{
	int error;

	if (resort->open || !resort->aside.count)
		return 0;
	error = range_set_add_all(free, &resort->aside);
	if (error)
		return error;
	range_set_free(&resort->aside);
	resort->open = true;
	return 1;
}

void last_resort_free(struct last_resort *resort)
{
	range_set_free(&resort->ranges);
	range_set_free(&resort->aside);
}
