/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of PSCI. Its calling convention (Arm DEN 0028) is that of C: arguments from x0 on, the
 * result in x0, x18 to x30 and SP kept. Only the instruction is not C.
 */
	.text
	.global	psci_call_smc
	.type	psci_call_smc, %function
	.balign	4
psci_call_smc:
	smc	#0
	ret
	.size	psci_call_smc, . - psci_call_smc

	.global	psci_call_hvc
	.type	psci_call_hvc, %function
psci_call_hvc:
	hvc	#0
	ret
	.size	psci_call_hvc, . - psci_call_hvc

	.section .note.GNU-stack, "", %progbits
