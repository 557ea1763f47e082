/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fields of system registers, for assembler sources (Arm DDI 0487, D24).
 */
#ifndef PURGATORY_ARM64_REGISTERS_H
#define PURGATORY_ARM64_REGISTERS_H

#define CURRENT_EL2 (2 << 2)  /* CurrentEL at EL2 */
#define SCTLR_I	    (1 << 12) /* SCTLR_EL1 and SCTLR_EL2: instruction cache on */

#endif
