#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Test the coherence checker by a program whose every mistake is known.

usage: test_checker.py CROSS-PREFIX DIRECTORY

CROSS-PREFIX is that of gcc and binutils for arm64, DIRECTORY a scratch directory. Writes TAP; exit
status 0 if all passed.
"""

import contextlib
import os
import subprocess
import sys

import checker

RAM, SIZE = 0x40000000, 16 << 20
SAMPLE, KERNEL = RAM + 0x200000, RAM + 0x400000
PAGE = 4096
TIME_LIMIT = 30  # seconds for one guest
IMAGE = 4 * PAGE  # of the sample without what stands for the old kernel

# Values of sample_variant.
OFF, ON, E2H, E2H_TGE = 0, 1, 2, 6
VARIANTS = {OFF: "MMU off", ON: "MMU on", E2H: "EL2 with E2H", E2H_TGE: "EL2 with E2H and TGE"}

# What is left out of the sample, or wrong in it, how it is entered, and the kinds of all findings.
CHANGES = [
    ("none", OFF, ""),
    ("none", ON, ""),
    ("none", E2H_TGE, ""),
    # Without TGE, TLBI VMALLE1 is for a guest's translations.
    ("none", E2H, "stale-translation kernel-entry-tlb"),
    ("clean_cached", ON, "fetch-of-dirty"),
    ("isb_cached", ON, "no-isb-before-mmu-off"),
    ("set_way", OFF, "set-way"),
    ("clean_image", OFF, "fetch-of-stale walk-of-stale cached-read-of-stale cached-write-of-stale"),
    ("dsb_image", OFF, "fetch-of-stale"),
    ("ic_on", OFF, "fetch-of-stale-in-icache"),
    ("dsb_ic", OFF, "fetch-of-stale-in-icache"),
    ("isb_ic", OFF, "fetch-of-stale-in-icache"),
    ("order_data", OFF, "maintenance-not-ordered"),
    ("invalidate_data", OFF, "cached-read-of-stale"),
    ("tlbi_on", OFF, "stale-translation"),
    ("dsb_tlbi", OFF, "stale-translation"),
    ("isb_tables", OFF, "not-synchronised"),
    ("isb_on", OFF, "not-synchronised"),
    ("drop_dirty", OFF, "dirty-invalidated"),
    ("isb_epd", OFF, "stale-translation"),
    ("tlbi_root", OFF, "stale-translation"),
    ("tlbi_root", E2H_TGE, "stale-translation"),
    ("dsb_root", OFF, "stale-translation"),
    ("isb_root", OFF, "not-synchronised"),
    ("access_ttbr", OFF, "access-before-ttbr-isb"),
    ("walk_uncached", OFF, "walk-of-dirty"),
    ("clean_payload", OFF, "cached-read-of-stale kernel-entry-stale"),
    ("write_text", OFF, "fetch-of-dirty"),
    ("stay_on", OFF, "kernel-entry-state kernel-entry-tlb kernel-entry-icache kernel-entry-dirty "
                     "kernel-entry-stale"),
    ("isb_off", OFF, "no-isb-before-mmu-off"),
    ("write_off", OFF, "uncached-write-of-dirty maintenance-not-ordered"),
    ("clean_off", OFF, "uncached-read-of-dirty kernel-entry-dirty"),
    ("dsb_off", OFF, "uncached-read-of-dirty kernel-entry-dirty kernel-entry-stale"),
    ("ic_off", OFF, "kernel-entry-icache"),
    ("tlbi_off", OFF, "kernel-entry-tlb"),
    ("dsb_last", OFF, "kernel-entry-icache kernel-entry-tlb"),
]


class Sample:
    """The sample with one change, as a flat image."""

    def __init__(self, cross, directory, change):
        self.cross, self.directory = cross, directory
        self.image, symbols = self.link("sample", SAMPLE, f"-DCHANGE={change}")
        self.variant = symbols["sample_variant"] - SAMPLE
        self.start = symbols["sample_start"]
        self.kernel, _ = self.link("next-kernel", KERNEL)

    def run(self, tool, *arguments):
        return subprocess.run([self.cross + tool, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def link(self, name, address, *options):
        path = f"{self.directory}/{name}"
        self.run("gcc", *options, "-c", "-o", f"{path}.o", f"{checker.SOURCE}/{name}.S")
        self.run("ld", f"-Ttext={address:#x}", "-e", f"{address:#x}", "-o", f"{path}.elf",
                 f"{path}.o")
        self.run("objcopy", "-O", "binary", f"{path}.elf", f"{path}.bin")
        symbols = {name: int(value, 16) for value, _, name in
                   (line.split() for line in self.run("nm", f"{path}.elf").splitlines())}
        with open(f"{path}.bin", "rb") as file:
            return bytearray(file.read()), symbols

    def command(self, variant):
        self.image[self.variant] = variant
        machine = ["-M", "virt,virtualization=on", "-cpu", "neoverse-n1"]
        if not variant & E2H:
            machine = ["-M", "virt", "-cpu", "cortex-a53"]
        command = ["qemu-system-aarch64", *machine, "-nodefaults", "-display", "none",
                   "-no-reboot", "-device", f"loader,addr={SAMPLE:#x},cpu-num=0"]
        for name, data, address in (("image", self.image, SAMPLE), ("kernel", self.kernel, KERNEL)):
            path = f"{self.directory}/{name}"
            with open(path, "wb") as file:
                file.write(data)
            command += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
        return command

    def check(self, plugin, variant):
        """Run it. Returns the checker's report."""
        guest = checker.Checker(plugin, self.directory, RAM, SIZE, self.start, KERNEL,
                                [("own", "sample", self.start, IMAGE),
                                 ("payload", "kernel", KERNEL, PAGE)])
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run([*self.command(variant), *guest.options], stdin=subprocess.DEVNULL,
                           timeout=TIME_LIMIT, check=False)
        return guest.finish()


def main():
    cross, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    plugin = checker.build(directory)
    failed = 0
    for number, (change, variant, kinds) in enumerate(CHANGES, 1):
        report = Sample(cross, directory, change).check(plugin, variant)
        good = report.complete and report.kinds == set(kinds.split())
        print(f"{'ok' if good else 'not ok'} {number} - {change}, {VARIANTS[variant]}: "
              f"{kinds or 'nothing to report'}", flush=True)
        if not good:
            failed += 1
            for line in report.lines:
                print(f"# {line}")
    print(f"1..{len(CHANGES)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
