/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What digests cannot show of arm64's engines: that they leave alone what belongs to their caller
 * (Arm IHI 0055, 6.1: x19 to x28, the lower halves of v8 to v15, SP).
 */
#include "support.h"

#include "machine/running_engine.h"

void sha256_arm64_sha2(uint32_t state[8], const void *blocks, size_t count);
void sha256_arm64_sha2_x2(uint32_t states[2][8], const void *const blocks[2], size_t count);
void sha256_arm64_neon_x4(uint32_t states[4][8], const void *const blocks[4], size_t count);
void sha256_arm64_uncached(uint32_t state[8], const void *blocks, size_t count);

#define LANES_MAX 4

static const uint8_t message[SHA256_BLOCK_SIZE * 2] = {1, 2, 3};

/*
 * Call an engine with all of these registers set to numbers of their own. Returns their differences
 * from that afterwards, or'ed: 0 if there are none.
 */
static uint64_t find_changes(uintptr_t engine, void *states, const void *blocks)
{
	register uintptr_t x0 __asm__("x0") = (uintptr_t)states;
	register uintptr_t x1 __asm__("x1") = (uintptr_t)blocks;
	register uintptr_t x2 __asm__("x2") = sizeof(message) / SHA256_BLOCK_SIZE;
	register uintptr_t x8 __asm__("x8") = engine;

	__asm__ volatile("mov	x9, #0x1000\n"
			 ".irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28\n\t"
			 "add	x\\n, x9, #\\n\n"
			 ".endr\n"
			 ".irp	n, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
			 "add	x10, x9, #\\n\n\t"
			 "fmov	d\\n, x10\n"
			 ".endr\n\t"
			 "blr	x8\n\t"
			 "mov	x0, #0\n\t"
			 "mov	x9, #0x1000\n"
			 ".irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28\n\t"
			 "sub	x10, x\\n, #\\n\n\t"
			 "eor	x10, x10, x9\n\t"
			 "orr	x0, x0, x10\n"
			 ".endr\n"
			 ".irp	n, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
			 "fmov	x10, d\\n\n\t"
			 "sub	x10, x10, #\\n\n\t"
			 "eor	x10, x10, x9\n\t"
			 "orr	x0, x0, x10\n"
			 ".endr"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x8)
			 :
			 : "memory", "cc", "x3", "x4", "x5", "x6", "x7", "x9", "x10", "x11", "x12",
			   "x13", "x14", "x15", "x16", "x17", "x19", "x20", "x21", "x22", "x23",
			   "x24", "x25", "x26", "x27", "x28", "x30", "v0", "v1", "v2", "v3", "v4",
			   "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15",
			   "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25",
			   "v26", "v27", "v28", "v29", "v30", "v31");
	return x0;
}

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
		assert_int_equal(find_changes(cases[i].function, states, cases[i].blocks), 0);
		assert_int_not_equal(states[0][0], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
