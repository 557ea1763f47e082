# SPDX-License-Identifier: GPL-2.0-only
"""The serial port of stdout-path, as sysfs would show it (drivers/tty/serial/serial_core.c)."""

import fdt

NAME = "ttyS0"

# io_type and iomem_reg_shift of drivers that do not take them from the tree, below
# drivers/tty/serial: 8250/8250_bcm2835aux.c, 8250_mtk.c, 8250_omap.c, 8250_tegra.c, samsung_tty.c.
LAYOUTS = {"brcm,bcm2835-aux-uart": (2, 2), "mediatek,mt6577-uart": (3, 2),
           "ti,am654-uart": (2, 2), "nvidia,tegra20-uart": (3, 2), "google,gs101-uart": (3, 0)}
IO_TYPES = {1: 2, 2: 7, 4: 3}  # by reg-io-width: UPIO_MEM, UPIO_MEM16, UPIO_MEM32
BIG_ENDIAN = 6  # UPIO_MEM32BE
# fsl_lpuart.c adds IMX_REG_OFF to the address.
OFFSETS = {"fsl,imx7ulp-lpuart": 0x10, "fsl,imx8qxp-lpuart": 0x10}


def stdout_path(tree):
    """The path of stdout-path's node, with aliases resolved; None: there is no stdout-path, "":
    it leads nowhere."""
    chosen = tree.find("/chosen")
    paths = chosen and (chosen.strings("stdout-path") or chosen.strings("linux,stdout-path"))
    if not paths:
        return None
    path = paths[0].split(":")[0]
    if not path.startswith("/"):
        aliases = tree.find("/aliases")
        alias, _, rest = path.partition("/")
        found = aliases.strings(alias) if aliases else []
        if not found:
            return ""
        path = found[0] + ("/" + rest if rest else "")
    return path if tree.find(path) else ""


def compatibles(node):
    return [name for name in node.strings("compatible") if name != "arm,primecell"]


def translate(address, bus, parent):
    """An address on the bus as one on its parent's, by the bus' ranges; None: it is not there."""
    cells = bus.cells("ranges")
    if cells is None:
        return None
    below, above = bus.number("#address-cells", 2), parent.number("#address-cells", 2)
    step = below + above + bus.number("#size-cells", 1)
    value = lambda part: sum(cell << 32 * shift  # noqa: E731
                             for shift, cell in enumerate(reversed(part)))
    for i in range(0, len(cells) // step * step, step):
        row = cells[i:i + step]
        start, size = value(row[:below]), value(row[below + above:])
        if start <= address < start + size:
            return address - start + value(row[below:below + above])
    return None if cells else address


def physical_address(tree, path):
    """Where the node's first registers are; None: nowhere."""
    nodes = [tree.root]
    for part in path.strip("/").split("/"):
        nodes.append(fdt.Tree(nodes[-1]).find("/" + part))
    ranges = nodes[-1].ranges(nodes[-2])
    address = ranges[0][0] if ranges else None
    for bus, parent in zip(nodes[-2:0:-1], nodes[-3::-1]):
        address = None if address is None else translate(address, bus, parent)
    return address


class Port:
    """The port of stdout-path's node: where its registers are, and what sysfs says of it."""

    def __init__(self, tree, path):
        node = tree.find(path)
        names = compatibles(node)
        known = next((LAYOUTS[name] for name in names if name in LAYOUTS), None)
        width = node.number("reg-io-width", 1)
        io_type = BIG_ENDIAN if width == 4 and "big-endian" in node.properties \
            else IO_TYPES.get(width, 2)
        self.io_type, self.shift = known or (io_type, node.number("reg-shift", 0))
        self.compatible = node.properties.get("compatible", b"")
        address = physical_address(tree, path)
        self.address = None if address is None else address + node.number("reg-offset", 0) + \
            next((OFFSETS[name] for name in names if name in OFFSETS), 0)

    def files(self):
        """Pairs of path and contents. The port's number is one that says nothing: PORT_GENERIC."""
        directory = "sys/class/tty/%s/" % NAME
        for name, value in (("type", -1), ("io_type", self.io_type),
                            ("iomem_reg_shift", self.shift),
                            ("iomem_base", "0x%X" % (self.address or 0))):
            yield directory + name, b"%s\n" % str(value).encode()
        yield directory + "device/of_node/compatible", self.compatible
        # The running kernel's own console, as stdout-path asks for.
        yield "proc/consoles", b"%-20s -W- (EC  p a)    4:64\n" % NAME.encode()


def find(tree):
    """The Port, or None."""
    path = stdout_path(tree)
    return Port(tree, path) if path else None
