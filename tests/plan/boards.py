#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans for files that are made for several boards, or for another one than this.

usage: boards.py KEXEC CAPTURED

KEXEC and CAPTURED are as in planning.py. Every tree that is handed on is told by its model. Prints
TAP.
"""

import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # the source may be read-only
from planning import CAPTURED, Plan, expect_refusal, run, run_tests, write_kernel  # noqa: E402

VIRT = "linux,dummy-virt"
RASPBERRY = "raspberrypi,4-model-b\0brcm,bcm2711"
ROCK = "radxa,rock-5b\0rockchip,rk3588"
BOARDS = {"fdt-1": ("Raspberry Pi 4", RASPBERRY), "fdt-2": ("virt", VIRT)}


def make_tree(directory, name, compatible, model):
    """The tree of the captured machine with another board's name; its path."""
    path = os.path.join(directory, name)
    with open(os.path.join(CAPTURED, "arm64-dt/sys/firmware/fdt"), "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(data)
    command = ["fdtput", "-t", "s", path, "/"]
    subprocess.run(command + ["model", model], check=True)
    if compatible:
        subprocess.run(command + ["compatible"] + compatible.split("\0"), check=True)
    else:
        subprocess.run(["fdtput", "-d", path, "/", "compatible"], check=True)
    return path


def make_kernel(directory):
    path = os.path.join(directory, "Image")
    write_kernel(path, "arm64")
    return path


def make_uki(directory, *trees):
    """A unified kernel image with device trees, each an option of ukify; its path."""
    path = os.path.join(directory, "uki.efi")
    subprocess.run(["ukify", "build", "--stub=/guest/arm64/efi.stub", "--efi-arch=aa64",
                    "--uname=test", "--os-release=ID=test", "--output=" + path,
                    "--linux=" + make_kernel(directory), *trees], check=True, capture_output=True)
    return path


def compatible_line(compatible):
    return "compatible = %s;" % ", ".join('"%s"' % name for name in compatible.split("\0"))


NODE = ('%s { data = /incbin/("%s"); type = "%s"; arch = "arm64"; os = "linux"; '
        'compression = "none"; load = <0>; entry = <0>; hash-1 { algo = "sha256"; }; };')


def write_fit(directory, images, configurations):
    """A FIT of these nodes; its path."""
    with open(os.path.join(directory, "boards.its"), "w", encoding="ascii") as file:
        file.write('/dts-v1/; / { description = "test"; #address-cells = <1>; images { %s }; '
                   'configurations { %s }; };' % (images, configurations))
    subprocess.run(["mkimage", "-f", "boards.its", "boards.fit"], cwd=directory, check=True,
                   capture_output=True)
    return os.path.join(directory, "boards.fit")


def make_fit(directory, default, boards, says=True):
    """A FIT with a configuration for each board, which @says for which; its path."""
    make_kernel(directory)
    images, configurations = [NODE % ("kernel", "Image", "kernel_noload")], []
    for name, (model, compatible) in boards.items():
        make_tree(directory, name + ".dtb", compatible, model)
        images.append(NODE % (name, name + ".dtb", "flat_dt"))
        configurations.append('%s { description = "%s"; %s kernel = "kernel"; fdt = "%s"; };' % (
            name.replace("fdt", "conf"), model, compatible_line(compatible) if says else "", name))
    if default:
        configurations.insert(0, 'default = "%s";' % default)
    return write_fit(directory, " ".join(images), " ".join(configurations))


def plan_model(directory, system, warning, *arguments):
    """The model of the tree that is handed on, after exactly this warning or none."""
    output = os.path.join(directory, "plan")
    result = run(system, "arm64", output, "-l", *arguments)
    assert result.returncode == 0, result.stderr
    if warning:
        assert result.stderr.count("\n") == 1 and warning in result.stderr, result.stderr
    else:
        assert result.stderr == "", result.stderr
    return Plan(output).fdt_property("/", "model", "s")


def test_other_default(directory):
    """The default is for another board; ours stands behind it."""
    path = make_fit(directory, "conf-1", BOARDS)
    assert plan_model(directory, "arm64-dt", None, path) == "virt"


def test_other_default_by_tree(directory):
    path = make_fit(directory, "conf-1", BOARDS, says=False)
    assert plan_model(directory, "arm64-dt", None, path) == "virt"


def test_no_default(directory):
    boards = {"fdt-1": ("Raspberry Pi 4", RASPBERRY), "fdt-2": ("ROCK 5B", ROCK)}
    path = make_fit(directory, None, boards)
    expect_refusal(directory, "arm64-dt", "arm64",
                   ("without a configuration for this board (linux,dummy-virt)",
                    "it has conf-1 'Raspberry Pi 4' (raspberrypi,4-model-b, brcm,bcm2711), "
                    "conf-2 'ROCK 5B' (radxa,rock-5b, rockchip,rk3588)"), "-l", path)
    path = make_fit(directory, None, {**boards, "fdt-3": ("virt", VIRT)})
    assert plan_model(directory, "arm64-dt", None, path) == "virt"


def test_default_of_another_board(directory):
    """Nothing matches: the default, which is refused as any tree of another board."""
    boards = {"fdt-1": ("Raspberry Pi 4", RASPBERRY), "fdt-2": ("ROCK 5B", ROCK)}
    path = make_fit(directory, "conf-2", boards)
    expect_refusal(directory, "arm64-dt", "arm64",
                   ("another board (radxa,rock-5b, rockchip,rk3588) than this one "
                    "(linux,dummy-virt)", "--any-board", "--dtb"), "-l", path)
    assert plan_model(directory, "arm64-dt", None, path, "--any-board") == "ROCK 5B"
    given = os.path.join(CAPTURED, "arm64-dt/sys/firmware/fdt")
    assert plan_model(directory, "arm64-dt", None, path, "--dtb", given) not in ("ROCK 5B", "virt")


def test_soc_alone(directory):
    """Only the SoC is the same: a warning that names both boards, wherever the tree is from."""
    system = os.path.join(directory, "system")
    shutil.copytree(os.path.join(CAPTURED, "arm64-dt"), system)
    names = ROCK + "\0rockchip,soc"
    subprocess.run(["fdtput", "-t", "s", os.path.join(system, "sys/firmware/fdt"), "/",
                    "compatible", *names.split("\0")], check=True)
    other = "pine64,rockpro64\0rockchip,soc"
    path = make_fit(directory, None, {"fdt-1": ("RockPro64", other), "fdt-2": ("virt", VIRT)})
    boards = ("(pine64,rockpro64, rockchip,soc) that has only its SoC in common with this one "
              "(radxa,rock-5b, rockchip,rk3588, rockchip,soc)")
    assert plan_model(directory, system, path + ": the device tree is for a board " + boards,
                      path) == "RockPro64"
    assert plan_model(directory, system, None, path, "--any-board") == "RockPro64"
    kernel = make_kernel(directory)
    tree = os.path.join(directory, "fdt-1.dtb")
    assert plan_model(directory, system, boards, kernel, "--dtb", tree) == "RockPro64"
    # More than the SoC is the same: another revision of the board, most of the time.
    tree = make_tree(directory, "revision.dtb", "radxa,rock-5b-plus\0rockchip,rk3588", "5B+")
    assert plan_model(directory, system, None, kernel, "--dtb", tree) == "5B+"


def test_given(directory):
    """--dtb: a warning where it is for another board."""
    kernel = make_kernel(directory)
    tree = make_tree(directory, "other.dtb", ROCK, "ROCK 5B")
    warning = "is for another board (radxa,rock-5b, rockchip,rk3588) than this one (linux,dummy"
    assert plan_model(directory, "arm64-dt", warning, kernel, "--dtb", tree) == "ROCK 5B"
    assert plan_model(directory, "arm64-dt", None, kernel, "--dtb", tree,
                      "--any-board") == "ROCK 5B"
    tree = make_tree(directory, "nameless.dtb", None, "nameless")
    assert plan_model(directory, "arm64-dt", "nameless.dtb names no board, and nobody knows "
                      "whether it is for this one (linux,dummy-virt)",
                      kernel, "--dtb", tree) == "nameless"
    assert plan_model(directory, "arm64-acpi", "nameless.dtb, which names none, is for this",
                      kernel, "--dtb", tree) == "nameless"
    tree = make_tree(directory, "alike.dtb", "test,alike\0" + VIRT, "alike")
    assert plan_model(directory, "arm64-dt", None, kernel, "--dtb", tree) == "alike"


def test_uki(directory):
    """.dtbauto for the board comes first, then .dtb, then the running tree."""
    virt = make_tree(directory, "virt.dtb", VIRT, "virt")
    rock = make_tree(directory, "rock.dtb", ROCK, "ROCK 5B")
    alike = make_tree(directory, "alike.dtb", "test,alike\0" + VIRT, "alike")
    automatic = ["--devicetree-auto=" + tree for tree in (rock, alike, virt)]
    path = make_uki(directory, *automatic)
    assert plan_model(directory, "arm64-dt", None, path) == "virt"
    path = make_uki(directory, *automatic[:2])
    running = plan_model(directory, "arm64-dt", None, path)
    assert running not in ("ROCK 5B", "alike", "virt")
    path = make_uki(directory, *automatic[:2], "--devicetree=" + virt)
    assert plan_model(directory, "arm64-dt", None, path) == "virt"
    path = make_uki(directory, "--devicetree=" + rock)
    expect_refusal(directory, "arm64-dt", "arm64",
                   ("its device tree is for another board (radxa,rock-5b, rockchip,rk3588) than",
                    "--dtb=/sys/firmware/fdt"), "-l", path)
    assert plan_model(directory, "arm64-dt", None, path, "--any-board") == "ROCK 5B"
    assert plan_model(directory, "arm64-dt", None, path, "--dtb", virt) == "virt"
    assert plan_model(directory, "arm64-acpi", "is not handed on", path) is None
    path = make_uki(directory, *automatic)
    assert plan_model(directory, "arm64-acpi", None, path) is None
    nameless = make_tree(directory, "nameless.dtb", None, "nameless")
    expect_refusal(directory, "arm64-dt", "arm64",
                   ("its device tree names no board, and nobody knows whether it is for this one "
                    "(linux,dummy-virt): name the right one with --dtb",),
                   "-l", make_uki(directory, "--devicetree=" + nameless))


def test_appended(directory):
    path = os.path.join(directory, "Image-dtb")
    with open(path, "wb") as file:
        for part in make_kernel(directory), make_tree(directory, "rock.dtb", ROCK, "ROCK 5B"):
            with open(part, "rb") as source:
                file.write(source.read())
    for command in ([], ["gzip", "-1"], ["xz", "-0", "--check=crc32"]):
        if command:
            subprocess.run(command + ["-k", path], check=True)
        suffix = {"gzip": ".gz", "xz": ".xz"}.get(command[0], "") if command else ""
        assert plan_model(directory, "arm64-dt", "tree appended to the kernel is ignored",
                          path + suffix) != "ROCK 5B"


def test_overlays(directory):
    """A FIT with overlays: by labels, which the tree must have, and by path."""
    source = {"base": '/dts-v1/; / { model = "base"; compatible = "%s"; #address-cells = <2>; '
                      '#size-cells = <2>; memory@40000000 { device_type = "memory"; '
                      'reg = <0 0x40000000 0 0x80000000>; }; soc: soc { status = "disabled"; }; };'
                      % VIRT,
              "label": '/dts-v1/; /plugin/; &soc { status = "okay"; };',
              "path": '/dts-v1/; /plugin/; &{/soc} { label = "by path"; };'}
    make_kernel(directory)
    for name, text in source.items():
        subprocess.run(["dtc", "-q", "-@", "-O", "dtb", "-o", name + ".dtb"], cwd=directory,
                       check=True, input=text, text=True)
    nodes = "".join(NODE % (name, name + ".dtb", "flat_dt") for name in source)
    write_fit(directory, NODE % ("kernel", "Image", "kernel_noload") + nodes,
              'default = "conf"; conf { kernel = "kernel"; fdt = "base", "label", "path"; };')
    output = os.path.join(directory, "plan")
    result = run("arm64-dt", "arm64", output, "-l", os.path.join(directory, "boards.fit"))
    assert result.returncode == 0 and result.stderr == "", result.stderr
    plan = Plan(output)
    assert plan.fdt_property("/", "model", "s") == "base"
    assert plan.fdt_property("/soc", "status", "s") == "okay"
    assert plan.fdt_property("/soc", "label", "s") == "by path"


def test_acpi(directory):
    """The EFI stub's tree is handed on, unless the user says otherwise."""
    path = make_fit(directory, "conf-2", BOARDS)
    assert plan_model(directory, "arm64-acpi", "its device tree is not handed on, because this "
                      "system was booted with ACPI", path) is None
    assert plan_model(directory, "arm64-acpi", None, path, "--any-board") == "virt"
    tree = make_tree(directory, "given.dtb", VIRT, "given")
    assert plan_model(directory, "arm64-acpi", "nobody knows whether --dtb=", path,
                      "--dtb", tree) == "given"
    assert plan_model(directory, "arm64-acpi", None, path, "--dtb", tree,
                      "--any-board") == "given"
    path = make_fit(directory, None, BOARDS)
    expect_refusal(directory, "arm64-acpi", "arm64",
                   ("several configurations and no default", "no device tree that names its board",
                    "conf-2 'virt' (linux,dummy-virt)"), "-l", path)


def test_target(directory):
    """A captured system is planned for as what it is."""
    for system, target, other in (("arm64-dt", "riscv64", "arm64"),
                                  ("arm64-crash", "riscv64", "arm64"),
                                  ("riscv64-dt", "arm64", "riscv64")):
        path = os.path.join(directory, "Image")
        write_kernel(path, target)
        expect_refusal(directory, system, target,
                       ("is not of %s but of %s" % (target, other), "--target=" + other),
                       "-l", path)


sys.exit(run_tests([
    ("a FIT's configuration by compatible, not its default", test_other_default),
    ("the same by the compatible of the device trees", test_other_default_by_tree),
    ("a FIT without a default", test_no_default),
    ("a FIT whose default is for another board", test_default_of_another_board),
    ("a device tree that has only the SoC in common", test_soc_alone),
    ("--dtb of another board", test_given),
    ("a FIT with device tree overlays", test_overlays),
    ("a unified kernel image for several boards", test_uki),
    ("a device tree appended to a kernel", test_appended),
    ("--target of another architecture", test_target),
    ("device trees where the system was booted with ACPI", test_acpi),
]))
