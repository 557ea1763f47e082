# SPDX-License-Identifier: GPL-2.0-only
"""The instructions of purgatory's object, its branches, and the lines of the sources that they come from."""

import functools
import os
import re
import subprocess

# Among the instructions: data, and what fills up to an alignment.
DATA = ".word", ".long", ".quad", ".dword", ".inst", "udf", "unimp", "nop"
# Conditional branches; what follows is the target.
BRANCH = {"arm64": r"(?:b\.\w+|cbn?z|tbn?z)\t(?:.*,\s*)?([0-9a-f]+) <",
          "riscv64": r"(?:c\.)?b(?:eq|ne|lt|ge|ltu|geu|eqz|nez|lez|gez|ltz|gtz|gt|le|gtu|leu)\t"
                     r"(?:.*,)?([0-9a-f]+) <"}
# Those of conditional branches whose target the assembler leaves to the linker.
RELOCATIONS = "R_AARCH64_CONDBR19", "R_AARCH64_TSTBR14", "R_RISCV_BRANCH", "R_RISCV_RVC_BRANCH"
# Sections with code, and where their offsets begin here: what only several CPUs run is not always as far away
# from the text.
OF_CPUS = 1 << 24
SECTIONS = {".text": 0, ".text.cpus": OF_CPUS}
# Where a function, a macro or a routine begins.
BEGINNINGS = {".c": r"[A-Za-z_].*?\b(\w+)\(.*[^;]$", ".h": r"\t?\.macro\s+(\w+)|([A-Za-z_]\w*):|[A-Za-z_].*?\b(\w+)\(.*[^;]$",
              ".S": r"(?:\t\.macro\s+)?([A-Za-z_]\w*):?"}


def run(*command, **settings):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **settings).stdout


class Place:
    """Where an instruction comes from: the source's path, the function's name, the line's text."""

    def __init__(self, source, function, text):
        self.source, self.function, self.text = source, function, text

    def __str__(self):
        return f"{self.source}, {self.function} | {self.text}"


@functools.lru_cache(maxsize=None)
def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


@functools.lru_cache(maxsize=None)
def find_place(top, path, number):
    lines, kind = lines_of(path), os.path.splitext(path)[1]
    function = "?"
    for line in reversed(lines[:number]):
        begins = re.match(BEGINNINGS[kind], line)
        if begins:
            function = next(filter(None, begins.groups()))
            break
    return Place(os.path.relpath(path, top), function, lines[number - 1].strip())


class Code:
    """sizes: of the instruction at each offset; places: where it comes from; branches: of each
    conditional one its two ends. Offsets are those from purgatory's start, as SECTIONS has it."""

    def __init__(self, out, arch, cross, directory):
        self.arch, self.cross, self.build = arch, cross, f"{out}/build"
        self.top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        self.sizes, self.places, self.branches = {}, {}, {}
        linked = f"purgatory/purgatory-{arch}.o"
        self.symbols = {name: base + offset for section, base in SECTIONS.items()
                        for name, (offset, _) in self.symbols_of(linked, section).items()}
        for command, target in self.commands(linked):
            self.add_object(command, target, os.path.abspath(directory))
        self.size = max(address + size for address, size in self.sizes.items() if address < OF_CPUS)

    def tool(self, name, *arguments):
        return run(self.cross + name, *arguments, cwd=self.build)

    def commands(self, linked):
        """How make would compile each object, as shell commands without the place of the object."""
        folder = f"{self.top}/purgatory"
        sources = [f"../../../{os.path.relpath(os.path.join(path, name), self.top)}"
                   for path, _, names in os.walk(folder) for name in names if name[-2:] in (".c", ".S")]
        assume = [word for source in sources for word in ("-W", source)]
        printed = run("make", "-n", *assume, linked, cwd=self.build).replace("\\\n", " ")
        for line in printed.splitlines():
            found = re.search(r"([^\s;]+(?: --target=\S+)? (?:-\S+ )+.*-c) -o (\S+) (\S+)$", line)
            if found and f"objects-{self.arch}/" in found[2]:
                command = found[1].replace(" -MMD -MP ", " ")
                yield f"{command} {found[3]}", found[2]

    def symbols_of(self, path, section):
        """The symbols of a section: where they are in it, and whether they are global."""
        found = re.findall(rf"^(\w+) (.{{7}}) {re.escape(section)}\t\w+ (?:\.\w+ )?(\S+)$",
                           self.tool("objdump", "-t", path), re.MULTILINE)
        return {name: (int(offset, 16), flags[0] == "g") for offset, flags, name in found}

    def text(self, path, section, directory):
        output = os.path.join(directory, "text")
        self.tool("objcopy", "-O", "binary", "-j", section, path, output)
        with open(output, "rb") as file:
            return file.read()

    def add_object(self, command, target, directory):
        """The same object with debug information."""
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, target.replace("/", "-"))
        subprocess.run(f"{command} -g -o {path}", shell=True, check=True, cwd=self.build)
        for section in SECTIONS:
            known = self.symbols_of(path, section)
            start = {self.symbols[name] - offset for name, (offset, is_global) in known.items() if is_global}
            if not start:
                continue
            assert self.text(path, section, directory) == self.text(target, section, directory), \
                f"{target}: -g changes the code"
            assert len(start) == 1, target
            start = start.pop()
            targets = {name: start + offset for name, (offset, _) in known.items()}
            self.add_instructions(
                self.tool("objdump", "-d", "-l", "-r", f"--section={section}", path), start,
                {**self.symbols, **targets, section: start})

    def add_instructions(self, listing, start, targets):
        """targets: where the symbols are that relocations may name."""
        place, branch = None, None
        for text in listing.splitlines():
            line = re.match(r"(\S.*?):(\d+)(?: \(discriminator \d+\))?$", text)
            if line:
                path = os.path.normpath(os.path.join(self.build, line[1]))
                place = find_place(self.top, path, int(line[2]))
            relocation = re.match(r"\s+[0-9a-f]+: (R_\S+)\s+([^\s+]+)(?:\+(0x[0-9a-f]+))?", text)
            if relocation and branch is not None and relocation[1] in RELOCATIONS:
                branch = branch[0], targets[relocation[2]] + int(relocation[3] or "0", 16)
            found = re.match(r"\s*([0-9a-f]+):\t([0-9a-f ]+?)\s*\t(.*)", text)
            if not found:
                continue
            address = start + int(found[1], 16)
            if branch is not None:
                self.branches[branch[0]] = branch[1], address
                branch = None
            if found[3].startswith(DATA):
                continue
            self.sizes[address] = len(found[2].replace(" ", "")) // 2
            self.places[address] = place
            target = re.match(BRANCH[self.arch], found[3])
            if target:
                branch = address, start + int(target[1], 16)
