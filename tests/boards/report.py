# SPDX-License-Identifier: GPL-2.0-only
"""TAP, and the tables that are committed and compared."""

import collections
import difflib
import os

import common

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(HERE, "../../docs/boards.md")


class Results:
    """Prints TAP."""

    def __init__(self, planned):
        self.number, self.failed = 0, 0
        print("1..%d" % planned)

    def add(self, name, wrong):
        self.number += 1
        self.failed |= bool(wrong)
        print("%sok %d - %s" % ("not " if wrong else "", self.number, name))
        for line in wrong:
            print("# " + line[:2000], flush=True)


def counts(boards, key):
    """Lines of (count, key) for all boards, in the order of the keys."""
    counter = collections.Counter(entry for board in boards for entry in key(board))
    return ["\t".join([str(count), *map(str, entry)]) for entry, count in sorted(counter.items())]


def same_consoles(board):
    """(architecture, UART, variants, console, what is said): variants with the same in one."""
    variants = collections.defaultdict(list)
    for variant, console in board.consoles.items():
        variants[console].append(variant)
    return [(board.arch, board.uart, " ".join(names), *console)
            for console, names in variants.items()]


def consoles(boards):
    yield ("# boards, architecture, UART of stdout-path, variants of the running system, "
           "purgatory's console, what is said")
    yield from counts(boards, same_consoles)


def messages(boards):
    yield "# boards, variant of the running system, exit status, what is said beside the console"
    yield from counts(boards, lambda board: board.said)


def first(board):
    """Of a load that is planned: purgatory's console in the first variant, and what is said of it."""
    return next(iter(board.consoles.values()))


def asked(board):
    """Purgatory's console in the last variant, where --serial names the port of stdout-path."""
    return list(board.consoles.values())[-1][0]


def reason(board):
    """Why there is no console: the first words in the warning's brackets."""
    text = first(board)[1]
    return text[text.index("(") + 1:].split("; ")[0] if "(" in text else text


def rows(heads, entries):
    yield "| " + " | ".join(heads) + " |"
    yield "|---" * len(heads) + "|"
    for entry in entries:
        yield "| " + " | ".join(map(str, entry)) + " |"
    yield ""


def common_boards(boards):
    """The section about boards that many people have."""
    by_name = {board.name: board for board in boards if board.consoles}
    yield "## Common boards"
    yield ""
    yield "All of this is from the boards' trees, and from the plans that kexec makes of them. `-l` is a load of another"
    yield "kernel: without PSCI the running kernel refuses it with more than one CPU (EBUSY). `-p` is a crash kernel, which it"
    yield "takes on every board. A reset after damage is that of purgatory, by `--on-mismatch=reset`. Firmware may"
    yield "change a tree before Linux gets it: `kexec --plan` on the board itself is right where the table is not."
    yield ""
    yield from rows(common.HEADS, (common.row(by_name[tree], name, first(by_name[tree])[0], asked(by_name[tree]))
                                   for tree, name in common.BOARDS if tree in by_name))


def page(boards):
    """docs/boards.md"""
    planned = [board for board in boards if board.consoles and not board.refusal]
    refused = [board for board in boards if board.refusal]
    yield "# What boards get"
    yield ""
    yield ("`tests/boards` makes a running system of each of the %d device trees in Debian's kernel "
           "packages, and" % len(boards))
    yield ("writes this page: `tests/boards/run.sh --accept`. A load is planned on %d of them, "
           "and refused on %d." % (len(planned), len(refused)))
    yield ("%d have a console for purgatory without `--serial`, and %d with it: `--serial` names "
           "the port of" % (sum(first(board)[0] != "none" for board in planned),
                            sum(asked(board) != "none" for board in planned)))
    yield ("stdout-path, whose clock is on because the running kernel has its console there; a "
           "PL011's is only if")
    yield ("somebody has the port open. Where the kernel's driver switches the transmitter off, "
           "purgatory switches it")
    yield "on. `kexec(8)` lists the UARTs that purgatory can drive; no board has been tried."
    yield ""
    yield from common_boards(boards)
    if refused:
        yield "## Where a load is refused"
        yield ""
        counter = collections.Counter(
            (board.arch, board.vendor, " | ".join(board.refusal)) for board in refused)
        yield from rows(("architecture", "vendor", "why", "boards"),
                        ((*key, count) for key, count in sorted(counter.items())))
    yield "## By the UART of stdout-path"
    yield ""
    counter = collections.Counter(
        (board.arch, board.uart, first(board)[0], reason(board), asked(board))
        for board in planned)
    yield from rows(("architecture", "UART", "console", "why not", "with `--serial`", "boards"),
                    ((*key, count) for key, count in sorted(counter.items())))
    yield "## By vendor"
    yield ""
    vendors = collections.defaultdict(list)
    for board in planned:
        vendors[board.arch, board.vendor].append(
            (first(board)[0] != "none", asked(board) != "none"))
    yield from rows(("architecture", "vendor", "boards", "with a console", "with `--serial`"),
                    ((*key, len(used), *map(sum, zip(*used)))
                     for key, used in sorted(vendors.items())))


class Table:
    def __init__(self, path, lines):
        self.name = os.path.relpath(path, os.path.join(HERE, "../.."))
        self.path, self.lines = path, lines

    def compare(self, boards, accept):
        """The differences from what is committed; with @accept the file is written instead."""
        now = [line + "\n" for line in self.lines(boards)]
        if accept:
            with open(self.path, "w", encoding="utf-8") as file:
                file.writelines(now)
            return []
        with open(self.path, encoding="utf-8") as file:
            diff = list(difflib.unified_diff(file.readlines(), now, "committed", "now", n=0))
        if diff:
            diff.append("if the change is right: tests/boards/run.sh --accept, and commit")
        return [line.rstrip("\n") for line in diff]


TABLES = (Table(os.path.join(HERE, "consoles.tsv"), consoles),
          Table(os.path.join(HERE, "messages.tsv"), messages),
          Table(DOCS, page))
