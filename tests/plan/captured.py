#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What --capture takes of a system: enough for the same plan, and no secrets.

usage: captured.py KEXEC CAPTURED

Prints TAP. See planning.py for the arguments. The systems that are captured are captured ones.
"""

import json
import os
import resource
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # the source may be read-only
from planning import CAPTURED, KEXEC, run_tests, variant, write_kernel  # noqa: E402

SYSTEMS = ["arm64-16k", "arm64-64k", "arm64-acpi", "arm64-crash", "arm64-dt",
           "arm64-reserved", "arm64-two-banks", "riscv64-crash", "riscv64-dt"]


def capture(system, path):
    target = os.path.basename(system).split("-")[0]
    target = target if target in ("arm64", "riscv64") else "arm64"
    return subprocess.run([KEXEC, "--capture=" + path, "--target=" + target, "--sysroot=" +
                           os.path.join(CAPTURED, system)], capture_output=True, text=True,
                          check=False)


def plan(work, system, target, *arguments):
    """The plan of a small kernel, and what is said of it."""
    kernel = os.path.join(work, "kernel-" + target)
    if not os.path.exists(kernel):
        write_kernel(kernel, target)
    load = "-p" if "crash" in os.path.basename(system) else "-l"
    result = subprocess.run([KEXEC, load, kernel, "--append=x", "--plan=json", "--target=" + target,
                             "--sysroot=" + os.path.join(CAPTURED, system), *arguments],
                            capture_output=True, text=True, check=False)
    return result.returncode, result.stdout, result.stderr


def files_below(directory):
    found = {}
    for path, _, names in os.walk(directory):
        for name in names:
            full = os.path.join(path, name)
            with open(full, "rb") as file:
                found[os.path.relpath(full, directory)] = file.read()
    return found


def test_plans(work):
    """A captured system gives the plan of the system, for all systems."""
    planned = 0
    for system in SYSTEMS:
        target = system.split("-")[0]
        path = os.path.join(work, system)
        result = capture(system, path)
        assert result.returncode == 0 and result.stderr == "", (system, result.stderr)
        expected = plan(work, system, target)
        found = plan(work, path, target)
        assert found[0] == expected[0] and found[2] == expected[2], (system, found, expected)
        assert found[1] == expected[1], system
        planned += expected[0] == 0
        # Nobody else may read it.
        assert os.stat(path).st_mode & 0o077 == 0
        assert os.stat(os.path.join(path, "proc/iomem")).st_mode & 0o077 == 0
    assert planned >= 8, planned


def test_page_flags(work):
    """Flags are taken where RAM is, and make the same difference for the plan."""
    os.mkdir(os.path.join(work, "system"))
    system = variant(os.path.join(work, "system"), "arm64-dt", {})
    # All of RAM is the kernel's, but for the 64 MiB at its end that are free.
    with open(os.path.join(system, "proc/kpageflags"), "wb") as file:
        file.seek(0x40000000 // 4096 * 8)
        file.write((1 << 10).to_bytes(8, "little") * (0x80000000 // 4096))
        for page in range(0x70000000 // 4096, 0x74000000 // 4096):
            file.seek(page * 8)
            file.write((1 << 7).to_bytes(8, "little"))
    path = os.path.join(work, "captured")
    result = capture(system, path)
    assert result.returncode == 0, result.stderr
    with open(os.path.join(path, "proc/kpageflags"), "rb") as file, \
            open(os.path.join(system, "proc/kpageflags"), "rb") as original:
        assert file.read() == original.read()
    assert plan(work, path, "arm64") == plan(work, system, "arm64")
    assert "/proc/kpageflags" in files_below(path)["CONTENTS"].decode()


SECRETS = ["sesame1", "sesame2", "sesame3", "sesame4", "sesame5", "sesame6", "12:34:56:78:9a:bc",
           "AB-CD-EF-01-23-45", "10000000deadbeef", "4a5b6c7d"]


def secret_system(work):
    """A system with secrets in all places where they may be."""
    line = ("root=/dev/vda rd.luks.key=/sesame1 rd.iscsi.password=sesame2 netroot=iscsi:u:sesame3@h::"
            "3260 systemd.set_credential=\"a:sesame4 b\" url=http://u:sesame5@h/f ifname=eth0:"
            "12:34:56:78:9a:bc BOOTIF=01-AB-CD-EF-01-23-45 console=ttyAMA0 keymap=de")
    system = variant(work, "arm64-dt", {
        "proc/cmdline": line + "\n",
        "kernel-log.txt": "Kernel command line: " + line + "\n"
                          "OF: mac 12:34:56:78:9a:bc\nnot of interest: sesame6\n"
                          "Machine model: Board\n"})
    with open(os.path.join(system, "proc/cpuinfo"), "a", encoding="ascii") as file:
        file.write("\nSerial\t\t: 10000000deadbeef\nModel\t\t: Board\n")
    tree = os.path.join(system, "sys/firmware/fdt")
    for arguments in (["-t", "s", tree, "/chosen", "bootargs", line],
                      ["-t", "s", tree, "/", "serial-number", "10000000deadbeef"],
                      ["-t", "bx", tree, "/chosen", "rng-seed", "4a", "5b", "6c", "7d"],
                      ["-t", "bx", tree, "/pl011@9000000", "local-mac-address", "12", "34", "56",
                       "78", "9a", "bc"]):
        subprocess.run(["fdtput", *arguments], check=True)
    return system, line


def test_secrets(work):
    os.mkdir(os.path.join(work, "system"))
    system, line = secret_system(os.path.join(work, "system"))
    path = os.path.join(work, "captured")
    result = capture(system, path)
    assert result.returncode == 0, result.stderr
    found = files_below(path)
    for name, content in found.items():
        for secret in SECRETS:
            assert secret.encode() not in content, (name, secret)
        assert bytes.fromhex("4a5b6c7d") not in content, name
        assert bytes.fromhex("123456789abc") not in content, name
    # What is no secret is still there, and everything has its length.
    text = found["proc/cmdline"].decode()
    assert len(text) == len(line) + 1
    for word in ("root=/dev/vda", "keymap=de", "console=ttyAMA0", "netroot=iscsi:xxxxxxxxx@h::3260",
                 "systemd.set_credential=\"xxxxxxxxxxx\"", "url=http://xxxxxxxxx@h/f",
                 "BOOTIF=xx-xx-xx-xx-xx-xx-xx"):
        assert word in text, (word, text)
    assert b"Model\t\t: Board" in found["proc/cpuinfo"] and b"Serial" not in found["proc/cpuinfo"]
    log = found["kernel-log.txt"].decode().splitlines()
    assert len(log) == 3 and log[2] == "Machine model: Board", log
    assert len(found["sys/firmware/fdt"]) == os.stat(os.path.join(system, "sys/firmware/fdt")).st_size
    assert found["proc/self/status"].startswith(b"CapEff:\t")
    assert len(found["proc/self/status"].splitlines()) == 1


def test_contents(work):
    """The list has every file with its size."""
    path = os.path.join(work, "captured")
    assert capture("arm64-crash", path).returncode == 0
    found = files_below(path)
    lines = found.pop("CONTENTS").decode().split("\n\n")[0].splitlines()
    listed = {line.split()[1].lstrip("/"): int(line.split()[0]) for line in lines}
    assert listed == {name: len(content) for name, content in found.items()}


def test_archive(work):
    """An archive has what the directory has; tar and zstd read it."""
    directory = os.path.join(work, "directory")
    assert capture("arm64-acpi", directory).returncode == 0
    for name in "captured.tar.zst", "captured.tar":
        archive, unpacked = os.path.join(work, name), os.path.join(work, "unpacked-" + name)
        result = capture("arm64-acpi", archive)
        assert result.returncode == 0, result.stderr
        assert os.stat(archive).st_mode & 0o777 == 0o600
        os.mkdir(unpacked)
        plain = os.path.join(work, "plain.tar")
        if name.endswith(".zst"):
            with open(plain, "wb") as file:
                subprocess.run(["zstd", "-dc", archive], stdout=file, check=True)
        else:
            shutil.copy(archive, plain)
        subprocess.run(["tar", "-xf", plain, "-C", unpacked], check=True)
        assert files_below(unpacked) == files_below(directory)
        # It is not written over.
        result = capture("arm64-acpi", archive)
        assert result.returncode == 1 and "cannot make" in result.stderr, result.stderr


def test_unpacked_tree(work):
    """Where the kernel has no flattened tree, its files are taken, and the plan is the same."""
    os.mkdir(os.path.join(work, "system"))
    system = variant(os.path.join(work, "system"), "arm64-dt", {})
    tree = os.path.join(system, "sys/firmware/fdt")
    unpack(tree, "/", os.path.join(system, "proc/device-tree"))
    os.remove(tree)
    path = os.path.join(work, "captured")
    result = capture(system, path)
    assert result.returncode == 0, result.stderr
    expected, found = plan(work, system, "arm64"), plan(work, path, "arm64")
    assert expected[0] == 0, expected
    assert json.loads(found[1])["segments"] == json.loads(expected[1])["segments"]
    assert not os.path.exists(os.path.join(path, "sys/firmware/fdt"))


def unpack(tree, node, directory):
    """A node as /proc/device-tree has it."""
    def names(option):
        return subprocess.run(["fdtget", option, tree, node], capture_output=True, text=True,
                              check=True).stdout.split()

    os.makedirs(directory)
    for name in names("-p"):
        text = subprocess.run(["fdtget", "-t", "bx", tree, node, name], capture_output=True,
                              text=True, check=True).stdout
        with open(os.path.join(directory, name), "wb") as file:
            file.write(bytes(int(byte, 16) for byte in text.split()))
    for name in names("-l"):
        unpack(tree, os.path.join(node, name), os.path.join(directory, name))


def test_refused(work):
    """Without privilege, or with something in the directory: one line, and nothing is left."""
    os.mkdir(os.path.join(work, "system"))
    hidden = variant(os.path.join(work, "system"), "arm64-dt", {
        "proc/iomem": "00000000-00000000 : System RAM\n"})
    for name in "captured", "captured.tar.zst":
        path = os.path.join(work, name)
        result = capture(hidden, path)
        assert result.returncode == 1 and len(result.stderr.splitlines()) == 1, result.stderr
        assert not os.path.exists(path)
    # A disk that is full: no archive is left, because half of one is worth nothing.
    archive = os.path.join(work, "captured.tar")
    result = subprocess.run(
        [KEXEC, "--capture=" + archive, "--target=arm64", "--sysroot=" +
         os.path.join(CAPTURED, "arm64-dt")], capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)))
    assert result.returncode == 1 and "cannot write to " + archive in result.stderr, result.stderr
    assert not os.path.exists(archive)
    result = capture("arm64-dt", os.path.join(work, "system"))
    assert result.returncode == 1 and "is not empty" in result.stderr, result.stderr
    assert os.listdir(os.path.join(work, "system")) == ["variant"]


def main():
    return run_tests([
        ("plans of captured systems", test_plans), ("flags of pages", test_page_flags),
        ("secrets", test_secrets), ("the list", test_contents), ("archives", test_archive),
        ("an unpacked device tree", test_unpacked_tree), ("refusals", test_refused)])


if __name__ == "__main__":
    sys.exit(main())
