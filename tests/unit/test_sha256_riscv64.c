/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What digests cannot show of riscv64's engines: that they leave alone what belongs to their caller
 * (RISC-V psABI: s0 to s11, gp, tp; sp is what the caller itself returns by).
 */
#include "support.h"

#include "../../purgatory/riscv64/sha256_riscv64.h"
#include "digest/running_engine.h"

static const uint8_t message[SHA256_BLOCK_SIZE * 2] = {1, 2, 3};

/* gp and tp, which are no numbers that a test could choose. */
static uint64_t mix_pointers(void)
{
	uint64_t global, thread;

	__asm__ volatile("mv	%0, gp\n\tmv	%1, tp" : "=r"(global), "=r"(thread));
	return global * 3 + thread;
}

/*
 * Call an engine with s0 to s11 set to numbers of their own. Returns their differences from that
 * afterwards, or'ed: 0 if there are none.
 */
static uint64_t find_changes(uintptr_t engine, void *states, const void *blocks)
{
	const uint64_t count = sizeof(message) / SHA256_BLOCK_SIZE;
	const uint64_t before = mix_pointers();
	uint64_t changes;

	__asm__ volatile("ld	a0, %1\n\t"
			 "ld	a1, %2\n\t"
			 "ld	a2, %3\n\t"
			 "ld	t0, %4\n"
			 ".irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n\t"
			 "li	s\\n, 0x1000 + \\n\n"
			 ".endr\n\t"
			 "jalr	t0\n\t"
			 "li	a0, 0\n"
			 ".irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n\t"
			 "li	t1, 0x1000 + \\n\n\t"
			 "xor	t1, t1, s\\n\n\t"
			 "or	a0, a0, t1\n"
			 ".endr\n\t"
			 "sd	a0, %0"
			 : "=m"(changes)
			 : "m"(states), "m"(blocks), "m"(count), "m"(engine)
			 : "memory", "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1",
			   "a2", "a3", "a4", "a5", "a6", "a7", "s0", "s1", "s2", "s3", "s4", "s5",
			   "s6", "s7", "s8", "s9", "s10", "s11");
	return changes | (mix_pointers() ^ before);
}

static void test_registers(void **state)
{
	static const void *const blocks[SHA256_LANES_MAX] = {message, message, message, message,
							     message, message, message, message};
	static const struct {
		enum sha256_engine engine;
		uintptr_t function;
		const void *blocks;
	} cases[] = {
		{SHA256_RISCV64_ZBB, (uintptr_t)sha256_riscv64_zbb, message},
		{SHA256_RISCV64_ZKNH, (uintptr_t)sha256_riscv64_zknh, message},
		{SHA256_RISCV64_ZVKNH, (uintptr_t)sha256_riscv64_zvknh, message},
		{SHA256_RISCV64_ZVKNH_X2, (uintptr_t)sha256_riscv64_zvknh_x2, (const void *)blocks},
		{SHA256_RISCV64_RVV, (uintptr_t)sha256_riscv64_rvv, (const void *)blocks},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t states[SHA256_LANES_MAX][8] = {{0}};

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
