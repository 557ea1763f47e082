/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which engine purgatory is told to use.
 */
#include <errno.h>

#include "digest/engine_choice.h"
#include "purgatory.h"
#include "support.h"

/* An architecture with three engines, whose purgatory does not choose. */
static const struct arch_engine engines[] = {
	{.engine = SHA256_RISCV64_ZKNH, .extensions = {"zbb", "zknh"}},
	{.engine = SHA256_RISCV64_ZBB, .extensions = {"zbb"}},
	{.engine = SHA256_GENERIC, .extensions = {0}},
};
static const struct arch early = {.name = "early", .engines = engines};
static const struct arch late = {.name = "late", .engines = engines, .engine_chosen_late = true};

static const struct cpu_engines unknown = {.engines = 1 << SHA256_GENERIC};
static const struct cpu_engines zbb = {
	.engines = 1 << SHA256_GENERIC | 1 << SHA256_RISCV64_ZBB,
	.missing = 1 << SHA256_RISCV64_ZKNH,
};
static const struct cpu_engines both = {
	.engines = 1 << SHA256_GENERIC | 1 << SHA256_RISCV64_ZBB | 1 << SHA256_RISCV64_ZKNH,
};

static void test_names(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SHA256_ENGINE_COUNT; i++) {
		uint32_t found;

		assert_int_equal(engine_choice_find(&found, engine_choice_name(i)), 0);
		assert_int_equal(found, i);
	}
}

/* What no name says: the first that the CPU is known to have, or what purgatory chooses. */
static void test_auto(void **state)
{
	static const struct {
		const struct arch *arch;
		const struct cpu_engines *available;
		uint32_t expected;
	} cases[] = {
		{&early, &unknown, SHA256_GENERIC},    {&early, &zbb, SHA256_RISCV64_ZBB},
		{&early, &both, SHA256_RISCV64_ZKNH},  {&late, &unknown, PURGATORY_ENGINE_AUTO},
		{&late, &both, PURGATORY_ENGINE_AUTO},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t engine;

		assert_int_equal(engine_choice_make(&engine, PURGATORY_ENGINE_AUTO, cases[i].arch,
						    cases[i].available, &log.log),
				 0);
		assert_int_equal(engine, cases[i].expected);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

/* A name is taken where the CPU has it, or where nobody knows. */
static void test_wanted(void **state)
{
	static const struct {
		const struct cpu_engines *available;
		uint32_t wanted;
		const char *message;
	} cases[] = {
		{&both, SHA256_RISCV64_ZKNH, NULL},
		{&both, SHA256_GENERIC, NULL},
		{&unknown, SHA256_RISCV64_ZKNH, NULL},
		{&zbb, SHA256_RISCV64_ZKNH,
		 "--engine=zknh needs instructions that this CPU lacks: use auto, or one of: zbb, "
		 "generic"},
		{&unknown, SHA256_ARM64_SHA2,
		 "--engine=sha2 is not one of early: use auto, or one of: zknh, zbb, generic"},
		{&zbb, SHA256_RISCV64_RVV,
		 "--engine=rvv is not one of early: use auto, or one of: zbb, generic"},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t engine;
		int result = engine_choice_make(&engine, cases[i].wanted, &early,
						cases[i].available, &log.log);

		assert_int_equal(result, cases[i].message ? -ENOTSUP : 0);
		if (!cases[i].message)
			assert_int_equal(engine, cases[i].wanted);
		else
			test_log_expect(&log, cases[i].message);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_auto),
		cmocka_unit_test(test_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
