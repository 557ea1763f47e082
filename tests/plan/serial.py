#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans with --serial, for ports that a made-up sysfs shows: what purgatory is told of each.

usage: serial.py KEXEC CAPTURED

KEXEC and CAPTURED are as in planning.py. Prints TAP.
"""

import os
import struct
import sys

sys.dont_write_bytecode = True  # the source may be read-only
import page_tables  # noqa: E402
from planning import Plan, expect_refusal, reason, run, run_tests, variant, write_kernel  # noqa: E402

# Port: (type, io_type, iomem_reg_shift, "compatible" strings), as the driver of Linux sets them, and
# what must come of it: name, (offset, width) of the register for data, (offset, width, mask, value)
# of those for room and for having sent all, of the two that switch it on, and by how many bits a
# character is shifted.
BASE = 0x1a060000
NONE = (0, 0, 0, 0)
ON = (NONE, NONE)
PORTS = {
    "ttymxc0": (62, 2, 0, "fsl,imx8mp-uart fsl,imx6q-uart",
                ("i.MX UART", (0x40, 4), (0xb4, 4, 0x10, 0), (0x98, 4, 8, 8),
                 ((0x80, 4, 1, 1), (0x84, 4, 4, 4)), 0)),
    "ttyLP0": (103, 3, 0, "fsl,imx8qxp-lpuart fsl,imx7ulp-lpuart",
               ("LPUART", (0x0c, 4), (0x04, 4, 0x800000, 0x800000),
                (0x04, 4, 0x400000, 0x400000), ((0x08, 4, 0x80000, 0x80000), NONE), 0)),
    "ttyLP1": (103, 6, 0, "fsl,ls1021a-lpuart",
               ("big-endian LPUART", (0x0c, 4), (0x04, 4, 0x8000, 0x8000),
                (0x04, 4, 0x4000, 0x4000), ((0x08, 4, 0x800, 0x800), NONE), 24)),
    "ttyAML0": (109, 2, 0, "amlogic,meson-gx-uart amlogic,meson-ao-uart",
                ("Meson UART", (0, 4), (0x0c, 4, 0x200000, 0),
                 (0x0c, 4, 0x2400000, 0x400000), ON, 0)),
    "ttyPS0": (98, 2, 0, "xlnx,zynqmp-uart cdns,uart-r1p12",
               ("Cadence UART", (0x30, 4), (0x2c, 4, 0x10, 0), (0x2c, 4, 0x808, 8),
                ((0, 4, 0x30, 0x10), NONE), 0)),
    "ttySC0": (53, 2, 0, "renesas,scif-r8a7795 renesas,rcar-gen3-scif renesas,scif",
               ("SCIF", (0x0c, 1), (0x1c, 2, 0x1000, 0), (0x1c, 2, 0x1f00, 0),
                ((8, 2, 0x20, 0x20), NONE), 0)),
    "ttySAC0": (84, 2, 0, "samsung,exynos5433-uart",
                ("Samsung UART", (0x20, 1), (0x18, 4, 1 << 24, 0), (0x10, 4, 4, 4),
                 ((4, 4, 0xc, 4), NONE), 0)),
    "ttySIF0": (120, 2, 0, "sifive,fu740-c000-uart sifive,uart0",
                ("SiFive UART", (0, 4), (0, 4, 1 << 31, 0), (0x14, 4, 1, 1), ON, 0)),
    "ttyS0": (4, 3, 2, "", ("8250", (0, 4), (0x14, 4, 0x20, 0x20), (0x14, 4, 0x40, 0x40), ON, 0)),
    "ttyS1": (3, 2, 2, "brcm,bcm2835-aux-uart",
              ("BCM2835 auxiliary 8250", (0, 1), (0x14, 1, 0x20, 0x20),
               (0x14, 1, 0x40, 0x40), ON, 0)),
    "ttyS2": (8, 6, 2, "vendor,uart",
              ("8250", (0, 4), (0x14, 4, 0x20 << 24, 0x20 << 24),
               (0x14, 4, 0x40 << 24, 0x40 << 24), ON, 24)),
    "ttyS5": (15, 3, 2, "spacemit,k1-uart intel,xscale-uart",
              ("XScale 8250", (0, 4), (0x14, 4, 0x20, 0x20), (0x14, 4, 0x40, 0x40),
               ((4, 4, 0x40, 0x40), NONE), 0)),
    "ttyAMA2": (32, 2, 0, "arm,pl011 arm,primecell",
                ("PL011", (0, 4), (0x18, 4, 0x20, 0), (0x18, 4, 8, 0),
                 ((0x30, 4, 0x101, 0x101), NONE), 0)),
    "ttyAMA1": (32, 2, 0, "", ("SBSA UART", (0, 4), (0x18, 4, 0x20, 0), (0x18, 4, 8, 0), ON, 0)),
}
# (type, io_type, iomem_reg_shift, compatible) and a part of the refusal
REFUSED = {
    "ttyMSM0": (-1, 2, 0, "qcom,geni-debug-uart", "cannot drive such a UART"),
    "ttyMSM1": (88, 2, 0, "qcom,msm-uartdm-v1.4 qcom,msm-uartdm", "cannot drive such a UART"),
    "ttySC1": (53, 2, 0, "", "(port type 53): purgatory cannot drive such a UART"),
    "ttyS3": (4, 0, 0, "", "not in memory"),
    "ttyS4": (4, 3, 0, "", "cannot reach its registers"),
}


def add_port(system, name, number, io_type, shift, compatible, base=BASE):
    """Show the port in the system's sysfs, its node at the device, as links lead to it."""
    device = "sys/devices/platform/%x.serial" % base
    tty = os.path.join(system, "sys/class/tty", name)
    os.makedirs(tty)
    for attribute, value in (("type", number), ("io_type", io_type), ("iomem_reg_shift", shift),
                             ("iomem_base", "0x%X" % base)):
        with open(os.path.join(tty, attribute), "w", encoding="ascii") as file:
            file.write("%s\n" % value)
    os.makedirs(os.path.join(system, device))
    os.symlink("/" + device, os.path.join(tty, "device"))
    if compatible:
        node = "sys/firmware/devicetree/base/serial@%x" % base
        os.makedirs(os.path.join(system, node))
        os.symlink("/" + node, os.path.join(system, device, "of_node"))
        with open(os.path.join(system, node, "compatible"), "w", encoding="ascii") as file:
            file.write(compatible.replace(" ", "\0") + "\0")


def plan_serial(work, target, name, port):
    """The plan of a load with --serial and this port."""
    kernel = os.path.join(work, "kernel")
    write_kernel(kernel, target)
    system = variant(work, target + "-dt", {})
    add_port(system, name, *port)
    result = run(system, target, os.path.join(work, "out"), "-l", kernel, "--serial=" + name)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return Plan(os.path.join(work, "out"))


def test_port(name, target):
    def test(work):
        *port, (kind, data, room, idle, enable, shift) = PORTS[name]
        plan = plan_serial(work, target, name, port)
        assert plan.json["console"] == kind, plan.json["console"]
        assert plan.number("purgatory_console_type", 4) == 2
        base = BASE + (0x10 if kind == "LPUART" else 0)
        assert plan.number("purgatory_console_address") == base
        assert plan.number("purgatory_console_data_shift", 4) == shift
        registers = struct.unpack("<20I", plan.symbol("purgatory_console_registers", 80))
        assert registers == (*data, 0, 0, *room, *idle, *enable[0], *enable[1]), \
            [hex(number) for number in registers]
        assert reason(plan) == "none"
        # Its page is mapped in each set that maps all to itself, to be read and written.
        found = [leaf for set_name in page_tables.present(plan) if set_name != "high"
                 for leaf in page_tables.Set(plan, page_tables.SETS.index(set_name)).leaves()
                 if leaf.virtual <= BASE < leaf.virtual + leaf.size]
        assert len(found) == (2 if target == "arm64" else 1), found
        assert all(leaf.physical == leaf.virtual == BASE and leaf.size == 4096 and
                   leaf.letters == "rw" for leaf in found)
    return "--serial=%s on %s" % (name, target), test


def test_refused(name):
    def test(work):
        *port, words = REFUSED[name]
        kernel = os.path.join(work, "kernel")
        write_kernel(kernel, "arm64")
        system = variant(work, "arm64-dt", {})
        add_port(system, name, *port)
        expect_refusal(work, system, "arm64", ["--serial=" + name, words, "or with --serial=none"], "-l", kernel,
                       "--serial=" + name)
    return "--serial=%s is refused" % name, test


def test_realm(work):
    """In a Realm neither the default console nor one that is asked for is used."""
    kernel, out = os.path.join(work, "kernel"), os.path.join(work, "out")
    write_kernel(kernel, "arm64")
    system = variant(work, "arm64-dt", {
        "sys/devices/platform/arm-cca-dev/modalias": "platform:arm-cca-dev\n"})
    expect_refusal(work, system, "arm64", ["--serial=ttyAMA0", "Realm", "--serial=none"],
                   "-l", kernel, "--serial=ttyAMA0")
    for options, warned in ([], True), (["--serial=none"], False):
        result = run(system, "arm64", out, "-l", kernel, *options)
        assert result.returncode == 0, result.stderr
        assert ("Realm" in result.stderr) == warned, result.stderr
        plan = Plan(out)
        assert plan.json["console"] == "none" and plan.number("purgatory_console_type", 4) == 3


def test_watchdog(work):
    """With -d each watchdog is named; what a kernel does not say of it is unknown."""
    kernel, out = os.path.join(work, "kernel"), os.path.join(work, "out")
    write_kernel(kernel, "arm64")
    directory = "sys/class/watchdog/watchdog1/"
    system = variant(work, "arm64-dt", {directory + name: text + "\n" for name, text in {
        "identity": "SP805 Watchdog", "state": "active", "timeout": "60", "timeleft": "42",
        "nowayout": "1"}.items()})
    line = ("watchdog1 (SP805 Watchdog): state active, timeout 60 s, left 42 s, nowayout 1, "
            "pretimeout unknown s")
    for options, named in (["-d"], True), ([], False):
        result = run(system, "arm64", out, "-l", kernel, *options)
        assert result.returncode == 0, result.stderr
        assert (line in result.stdout + result.stderr) == named, result.stderr
        assert "watchdog0" not in result.stdout + result.stderr


def main():
    tests = [test_port(name, "riscv64" if name == "ttySIF0" else "arm64") for name in PORTS]
    return run_tests(tests + [test_refused(name) for name in REFUSED] +
                     [("no console in a Realm", test_realm), ("watchdogs", test_watchdog)])


if __name__ == "__main__":
    sys.exit(main())
