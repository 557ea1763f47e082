#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
usage: purgatory.py [MANUAL]

Whatever purgatory can print is in its manual page, and the page has no line and no word that purgatory
cannot print. What it can print are the string literals of its sources, and the names in the macros
*_NAMES that it shares with kexec. MANUAL is man/purgatory.7 below $srcdir by default. Prints TAP.
"""
import os
import pathlib
import re
import sys

TOP = pathlib.Path(os.environ.get("srcdir", "."))
STRING = r'"((?:[^"\\\n]|\\.)*)"'

# Literals that are not printed as words: what every line and number has (line.c), a message that is
# hashed (engine.c), and the name of PURGATORY_MMU_ON, with which there is no reason.
NOT_WORDS = {
    "none",
    "purgatory: ",
    "0x",
    "0123456789abcdef",
    r"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq\x80",
}

# Headers with names that purgatory prints.
MACRO_FILES = ("include/manifest.h", "include/purgatory.h", "include/sha256.h")


def read(path):
    return (TOP / path).read_text(encoding="utf-8")


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def literals_of_c(text):
    """String literals, except for names of files and sections, and instructions with their operands."""
    text = re.sub(r"^\s*#\s*include.*$", "", without_comments(text), flags=re.M)
    text = re.sub(r"_Static_assert\(.*?\);|__asm__.*?;|section\(.*?\)", "", text, flags=re.S)
    return set(re.findall(STRING, text))


def literals_of_assembler(text):
    """A whole line is one, with the word in front of all of them."""
    found = re.findall(r"^\s*\.(?:ascii|asciz|string)\s+" + STRING, without_comments(text), flags=re.M)
    return {literal.removeprefix("purgatory: ") for literal in found}


def names_of_macros(text):
    text = without_comments(text).replace("\\\n", " ")
    lists = re.findall(r"#define\s+\w+_NAMES\s+\{([^}]*)\}", text)
    return {name for names in lists for name in re.findall(STRING, names)}


def printed_literals():
    found = set()
    for path in sorted((TOP / "purgatory").rglob("*.c")):
        found |= literals_of_c(path.read_text(encoding="utf-8"))
    for path in sorted((TOP / "purgatory").rglob("*.S")):
        found |= literals_of_assembler(path.read_text(encoding="utf-8"))
    for path in MACRO_FILES:
        found |= names_of_macros(read(path))
    return found - NOT_WORDS


def page_lines(manual):
    """The lines of purgatory that the page shows, without the word in front of all of them."""
    return re.findall(r'^\.(?:It )?Li "purgatory: (.*)"$', manual, flags=re.M)


def line_words(manual):
    """Names and values in these lines: {("cause", "timeout"), ...}."""
    return {pair for line in page_lines(manual) for pair in re.findall(r"([\w-]+)=([^\s]+)", line)}


def page_words(manual):
    """What the page marks as purgatory's words: the arguments of .Cm, and the values in the lines."""
    words = {value for _, value in line_words(manual)}
    for arguments in re.findall(r"^\.(?:It |Pq |Po )?Cm (.*)$", manual, flags=re.M):
        for argument in arguments.split():
            if argument == "Ns" or not re.match(r"\w", argument):
                break
            words.add(argument.strip(","))
    return words


def undocumented(literals, manual):
    """Literals that the page does not have, sorted."""
    lines, words = page_lines(manual), page_words(manual)
    return sorted(
        literal for literal in literals if literal not in words and not any(begins(line, literal) for line in lines)
    )


def begins(line, text):
    return line == text or line.startswith(text + " ")


def unknown(literals, manual):
    """Lines and words of the page that purgatory does not print, sorted."""
    wrong = [line for line in page_lines(manual) if not any(begins(line, literal) for literal in literals)]
    words = page_words(manual) | {key for key, _ in line_words(manual)}
    wrong += [word for word in words - literals if re.fullmatch(r"[a-z][a-z0-9-]*", word)]
    return sorted(wrong)


def main():
    manual_path = sys.argv[1] if len(sys.argv) > 1 else TOP / "man/purgatory.7"
    manual = pathlib.Path(manual_path).read_text(encoding="utf-8")
    literals = printed_literals()
    planted = 'line_add_word(&line, "planted", "also-planted");'
    known = {"verified", "MISMATCH", "next kernel FAULT", "timeout", "granule", "el2-e2h", "sv57", "rvv", "initrd"}
    results = [
        ("the sources have the words that they are known to have", sorted(known - literals)),
        ("a word that is new is missed in the page",
         sorted(literals_of_c(planted) - set(undocumented(literals | literals_of_c(planted), manual)))),
        ("every line and every word of purgatory is in the page", undocumented(literals, manual)),
        ("the page has no others", unknown(literals, manual)),
        ("kexec(8) refers to the page", [] if ".Xr purgatory 7" in read("man/kexec.8") else ["purgatory(7)"]),
    ]
    print(f"1..{len(results)}")
    for number, (name, wrong) in enumerate(results, 1):
        print("not ok" if wrong else "ok", number, "-", name)
        for line in wrong:
            print("#", line)
    return any(wrong for _, wrong in results)


if __name__ == "__main__":
    sys.exit(main())
