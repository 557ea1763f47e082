/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every relocation type of both architectures at the last value that fits and the first that does
 * not. Ranges are those of the ABI documents (AAELF64, RISC-V ELF psABI), the instructions were
 * written by GNU as. Where it matters, the field is full of other bits before.
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/relocate.h"
#include "support.h"

#define P UINT64_C(0x180000000) /* the place, unless the case names another */

/* Distances, modulo 2^64 as an address has them. */
#define MINUS(n) (UINT64_C(0) - UINT64_C(n))

struct relocate_case {
	uint32_t type;
	int error;
	unsigned int width; /* bytes at the place */
	uint64_t place;
	uint64_t symbol;
	int64_t addend;
	uint64_t before;
	uint64_t after; /* looked at if there is no error, else nothing may change */
};

/* clang-format off */
static const struct relocate_case arm64_cases[] = {
	{R_AARCH64_NONE, 0, 8, P, 1, 1, 0x1122334455667788, 0x1122334455667788},
	{256, 0, 8, P, 1, 1, 0x1122334455667788, 0x1122334455667788},

	{R_AARCH64_ABS64, 0, 8, P, 0xfedcba9876543210, 0, 1, 0xfedcba9876543210},
	{R_AARCH64_ABS64, 0, 8, P + 1, 0x8000, -0x8001, 1, UINT64_MAX},
	{R_AARCH64_ABS32, 0, 4, P + 3, 0xfffffffe, 1, 1, 0xffffffff},
	{R_AARCH64_ABS32, -ERANGE, 4, P, 0xffffffff, 1, 1, 0},
	{R_AARCH64_ABS32, 0, 4, P, 0, -0x80000000L, 1, 0x80000000},
	{R_AARCH64_ABS32, -ERANGE, 4, P, 0, -0x80000001L, 1, 0},
	{R_AARCH64_ABS16, 0, 2, P + 1, 0xffff, 0, 1, 0xffff},
	{R_AARCH64_ABS16, -ERANGE, 2, P, 0x10000, 0, 1, 0},
	{R_AARCH64_ABS16, 0, 2, P, 0, -0x8000, 1, 0x8000},
	{R_AARCH64_ABS16, -ERANGE, 2, P, 0, -0x8001, 1, 0},
	{R_AARCH64_PREL64, 0, 8, P, 0x1000, 8, 1, MINUS(0x17fffeff8)},
	{R_AARCH64_PREL32, 0, 4, P, P + 0xffffffff, 0, 1, 0xffffffff},
	{R_AARCH64_PREL32, -ERANGE, 4, P, P + 0xffffffff, 1, 1, 0},
	{R_AARCH64_PREL32, 0, 4, P, P - 0x80000000, 0, 1, 0x80000000},
	{R_AARCH64_PREL32, -ERANGE, 4, P, P - 0x80000000, -1, 1, 0},
	{R_AARCH64_PREL16, 0, 2, P, P + 0xffff, 0, 1, 0xffff},
	{R_AARCH64_PREL16, -ERANGE, 2, P, P + 0x10000, 0, 1, 0},
	{R_AARCH64_PREL16, 0, 2, P, P - 0x8000, 0, 1, 0x8000},
	{R_AARCH64_PREL16, -ERANGE, 2, P, P - 0x8001, 0, 1, 0},

	{R_AARCH64_MOVW_UABS_G0, 0, 4, P, 0xffff, 0, 0xd2800004, 0xd29fffe4},
	{R_AARCH64_MOVW_UABS_G0, 0, 4, P, 0, 0, 0xd29fffe4, 0xd2800004},
	{R_AARCH64_MOVW_UABS_G0, -ERANGE, 4, P, 0xffff, 1, 0xd2800004, 0},
	{R_AARCH64_MOVW_UABS_G0, -ERANGE, 4, P, 0, -1, 0xd2800004, 0},
	{R_AARCH64_MOVW_UABS_G0_NC, 0, 4, P, 0x123456789abcd, 0, 0xf2800004, 0xf29579a4},
	{R_AARCH64_MOVW_UABS_G1, 0, 4, P, 0xabcdffff, 0, 0xd2a00004, 0xd2b579a4},
	{R_AARCH64_MOVW_UABS_G1, -ERANGE, 4, P, 0x100000000, 0, 0xd2a00004, 0},
	{R_AARCH64_MOVW_UABS_G1_NC, 0, 4, P, 0x1234abcdffff, 0, 0xf2a00004, 0xf2b579a4},
	{R_AARCH64_MOVW_UABS_G2, 0, 4, P, 0xabcdffffffff, 0, 0xd2c00004, 0xd2d579a4},
	{R_AARCH64_MOVW_UABS_G2, -ERANGE, 4, P, 0x1000000000000, 0, 0xd2c00004, 0},
	{R_AARCH64_MOVW_UABS_G2_NC, 0, 4, P, 0x1abcdffffffff, 0, 0xf2c00004, 0xf2d579a4},
	{R_AARCH64_MOVW_UABS_G3, 0, 4, P, 0xabcdffffffffffff, 0, 0xf2e00004, 0xf2f579a4},

	{R_AARCH64_LD_PREL_LO19, 0, 4, P, P + 0xffffc, 0, 0x58000001, 0x587fffe1},
	{R_AARCH64_LD_PREL_LO19, 0, 4, P, P, -0x100000, 0x587fffe1, 0x58800001},
	{R_AARCH64_LD_PREL_LO19, -ERANGE, 4, P, P + 0x100000, 0, 0x58000001, 0},
	{R_AARCH64_LD_PREL_LO19, -ERANGE, 4, P, P, -0x100004, 0x58000001, 0},
	{R_AARCH64_LD_PREL_LO19, -ERANGE, 4, P, P + 2, 0, 0x58000001, 0},
	{R_AARCH64_ADR_PREL_LO21, 0, 4, P, P + 0xfffff, 0, 0x10000002, 0x707fffe2},
	{R_AARCH64_ADR_PREL_LO21, 0, 4, P, P - 0x100000, 0, 0x707fffe2, 0x10800002},
	{R_AARCH64_ADR_PREL_LO21, 0, 4, P, P + 0x12345, 0, 0x707fffe2, 0x30091a22},
	{R_AARCH64_ADR_PREL_LO21, -ERANGE, 4, P, P + 0xfffff, 1, 0x10000002, 0},
	{R_AARCH64_ADR_PREL_LO21, -ERANGE, 4, P, P - 0x100000, -1, 0x10000002, 0},
	{R_AARCH64_TSTBR14, 0, 4, P, P + 0x7ffc, 0, 0x36280003, 0x362bffe3},
	{R_AARCH64_TSTBR14, 0, 4, P, P - 0x8000, 0, 0x362bffe3, 0x362c0003},
	{R_AARCH64_TSTBR14, -ERANGE, 4, P, P + 0x8000, 0, 0x36280003, 0},
	{R_AARCH64_TSTBR14, -ERANGE, 4, P, P - 0x8004, 0, 0x36280003, 0},
	{R_AARCH64_TSTBR14, -ERANGE, 4, P, P + 1, 0, 0x36280003, 0},
	{R_AARCH64_CONDBR19, 0, 4, P, P + 0xffffc, 0, 0x54000001, 0x547fffe1},
	{R_AARCH64_CONDBR19, 0, 4, P, P - 0x100000, 0, 0x547fffe1, 0x54800001},
	{R_AARCH64_CONDBR19, -ERANGE, 4, P, P + 0x100000, 0, 0x54000001, 0},
	{R_AARCH64_CONDBR19, -ERANGE, 4, P, P - 0x100004, 0, 0x54000001, 0},
	{R_AARCH64_CONDBR19, -ERANGE, 4, P, P + 2, 0, 0x54000001, 0},
	{R_AARCH64_JUMP26, 0, 4, P, P + 0x7fffffc, 0, 0x14000000, 0x15ffffff},
	{R_AARCH64_JUMP26, 0, 4, P, P - 0x8000000, 0, 0x15ffffff, 0x16000000},
	{R_AARCH64_JUMP26, -ERANGE, 4, P, P + 0x8000000, 0, 0x14000000, 0},
	{R_AARCH64_JUMP26, -ERANGE, 4, P, P - 0x8000004, 0, 0x14000000, 0},
	{R_AARCH64_JUMP26, -ERANGE, 4, P, P + 2, 0, 0x14000000, 0},
	{R_AARCH64_CALL26, 0, 4, P, P + 0x7fffff0, 12, 0x94000000, 0x95ffffff},
	{R_AARCH64_CALL26, 0, 4, P, P - 0x8000000, 0, 0x95ffffff, 0x96000000},
	{R_AARCH64_CALL26, -ERANGE, 4, P, P + 0x8000000, 0, 0x94000000, 0},
	{R_AARCH64_CALL26, -ERANGE, 4, P, P - 0x8000004, 0, 0x94000000, 0},
	{R_AARCH64_CALL26, -EINVAL, 4, P + 2, P + 2, 0, 0x94000000, 0},

	/* what goes with ADRP, and what belongs to dynamic linking */
	{R_AARCH64_ADR_PREL_PG_HI21, -ENOTSUP, 4, P, P, 0, 0x90000000, 0},
	{R_AARCH64_ADR_PREL_PG_HI21_NC, -ENOTSUP, 4, P, P, 0, 0x90000000, 0},
	{R_AARCH64_ADD_ABS_LO12_NC, -ENOTSUP, 4, P, P, 0, 0x91000000, 0},
	{R_AARCH64_LDST64_ABS_LO12_NC, -ENOTSUP, 4, P, P, 0, 0xf9400000, 0},
	{R_AARCH64_ADR_GOT_PAGE, -ENOTSUP, 4, P, P, 0, 0x90000000, 0},
	{R_AARCH64_RELATIVE, -ENOTSUP, 8, P, P, 0, 0, 0},
};

static const struct relocate_case riscv64_cases[] = {
	{R_RISCV_NONE, 0, 4, P, 1, 1, 0x13, 0x13},
	{R_RISCV_RELAX, 0, 4, P, 0, 0, 0x97, 0x97},

	{R_RISCV_64, 0, 8, P + 1, 0xfedcba9876543210, 1, 7, 0xfedcba9876543211},
	{R_RISCV_32, 0, 4, P + 1, 0xffffffff, 0, 7, 0xffffffff},
	{R_RISCV_32, -ERANGE, 4, P, 0xffffffff, 1, 7, 0},
	{R_RISCV_32, 0, 4, P, 0, -0x80000000L, 7, 0x80000000},
	{R_RISCV_32, -ERANGE, 4, P, 0, -0x80000001L, 7, 0},
	{R_RISCV_32_PCREL, 0, 4, P, P + 0x7fffffff, 0, 7, 0x7fffffff},
	{R_RISCV_32_PCREL, -ERANGE, 4, P, P + 0x7fffffff, 1, 7, 0},
	{R_RISCV_32_PCREL, 0, 4, P, P - 0x80000000, 0, 7, 0x80000000},
	{R_RISCV_32_PCREL, -ERANGE, 4, P, P - 0x80000001, 0, 7, 0},

	{R_RISCV_BRANCH, 0, 4, P, P + 4094, 0, 0x00b50063, 0x7eb50fe3},
	{R_RISCV_BRANCH, 0, 4, P, P - 4096, 0, 0x7eb50fe3, 0x80b50063},
	{R_RISCV_BRANCH, 0, 4, P + 2, P + 2, 0x2aa, 0x7eb50fe3, 0x2ab50563},
	{R_RISCV_BRANCH, -ERANGE, 4, P, P + 4096, 0, 0x00b50063, 0},
	{R_RISCV_BRANCH, -ERANGE, 4, P, P - 4098, 0, 0x00b50063, 0},
	{R_RISCV_BRANCH, -ERANGE, 4, P, P + 1, 0, 0x00b50063, 0},
	{R_RISCV_JAL, 0, 4, P, P + 0xffffe, 0, 0x000000ef, 0x7ffff0ef},
	{R_RISCV_JAL, 0, 4, P, P - 0x100000, 0, 0x7ffff0ef, 0x800000ef},
	{R_RISCV_JAL, 0, 4, P, P + 0x2a5aa, 0, 0x7ffff0ef, 0x5aa2a0ef},
	{R_RISCV_JAL, -ERANGE, 4, P, P + 0x100000, 0, 0xef, 0},
	{R_RISCV_JAL, -ERANGE, 4, P, P - 0x100002, 0, 0xef, 0},
	{R_RISCV_JAL, -ERANGE, 4, P, P + 3, 0, 0xef, 0},
	{R_RISCV_JAL, -EINVAL, 4, P + 1, P + 1, 0, 0xef, 0},
	{R_RISCV_RVC_BRANCH, 0, 2, P + 2, P + 256, 0, 0xc101, 0xcd7d},
	{R_RISCV_RVC_BRANCH, 0, 2, P, P - 256, 0, 0xcd7d, 0xd101},
	{R_RISCV_RVC_BRANCH, 0, 2, P, P + 0xaa, 0, 0xcd7d, 0xc54d},
	{R_RISCV_RVC_BRANCH, -ERANGE, 2, P, P + 256, 0, 0xc101, 0},
	{R_RISCV_RVC_BRANCH, -ERANGE, 2, P, P - 258, 0, 0xc101, 0},
	{R_RISCV_RVC_BRANCH, -ERANGE, 2, P, P + 1, 0, 0xc101, 0},
	{R_RISCV_RVC_JUMP, 0, 2, P, P + 2046, 0, 0xa001, 0xaffd},
	{R_RISCV_RVC_JUMP, 0, 2, P, P - 2048, 0, 0xaffd, 0xb001},
	{R_RISCV_RVC_JUMP, 0, 2, P, P + 0x2aa, 0, 0xaffd, 0xa46d},
	{R_RISCV_RVC_JUMP, 0, 2, P, P + 0x554, 0, 0xaffd, 0xab91},
	{R_RISCV_RVC_JUMP, -ERANGE, 2, P, P + 2048, 0, 0xa001, 0},
	{R_RISCV_RVC_JUMP, -ERANGE, 2, P, P - 2050, 0, 0xa001, 0},
	{R_RISCV_RVC_JUMP, -ERANGE, 2, P, P + 1, 0, 0xa001, 0},

	{R_RISCV_CALL, 0, 8, P, P + 0x7ffff7fe, 0, 0x000080e700000097, 0x7fe080e77ffff097},
	{R_RISCV_CALL, -ERANGE, 8, P, P + 0x7ffff800, 0, 0x000080e700000097, 0},
	{R_RISCV_CALL_PLT, 0, 8, P, P - 0x80000800, 0, 0x7fe080e77ffff097, 0x800080e780000097},
	{R_RISCV_CALL_PLT, -ERANGE, 8, P, P - 0x80000802, 0, 0x000080e700000097, 0},
	{R_RISCV_CALL_PLT, -EINVAL, 8, P + 1, P + 1, 0, 0x000080e700000097, 0},
	{R_RISCV_PCREL_HI20, 0, 4, P, P + 0x7ffff7ff, 0, 0x00000517, 0x7ffff517},
	{R_RISCV_PCREL_HI20, 0, 4, P, P - 0x80000800, 0, 0x7ffff517, 0x80000517},
	{R_RISCV_PCREL_HI20, 0, 4, P, P + 0x12345800, 0, 0x7ffff517, 0x12346517},
	{R_RISCV_PCREL_HI20, -ERANGE, 4, P, P + 0x7ffff800, 0, 0x00000517, 0},
	{R_RISCV_PCREL_HI20, -ERANGE, 4, P, P - 0x80000801, 0, 0x00000517, 0},
	{R_RISCV_HI20, 0, 4, P, 0x7ffff7ff, 0, 0x00000537, 0x7ffff537},
	{R_RISCV_HI20, 0, 4, P, MINUS(0x80000800), 0, 0x7ffff537, 0x80000537},
	{R_RISCV_HI20, -ERANGE, 4, P, 0x7ffff800, 0, 0x00000537, 0},
	{R_RISCV_HI20, -ERANGE, 4, P, P, 0, 0x00000537, 0},
	{R_RISCV_LO12_I, 0, 4, P, 0x7ffff7ff, 0, 0x80050513, 0x7ff50513},
	{R_RISCV_LO12_I, 0, 4, P, 0x12345abc, 0, 0x7ff50513, 0xabc50513},
	{R_RISCV_LO12_I, -ERANGE, 4, P, 0x7ffff800, 0, 0x80050513, 0},
	{R_RISCV_LO12_S, 0, 4, P, 0x7ffff7ff, 0, 0x80b53023, 0x7eb53fa3},
	{R_RISCV_LO12_S, 0, 4, P, 0x7fffe800, 0, 0x7eb53fa3, 0x80b53023},
	{R_RISCV_LO12_S, 0, 4, P, 0x12345abc, 0, 0x7eb53fa3, 0xaab53e23},
	{R_RISCV_LO12_S, -ERANGE, 4, P, 0x80000000, 0, 0x00b53023, 0},

	{R_RISCV_ADD8, 0, 1, P + 1, 0x101, 1, 0xff, 0x01},
	{R_RISCV_ADD16, 0, 2, P + 1, 0x10001, 1, 0xffff, 0x0001},
	{R_RISCV_ADD32, 0, 4, P + 1, 0x100000001, 1, 0xffffffff, 0x00000001},
	{R_RISCV_ADD64, 0, 8, P + 1, 0x1234, 2, UINT64_MAX, 0x1235},
	{R_RISCV_SUB6, 0, 1, P, 2, 1, 0x81, 0xbe},
	{R_RISCV_SUB8, 0, 1, P, 2, 1, 0x01, 0xfe},
	{R_RISCV_SUB16, 0, 2, P, 2, 1, 0x0001, 0xfffe},
	{R_RISCV_SUB32, 0, 4, P, 2, 1, 0x00000001, 0xfffffffe},
	{R_RISCV_SUB64, 0, 8, P, 2, 1, 1, UINT64_MAX - 1},
	{R_RISCV_SET6, 0, 1, P + 1, 0x7e, 1, 0x80, 0xbf},
	{R_RISCV_SET8, 0, 1, P, 0x1234, 1, 0xff, 0x35},
	{R_RISCV_SET16, 0, 2, P, 0x123456, 1, 0xffff, 0x3457},
	{R_RISCV_SET32, 0, 4, P, 0x1234567800, 1, 0, 0x34567801},

	/* padding of addend bytes, then what must be aligned */
	{R_RISCV_ALIGN, 0, 2, P + 2, 0, 2, 1, 1},
	{R_RISCV_ALIGN, 0, 4, P + 4, 0, 4, 0x13, 0x13},
	{R_RISCV_ALIGN, 0, 6, P + 2, 0, 6, 1, 1},
	{R_RISCV_ALIGN, -ERANGE, 6, P, 0, 6, 1, 0},
	{R_RISCV_ALIGN, -ERANGE, 6, P + 4, 0, 6, 1, 0},
	{R_RISCV_ALIGN, -EINVAL, 4, P, 0, -4, 0x13, 0},

	{R_RISCV_GOT_HI20, -ENOTSUP, 4, P, P, 0, 0x517, 0},
	{R_RISCV_TPREL_HI20, -ENOTSUP, 4, P, P, 0, 0x537, 0},
	{R_RISCV_RELATIVE, -ENOTSUP, 8, P, P, 0, 0, 0},
	{255, -ENOTSUP, 4, P, P, 0, 0, 0},
};
/* clang-format on */

static void store(uint8_t *bytes, unsigned int width, uint64_t value)
{
	for (unsigned int i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

/* Apply a case with that many bytes left in its section and check what became of them. */
static void check_case(const struct arch *arch, const struct relocate_case *row, size_t index,
		       uint64_t available, int error)
{
	uint8_t bytes[16], expected[16];
	struct relocation relocation = {
		.location = bytes + 4,
		.available = available,
		.type = row->type,
		.place = row->place,
		.symbol = row->symbol,
		.addend = row->addend,
	};
	int result;

	memset(bytes, 0xa5, sizeof(bytes));
	store(bytes + 4, row->width, row->before);
	memcpy(expected, bytes, sizeof(bytes));
	if (!error)
		store(expected + 4, row->width, row->after);
	result = arch->relocate(&relocation);
	if (result != error || memcmp(bytes, expected, sizeof(bytes)))
		fail_msg("%s case %zu (type %" PRIu32
			 "): returned %d, bytes at the place 0x%02x%02x%02x%02x",
			 arch->name, index, row->type, result, bytes[7], bytes[6], bytes[5],
			 bytes[4]);
}

/* True for types that do not touch the bytes at their place. */
static bool touches_nothing(const struct relocate_case *row)
{
	return row->before == row->after && row->type != R_RISCV_ALIGN;
}

static void check_cases(const struct arch *arch, const struct relocate_case *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_case(arch, &rows[i], i, rows[i].width, rows[i].error);
		if (!rows[i].error && !touches_nothing(&rows[i]))
			check_case(arch, &rows[i], i, rows[i].width - 1, -EINVAL);
	}
}

static void test_arm64(void **state)
{
	(void)state;
	check_cases(&arch_arm64, arm64_cases, ARRAY_SIZE(arm64_cases));
}

static void test_riscv64(void **state)
{
	(void)state;
	check_cases(&arch_riscv64, riscv64_cases, ARRAY_SIZE(riscv64_cases));
}

/* Every type that is neither in the table nor paired is refused. */
static void check_unknown(const struct arch *arch, const struct relocate_case *rows, size_t count)
{
	uint8_t bytes[8] = {0};

	for (uint32_t type = 0; type < 2048; type++) {
		struct relocation relocation = {
			.location = bytes,
			.available = sizeof(bytes),
			.type = type,
		};
		bool known = false;

		for (size_t i = 0; i < count; i++)
			known |= rows[i].type == type;
		if (arch == &arch_riscv64)
			known |= type == R_RISCV_PCREL_LO12_I || type == R_RISCV_PCREL_LO12_S;
		if (!known)
			assert_int_equal(arch->relocate(&relocation), -ENOTSUP);
	}
}

static void test_unknown(void **state)
{
	(void)state;
	check_unknown(&arch_arm64, arm64_cases, ARRAY_SIZE(arm64_cases));
	check_unknown(&arch_riscv64, riscv64_cases, ARRAY_SIZE(riscv64_cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_riscv64),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
