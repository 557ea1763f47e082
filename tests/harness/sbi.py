# SPDX-License-Identifier: GPL-2.0-only
"""riscv64's firmware with less than OpenSBI has: purgatory asks for what there is not."""

from outcome import compare, kernel_starts
from several_cpus import replace_in

NO_EXTENSION = 0x07f00893  # li a7, 0x7f
# Instructions of arch_console_write(), and what takes their place: another extension.
LACKS = {
    "DBCN": {0x44424537: 0x44425537},  # lui a0, 0x44424: what is probed
    "all but legacy extensions": {0x01000893: NO_EXTENSION},  # li a7, 0x10
    "a console": {0x01000893: NO_EXTENSION, 0x00100893: NO_EXTENSION},  # li a7, 1, too
    "what it says it has": {0x444248b7: 0x444258b7},  # lui a7, 0x44424: what is called
}


def lacks(load, what, writes):
    load.plan()
    replace_in(load, "arch_console_write", 256, lambda old: LACKS[what].get(old, old))
    load.seal()
    return kernel_starts(load) if writes else compare(load, [], kernel=True)
