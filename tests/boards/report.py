# SPDX-License-Identifier: GPL-2.0-only
"""TAP, and the tables that are committed and compared."""

import collections
import difflib
import os

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


def consoles(boards):
    yield "# boards, architecture, UART of stdout-path, purgatory's console, what is said"
    yield from counts(boards, lambda board: [(board.arch, board.uart, board.console[0],
                                              " | ".join(board.console[1]))]
                      if board.console else [])


def messages(boards):
    yield "# boards, variant of the running system, exit status, what is said beside the console"
    yield from counts(boards, lambda board: board.said)


def reason(board):
    """Why there is no console: the first words in the warning's brackets."""
    text = " | ".join(board.console[1])
    return text[text.index("(") + 1:].split("; ")[0] if "(" in text else text


def rows(heads, entries):
    yield "| " + " | ".join(heads) + " |"
    yield "|---" * len(heads) + "|"
    for entry in entries:
        yield "| " + " | ".join(map(str, entry)) + " |"
    yield ""


def page(boards):
    """docs/boards.md"""
    planned = [board for board in boards if board.console]
    yield "# What boards get"
    yield ""
    yield ("Of the %d device trees in Debian's kernel packages each is planned as a running system "
           "(`tests/boards`," % len(boards))
    yield ("which writes this page: `tests/boards/run.sh --accept`). %d have a console for "
           "purgatory without `--serial`." %
           sum(board.console[0] != "none" for board in planned))
    yield ("With `--serial=PORT` a PL011 or an 8250 serves wherever its clock stays on; "
           "`kexec(8)` tells more.")
    yield ""
    yield "## By the UART of stdout-path"
    yield ""
    counter = collections.Counter(
        (board.arch, board.uart, board.console[0], reason(board)) for board in planned)
    yield from rows(("architecture", "UART", "console", "why not", "boards"),
                    ((*key, count) for key, count in sorted(counter.items())))
    yield "## By vendor"
    yield ""
    vendors = collections.defaultdict(list)
    for board in planned:
        vendors[board.arch, board.vendor].append(board.console[0] != "none")
    yield from rows(("architecture", "vendor", "boards", "with a console"),
                    ((*key, len(used), sum(used)) for key, used in sorted(vendors.items())))


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
