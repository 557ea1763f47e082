#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plot with gnuplot what was counted and modelled.

usage: plot.py RESULTS

Writes verify-time.svg, the time to verify against the size of what is verified, on the machines of
machines.toml with kexec-tools' purgatory and with ours; and instructions.svg, counted instructions a
byte of each engine.
"""

import math
import subprocess
import sys

import chunks
import model

# Machines in the order of machines.toml; kexec-tools' lines have the colours of ours.
COLOURS = ["#0b6e4f", "#1f5fa8", "#8a4fad", "#c2571a"]
GRID = "#d8d8d8"
LABEL_RATIO = 2.2  # a line of text on the scale of time

TIME = """
set terminal svg size 900,620 dynamic enhanced font 'DejaVu Sans,Helvetica,sans-serif,13' background 'white'
set output '{output}'
set label 'Time to verify what was loaded, between the two kernels (modelled)' at screen 0.5, 0.96 \\
    center font ',16'
set logscale xy
set xrange [{low}:{high}]
set rmargin 27
set tmargin 4
set yrange [0.0004:100000]
set xtics ('1 MB' 1e6, '10 MB' 1e7, '100 MB' 1e8, '1 GB' 1e9, '10 GB' 1e10)
set ytics ('1 ms' 0.001, '10 ms' 0.01, '100 ms' 0.1, '1 s' 1, '10 s' 10, '1 min' 60, \\
    '10 min' 600, '1 h' 3600, '1 day' 86400)
set xlabel 'kernel, initrd and device tree together'
set grid lc rgb '{grid}' lw 1
set border 3
set tics nomirror
unset key
{labels}
plot {lines}
"""

BARS = """
set terminal svg size 900,420 dynamic enhanced font 'DejaVu Sans,Helvetica,sans-serif,13' background 'white'
set output '{output}'
set title 'Instructions a byte of what is verified (counted)' font ',16'
set logscale y
set yrange [0.5:200]
set xrange [-0.6:{count} - 0.4]
set grid y lc rgb '{grid}' lw 1
set border 3
set tics nomirror
set xtics rotate by -35 ({tics})
unset key
$bars << END
{bars}
END
plot $bars using 1:2:(0.7) with boxes fs solid 0.85 noborder lc rgb '{colour}', \\
    $bars using 1:($2 * 1.25):(sprintf('%.3g', $2)) with labels
"""


def gnuplot(script):
    subprocess.run(["gnuplot"], input=script, check=True, text=True)


class Line:
    """A line of the plot: its name, its colour, how it is drawn, and what the time is; with several CPUs, so
    many bytes are one CPU's at least."""

    def __init__(self, found, colour, name, style, per_byte, least=0):
        self.found, self.colour, self.style = found, colour, style
        self.name = f"{found.machine['name']}: {name}"
        self.per_byte, self.least = per_byte, least

    def time(self, size):
        return self.found.fixed_time() + max(self.per_byte * size,
                                             self.found.per_byte() * min(size, self.least))

    def formula(self):
        """The same for gnuplot."""
        ends = self.least * self.found.per_byte() / self.per_byte  # where all have work
        alone = f"{self.found.per_byte():g} * (x < {self.least} ? x : {self.least})"
        return (f"{self.found.fixed_time():g} + "
                f"(x < {ends:g} ? {alone} : {self.per_byte:g} * x)")


def drawn(models):
    """Each line: both tools on every machine that has them, and all CPUs where one needs long: riscv64."""
    for machine, colour in zip(model.machines(), COLOURS):
        theirs = model.chosen(models, machine, "kexec-tools")
        ours = model.chosen(models, machine, "kexec")
        if theirs:
            yield Line(theirs, colour, "kexec-tools", "lw 2 dt 2", theirs.per_byte())
        if ours:
            yield Line(ours, colour, f"ours, {ours.engine}", "lw 3 dt 1", ours.per_byte())
        if ours and machine["arch"] == "riscv64":
            yield Line(ours, colour, f"{ours.cpus()} CPUs", "lw 2 dt 3", ours.per_byte_of_all(),
                       chunks.MIB * chunks.LANES.get(ours.engine, 1))


def spread(values, least):
    """Where labels of these values go on a logarithmic scale: at least that ratio apart."""
    places, last = {}, 0
    for value in sorted(values):
        last = max(value, last * least)
        places[value] = last
    # The middle of each crowd stays where it is.
    shift = math.exp(sum(math.log(value / places[value]) for value in values) / len(values))
    return {value: place * shift for value, place in places.items()}


def plot_times(models, output):
    low, high = model.SIZES[0], model.SIZES[-1]
    lines, labels, all_drawn = [], [], list(drawn(models))
    places = spread([line.time(high) for line in all_drawn], LABEL_RATIO)
    for line in all_drawn:
        lines.append(f"[{low}:{high}] {line.formula()} {line.style} lc rgb '{line.colour}'")
        labels.append(f"set label '{line.name}' at {high} * 1.15, "
                      f"{places[line.time(high)]:g} tc rgb '{line.colour}' font ',12'")
    gnuplot(TIME.format(output=output, low=low, high=high, grid=GRID, labels="\n".join(labels),
                        lines=", ".join(lines)))


def plot_instructions(counts, output):
    bars = sorted(((key, counted.per_byte("instructions")) for key, counted in counts.items()
                   if key[3] == "on" or key[0] == "kexec-tools"), key=lambda bar: -bar[1])
    names = ["kexec-tools" if key[0] == "kexec-tools" else f"{key[1]} {key[2]}" for key, _ in bars]
    gnuplot(BARS.format(
        output=output, count=len(bars), grid=GRID, colour=COLOURS[1],
        tics=", ".join(f"'{name}' {index}" for index, name in enumerate(names)),
        bars="\n".join(f"{index} {value:g}" for index, (_, value) in enumerate(bars))))


def main():
    results, = sys.argv[1:]
    models = model.models(results)
    counts = model.counts_by_engine(model.table.read(f"{results}/counted.csv"))
    plot_times(models, f"{results}/verify-time.svg")
    plot_instructions(counts, f"{results}/instructions.svg")


if __name__ == "__main__":
    main()
