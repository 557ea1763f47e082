#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans a load on every board whose device tree Debian's kernel packages have.

usage: boards.py KEXEC TREES [--accept] [--only=GLOB] [--verbose]

TREES holds ARCH/dtbs/VENDOR/*.dtb. Prints TAP, one result a tree, then those of the tables: what
becomes of purgatory's console, and which refusals and warnings are expected. --accept writes the
tables anew; --only looks at some trees and at no table. See README.md.
"""

import collections
import fnmatch
import glob
import multiprocessing
import os
import re
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source may be read-only
import common  # noqa: E402
import fdt  # noqa: E402
import invariants  # noqa: E402
import port  # noqa: E402
import report  # noqa: E402
import system  # noqa: E402

MIB = 1 << 20
IMAGE_MAGIC = {"arm64": 0x644D5241, "riscv64": 0x05435352}

# Of each tree: name, and how the running system differs from a plain one. Page sizes are arm64's.
Variant = collections.namedtuple("Variant", "name page_sizes flattened high stdout dtb serial")
VARIANTS = (
    Variant("firmware", (4096,), True, False, True, False, False),
    Variant("unflattened", (4096, 16384, 65536), False, False, True, False, False),
    Variant("dtb", (65536, 4096), True, False, True, True, False),
    Variant("high-memory", (16384,), True, True, False, False, True),
)


def write_kernel(path, arch):
    """An Image of 64 KiB that needs 4 MiB more; on arm64 it may lie anywhere."""
    header = bytearray(64)
    if arch == "arm64":
        struct.pack_into("<QQQ", header, 8, 0, 4 * MIB, 0b1010)
    else:
        struct.pack_into("<QQQ", header, 8, 0x200000, 4 * MIB, 0)
        struct.pack_into("<I", header, 32, 2)
    struct.pack_into("<I", header, 56, IMAGE_MAGIC[arch])
    with open(path, "wb") as file:
        file.write(header + bytes(65536 - len(header)))


def write_initrd(path):
    """An empty cpio archive, of some size: "newc" allows zeros behind the trailer."""
    trailer = b"070701" + b"%08x" * 13 % (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0)
    with open(path, "wb") as file:
        file.write((trailer + b"TRAILER!!!\0").ljust(65536 + 123, b"\0"))


class Board:
    """A device tree and what came of its plans."""

    def __init__(self, number, path, top):
        self.path = path
        self.name = os.path.relpath(path, top).replace("/dtbs/", "/", 1)
        self.arch, self.vendor = self.name.split("/")[:2]
        self.number = number
        self.wrong, self.said = [], []
        self.consoles = {}  # purgatory's console and what is said of it, by the variant's name
        self.refusal = []   # what is said when the first variant is refused
        self.stops_by = self.resets_by = None  # the other CPUs; the machine, in the first variant


def stdout_type(tree):
    """The UART of stdout-path by the most general of its compatible strings."""
    path = port.stdout_path(tree)
    if path is None:
        return "no stdout-path"
    if not path:
        return "stdout-path without node"
    names = port.compatibles(tree.find(path))
    return names[-1] if names else "no compatible"


def general(line):
    """A message without what is particular to one board."""
    line = re.sub(r"^kexec: (warning: )?", "", line)
    line = re.sub(r"stdout-path \S+( \([^)]*\))?: ", "stdout-path: ", line)
    line = re.sub(r"(device tree )?\S*\.dtb\b", "DTB", line)
    line = re.sub(r"\bat 0x[0-9a-f]+|@[0-9a-f,.]+", lambda m: m[0][:1] + "ADDRESS"
                  if m[0][0] == "@" else "at ADDRESS", line)
    line = re.sub(r"\bneed \d+ bytes", "need NUMBER bytes", line)  # purgatory grows
    return re.sub(r"0x[0-9a-f]+", "NUMBER", line)


def run_kexec(command, serial):
    """Run it with these options for the console, and without where they are refused. Returns the
    result, the lines that it says, and those of a refusal before it."""
    refusal = ""
    for options in (serial, []):
        result = subprocess.run(command + options, capture_output=True, text=True, check=False)
        lines = [general(line) for line in result.stderr.splitlines()]
        if not options or result.returncode == 0 or "--serial=" not in result.stderr:
            break
        refusal = " | ".join(lines)
    return result, lines, refusal


def check_address(plan, expected):
    """Purgatory's UART, if it has one, is where stdout-path has it."""
    if plan.json["console"] not in ("none", "SBI") and \
       plan.number("purgatory_console_address", 8) != expected.address:
        yield "the console is at 0x%x, and the port at %s" % (
            plan.number("purgatory_console_address", 8), expected.address)


def run_variant(kexec, board, variant, tree, work):
    """Plan one load: fills all that a board has to say."""
    sizes = variant.page_sizes if board.arch == "arm64" else (4096,)
    running = system.System(board.arch, board.vendor, tree, sizes[board.number % len(sizes)],
                            variant.high, variant.stdout)
    root, out = (os.path.join(work, name + variant.name) for name in ("root-", "plan-"))
    running.write(root, variant.flattened)
    shared = os.path.dirname(work)
    command = [kexec, "-l", shared + "/Image", "--initrd=" + shared + "/initrd",
               "--append=root=/dev/new", "--target=" + board.arch, "--sysroot=" + root,
               "--output=" + out]
    if variant.dtb:
        command.append("--dtb=" + board.path)
    result, lines, refused = run_kexec(
        command, ["--serial=" + port.NAME] if variant.serial and running.port else [])
    console = [line for line in lines if "console" in line]
    board.said += [(variant.name, result.returncode, line) for line in lines
                   if line not in console]
    if result.returncode not in (0, 1):
        board.wrong.append("%s: exit status %d: %s" % (variant.name, result.returncode,
                                                       result.stderr))
    if variant is VARIANTS[0] and result.returncode != 0:
        board.refusal = lines
    if result.returncode == 0:
        plan = invariants.Plan(out)
        board.consoles[variant.name] = (plan.json["console"], refused or " | ".join(console))
        if variant is VARIANTS[0]:
            board.resets_by = plan.json["verification"].get("resets_by")
        board.wrong += [variant.name + ": " + line for line in check_address(plan, running.port)]
        source, stale = (tree, None) if variant.dtb else (running.tree, running.stale)
        board.wrong += [variant.name + ": " + line for line in invariants.check_plan(
            plan, running, source, stale, variant.flattened)]


def run_board(arguments):
    kexec, board, work = arguments
    work = os.path.join(work, board.arch)
    with open(board.path, "rb") as file:
        tree = fdt.read(file.read())
    board.uart = stdout_type(tree)
    board.stops_by = common.stops_by(tree, board.arch)
    with tempfile.TemporaryDirectory(dir=work) as own:
        for variant in VARIANTS:
            try:
                run_variant(kexec, board, variant, tree, own)
            except Exception as error:  # pylint: disable=broad-except # one board, not the sweep
                board.wrong.append("%s: %r" % (variant.name, error))
        # There are thousands of files: Python takes twice as long.
        subprocess.run(["find", own, "-mindepth", "1", "-delete"], check=True)
    return board


def main(kexec, trees, *options):
    only = next((o.split("=")[1] for o in options if o.startswith("--only=")), "*")
    paths = sorted(glob.glob(os.path.join(trees, "*/dtbs/**/*.dtb"), recursive=True))
    boards = [Board(number, path, trees) for number, path in enumerate(paths)]
    names = [board.name for board in boards]
    boards = [board for board in boards if fnmatch.fnmatch(board.name, only)]
    if not boards:
        sys.exit("boards.py: no device tree in %s matches %r; there are: %s" % (
            trees, only, " ".join(sorted({os.path.dirname(name) for name in names}))))
    results = report.Results(len(boards) + (0 if only != "*" else len(report.TABLES)))
    with tempfile.TemporaryDirectory() as work:
        for arch in IMAGE_MAGIC:
            os.mkdir(os.path.join(work, arch))
            write_kernel(os.path.join(work, arch, "Image"), arch)
            write_initrd(os.path.join(work, arch, "initrd"))
        with multiprocessing.Pool() as pool:
            done = []
            for board in pool.imap(run_board, [(kexec, board, work) for board in boards], 4):
                results.add(board.name, board.wrong)
                done.append(board)
                if "--verbose" in options:
                    for said in board.said + list(board.consoles.items()):
                        print("#", said)
    if only == "*":
        for table in report.TABLES:
            results.add("the table " + table.name, table.compare(done, "--accept" in options))
    return results.failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
