# SPDX-License-Identifier: GPL-2.0-only
"""The counting plugins: built, and their reports read."""

import os
import subprocess

SOURCE = os.path.dirname(os.path.abspath(__file__))
FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-Wshadow",
         "-Wstrict-prototypes", "-Wmissing-prototypes", "-fvisibility=hidden", "-shared", "-fPIC",
         f"-I{SOURCE}/../coherence"]


def build(name, directory):
    """Compile the plugin "phases" or "marks". Returns its path."""
    path = os.path.join(directory, name + ".so")
    subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-o", path,
                    f"{SOURCE}/plugin/{name}.c", f"{SOURCE}/plugin/decode.c"], check=True)
    return path


def _number(text):
    try:
        return int(text, 0)
    except ValueError:
        return text


def read_report(path):
    """The lines of a report: (word, {name: value})."""
    with open(path, encoding="ascii") as file:
        for line in file:
            word, *pairs = line.split()
            yield word, {name: _number(value) for name, value in (pair.split("=") for pair in pairs)}


class Phases:
    """What the plugin "phases" counted: counts by phase and name, and how often blocks ran."""

    def __init__(self, path):
        self.counts, self.blocks, complete = {}, {}, False
        if os.path.exists(path):
            for word, values in read_report(path):
                if word == "phase":
                    self.counts[values.pop("name")] = values
                elif word == "block":
                    place = values["address"], values["size"]
                    self.blocks[place] = self.blocks.get(place, 0) + values["runs"]
                else:
                    complete = True
        if not complete:
            raise AssertionError("the guest did not get from purgatory's entry to its end")

    def total(self, name):
        return sum(counts[name] for counts in self.counts.values())


def read_marks(path):
    """What the plugin "marks" counted: (number, {place: instructions since the mark before})."""
    return [(values.pop("number"), values) for _, values in read_report(path)]
