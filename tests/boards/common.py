# SPDX-License-Identifier: GPL-2.0-only
"""Boards that many people have, for a table of their own in docs/boards.md.

What the kernel does with the CPUs is in its arch/arm64/kernel/machine_kexec.c: machine_kexec_prepare() refuses
a load (not one of a crash kernel) with EBUSY where other CPUs cannot be stopped, which takes PSCI.
"""

# Tree, name.
BOARDS = (
    ("arm64/broadcom/bcm2837-rpi-3-b.dtb", "Raspberry Pi 3 B"),
    ("arm64/broadcom/bcm2711-rpi-4-b.dtb", "Raspberry Pi 4 B"),
    ("arm64/broadcom/bcm2712-rpi-5-b.dtb", "Raspberry Pi 5"),
    ("arm64/allwinner/sun50i-a64-pine64-plus.dtb", "Pine64+"),
    ("arm64/amlogic/meson-g12b-odroid-n2.dtb", "Odroid-N2"),
    ("arm64/apm/apm-mustang.dtb", "APM Mustang"),
    ("arm64/arm/juno-r2.dtb", "Arm Juno r2"),
    ("arm64/freescale/fsl-ls1028a-rdb.dtb", "NXP LS1028A-RDB"),
    ("arm64/freescale/imx8mp-evk.dtb", "NXP i.MX 8M Plus EVK"),
    ("arm64/hisilicon/hi6220-hikey.dtb", "HiKey"),
    ("arm64/marvell/armada-3720-espressobin.dtb", "ESPRESSObin"),
    ("arm64/marvell/armada-8040-mcbin.dtb", "MACCHIATObin"),
    ("arm64/mediatek/mt8173-elm.dtb", "Acer Chromebook R13"),
    ("arm64/nvidia/tegra210-p2371-2180.dtb", "NVIDIA Jetson TX1"),
    ("arm64/qcom/apq8016-sbc.dtb", "DragonBoard 410c"),
    ("arm64/rockchip/rk3399-rockpro64.dtb", "RockPro64"),
    ("arm64/rockchip/rk3588-rock-5b.dtb", "Rock 5B"),
    ("arm64/ti/k3-am625-beagleplay.dtb", "BeaglePlay"),
    ("arm64/xilinx/zynqmp-zcu102-rev1.0.dtb", "Xilinx ZCU102"),
    ("riscv64/allwinner/sun20i-d1-nezha.dtb", "Allwinner D1 Nezha"),
    ("riscv64/microchip/mpfs-icicle-kit.dtb", "PolarFire SoC Icicle"),
    ("riscv64/sifive/hifive-unmatched-a00.dtb", "HiFive Unmatched"),
    ("riscv64/starfive/jh7110-starfive-visionfive-2-v1.3b.dtb", "VisionFive 2"),
    ("riscv64/thead/th1520-lichee-pi-4a.dtb", "LicheePi 4A"),
)

HEADS = ("board", "console", "with `--serial`", "CPUs stop by", "reset after damage", "`-l`", "`-p`", "tried")


def stops_by(tree, arch):
    """How the kernel stops the other CPUs, by the enable-method of the last one; None: there is no other."""
    if arch == "riscv64":
        return "SBI"
    parent = tree.find("/cpus")
    cpus = [node for node in parent.children if node.name.startswith("cpu@")] if parent else []
    if len(cpus) < 2:
        return None
    methods = cpus[-1].strings("enable-method") or parent.strings("enable-method")
    return {"psci": "PSCI", "spin-table": "nothing (spin-table)"}.get("".join(methods[:1]), "nothing")


def row(board, name, console, with_serial):
    stops = board.stops_by
    resets = "none: it halts" if board.resets_by == "nothing" else board.resets_by
    return (name, console, with_serial, stops or "(one CPU)", resets,
            "with `nr_cpus=1`" if stops and stops.startswith("nothing") else "yes", "yes", "untested on hardware")
