/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What digests cannot show of arm64's engines: that they leave alone what belongs to their caller,
 * and which of them is taken on CPUs other than this one.
 */
#include "support.h"

#include <asm/hwcap.h>

#include "digest/running_engine.h"
#include "digest/running_engine_arm64.h"

void sha256_arm64_sha2(uint32_t state[8], const void *blocks, size_t count);
void sha256_arm64_sha2_x2(uint32_t states[2][8], const void *const blocks[2], size_t count);
void sha256_arm64_neon_x4(uint32_t states[4][8], const void *const blocks[4], size_t count);
void sha256_arm64_uncached(uint32_t state[8], const void *blocks, size_t count);

/* call_arm64.S. */
uint64_t call_arm64(void *states, const void *blocks, size_t count, uintptr_t function);

#define LANES_MAX 4

static const uint8_t message[SHA256_BLOCK_SIZE * 2] = {1, 2, 3};

static void test_registers(void **state)
{
	static const void *const blocks[LANES_MAX] = {message, message, message, message};
	static const struct {
		enum sha256_engine engine;
		uintptr_t function;
		const void *blocks;
	} cases[] = {
		{SHA256_ARM64_SHA2, (uintptr_t)sha256_arm64_sha2, message},
		{SHA256_ARM64_SHA2_X2, (uintptr_t)sha256_arm64_sha2_x2, (const void *)blocks},
		{SHA256_ARM64_NEON_X4, (uintptr_t)sha256_arm64_neon_x4, (const void *)blocks},
		{SHA256_ARM64_UNCACHED, (uintptr_t)sha256_arm64_uncached, message},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t states[LANES_MAX][8] = {{0}};

		if (!(running_engines() >> cases[i].engine & 1))
			continue;
		assert_int_equal(call_arm64(states, cases[i].blocks,
					    sizeof(message) / SHA256_BLOCK_SIZE, cases[i].function),
				 0);
		assert_int_not_equal(states[0][0], 0);
	}
}

static void test_choice(void **state)
{
	static const uint32_t plain = 1 << SHA256_ARM64_NEON_X4 | 1 << SHA256_ARM64_UNCACHED;
	static const uint32_t sha2 = 1 << SHA256_ARM64_SHA2 | 1 << SHA256_ARM64_SHA2_X2;
	static const struct {
		unsigned long capabilities;
		uint32_t engines; /* beside the portable one */
		enum sha256_engine fastest;
	} cases[] = {
		{0, 0, SHA256_GENERIC},
		{HWCAP_FP, 0, SHA256_GENERIC},
		{HWCAP_SHA2, 0, SHA256_GENERIC},
		{HWCAP_FP | HWCAP_ASIMD | HWCAP_SHA1, plain, SHA256_ARM64_NEON_X4},
		{HWCAP_ASIMD | HWCAP_SHA2, plain | sha2, SHA256_ARM64_SHA2_X2},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint32_t engines = running_engine_arm64_find(cases[i].capabilities);

		assert_int_equal(engines, cases[i].engines | 1 << SHA256_GENERIC);
		assert_int_equal(running_engine_arm64_find_fastest(engines), cases[i].fastest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
