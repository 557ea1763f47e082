#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The pictures of docs/ that need no measurement: a plan, and the way from a panic to a dump.

usage: pictures.py KEXEC CAPTURED DIRECTORY

Writes plan.svg and crash.svg there. See planning.py for the other arguments.
"""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source may be read-only
from planning import CAPTURED, KEXEC, MIB, write_initrd, write_kernel  # noqa: E402

WIDTH = 960
LINE = 18
# The colours of kexec/show/plan_svg.c.
STYLE = """\
svg { background: #ffffff; color: #1f2328; font: 13px sans-serif; }
text { fill: currentColor; } .h { font-weight: bold; } .m { font-family: monospace; font-size: 12px; }
rect { stroke: currentColor; stroke-opacity: 0.3; }
.o { fill: #e4e7eb; } .p { fill: #fbe3e4; } .n { fill: #ddf4e4; } .e { fill: #f2d88f; }
path { stroke: currentColor; fill: none; stroke-width: 1.5; } polygon { fill: currentColor; }
@media (prefers-color-scheme: dark) {
svg { background: #0d1117; color: #e6edf3; }
.o { fill: #30363d; } .p { fill: #4a1f24; } .n { fill: #143d24; } .e { fill: #5c4a1c; }
}
"""


def plan():
    """What a load of Debian's sizes looks like on a machine with 6 GiB and two crash regions."""
    with tempfile.TemporaryDirectory() as work:
        write_kernel(os.path.join(work, "vmlinuz"), "arm64", size=37 * MIB, image_size=39 * MIB)
        write_initrd(os.path.join(work, "initrd.img"), 58 * MIB)
        command = [os.path.abspath(KEXEC), "--plan=svg", "-l", "vmlinuz", "--initrd=initrd.img",
                   "--append=root=/dev/vda1 ro quiet", "--target=arm64",
                   "--sysroot", os.path.abspath(os.path.join(CAPTURED, "arm64-crash"))]
        result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=work)
        assert not result.stderr, result.stderr
        return result.stdout


# Left to right: kind (old kernel, purgatory, next kernel, ending), heading, lines.
STEPS = (
    ("o", "The kernel panics", (
        "It stops the other CPUs, writes the",
        "registers into memory, and enters purgatory",
        "with the MMU and the data cache off.")),
    ("p", "Purgatory checks itself and its page tables", (
        "The digests are in purgatory. If the tables",
        "are whole: MMU and caches on. If not: off,",
        "and slower.")),
    ("p", "Purgatory checks all that was loaded", (
        "SHA-256 of each chunk of 1 MiB: kernel,",
        "initrd, device tree, and the ELF core header,",
        "which tells the crash kernel what is where.")),
    ("n", "The crash kernel boots", (
        "It runs in the memory that crashkernel= kept",
        "for it, and shows the memory of the kernel",
        "that panicked as /proc/vmcore.")),
    ("n", "kdump-tools saves the dump", (
        "makedumpfile writes /proc/vmcore, without",
        "free pages, to /var/crash.")),
    ("o", "Reset", (
        "The firmware boots the usual kernel.",)),
)
SAID = {
    2: ("purgatory: verified bytes=... engine=sha2-x2", "n", "equal"),
}
DIFFERENT = ("e", "Something differs", (
    "Purgatory names the segment, and resets or",
    "halts: nothing boots. With --on-mismatch=boot",
    "it boots the crash kernel all the same."),
    "purgatory: MISMATCH segment=initrd ...")


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def box(x, y, width, step):
    """A step's box, as lines of SVG, and its height."""
    kind, heading, lines = step
    height = 16 + LINE * (len(lines) + 1)
    svg = [f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>',
           f'<text class="h" x="{x + 12}" y="{y + 22}">{escaped(heading)}</text>']
    for number, line in enumerate(lines, 1):
        svg.append(f'<text x="{x + 12}" y="{y + 22 + LINE * number}">{escaped(line)}</text>')
    return svg, height


def arrow(*points):
    """A line along these points, with a head that points down or to the right."""
    (x0, y0), (x, y) = points[-2:]
    if x == x0:
        head = f"{x - 5},{y - 9} {x + 5},{y - 9} {x},{y}"
    else:
        head = f"{x - 9},{y - 5} {x - 9},{y + 5} {x},{y}"
    path = " ".join(f"{'L' if number else 'M'}{px} {py}" for number, (px, py) in enumerate(points))
    return [f'<path d="{path}"/>', f'<polygon points="{head}"/>']


def crash():
    """The steps below each other, and what happens instead beside them."""
    left, width, right, gap = 16, 390, 546, 34
    svg, y = [], 16
    for number, step in enumerate(STEPS):
        lines, height = box(left, y, width, step)
        svg += lines
        if number in SAID:
            kind, heading, texts, said = DIFFERENT
            lines, _ = box(right, y, WIDTH - 16 - right, (kind, heading, texts))
            middle = y + height // 2
            svg += lines + arrow((left + width, middle), (right, middle))
            svg.append(f'<text x="{left + width + 44}" y="{middle - 8}">different</text>')
            svg.append(f'<text class="m" x="{right}" y="{y + height + 20}">{escaped(said)}</text>')
        y += height
        if number + 1 < len(STEPS):
            svg += arrow((left + 60, y), (left + 60, y + gap))
        if number in SAID:
            said, _, word = SAID[number]
            svg.append(f'<text x="{left + 76}" y="{y + 22}">{word}</text>')
            svg.append(f'<text class="m" x="{left + 130}" y="{y + 22}">{escaped(said)}</text>')
        y += gap
    y += 16 - gap
    return "\n".join((f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}"'
                      f' width="{WIDTH}" height="{y}" role="img">',
                      "<title>From a panic to a dump</title>", f"<style>\n{STYLE}</style>", *svg, "</svg>", ""))


def main():
    for name, content in (("plan.svg", plan()), ("crash.svg", crash())):
        with open(os.path.join(sys.argv[3], name), "w", encoding="utf-8") as file:
            file.write(content)


main()
