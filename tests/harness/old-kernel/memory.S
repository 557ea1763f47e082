/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The old kernel's memory, for the entry code of both architectures: its parameters, which the test
 * writes into the image, its stack, and the pool of its page tables.
 */
	.balign	8
	.global	old_kernel_parameters
	.type	old_kernel_parameters, %object
old_kernel_parameters:
	.skip	PARAMETERS_SIZE
	.size	old_kernel_parameters, PARAMETERS_SIZE

	.data
	.balign	8
table_pool:
	.quad	tables, tables_end

	.bss
	.balign	4096
	.skip	8192
stack_end:
	.balign	TABLE_SIZE
tables:
	.skip	TABLE_SIZE * TABLE_COUNT
tables_end:
