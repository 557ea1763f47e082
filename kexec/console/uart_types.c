/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The UARTs that purgatory can drive. Each row names the driver of Linux 6.12 that it follows,
 * below drivers/tty/serial/, and the names of registers and bits there.
 *
 * A row has an ENABLE if the driver may leave the transmitter off while the port has its clock: it
 * switches it off when the port is closed or hung up, or on for its own writes to the console
 * alone. The other rows say why they need none. A transmitter that firmware left off, and that no
 * driver switched on, has no speed either.
 */
#include "console/uart_types.h"

#include <endian.h>
#include <linux/serial.h>
#include <linux/serial_core.h>
#include <string.h>

#include "console/console_choice.h"

/* A register with its offset and width, and the bits that tell something with their value. */
#define DATA(offset, width)		 [PURGATORY_REGISTER_DATA] = {offset, width, 0, 0}
#define ROOM(offset, width, mask, value) [PURGATORY_REGISTER_ROOM] = {offset, width, mask, value}
#define IDLE(offset, width, mask, value) [PURGATORY_REGISTER_IDLE] = {offset, width, mask, value}

/* A register in which the bits of the mask must have the value, or nothing is sent. */
#define ENABLE(offset, width, mask, value) \
	[PURGATORY_REGISTER_ENABLE] = {offset, width, mask, value}
#define ENABLE_SECOND(offset, width, mask, value) \
	[PURGATORY_REGISTER_ENABLE_SECOND] = {offset, width, mask, value}

/* include/uapi/linux/serial_core.h, from Linux 5.13 on; headers of 6.1 for user programs lack it.
 */
#ifndef PORT_BCM7271
#define PORT_BCM7271 76
#endif

/* A larger distance between registers is damage. */
#define SHIFT_MAX 3

#define BIT(number) (UINT32_C(1) << (number))

/*
 * UART_TX, UART_LSR with UART_LSR_THRE and UART_LSR_TEMT of include/uapi/linux/serial_reg.h, as
 * numbers of registers. The size of a FIFO is not known, so that one character is written each time
 * that it is empty.
 *
 * An 8250 has nothing that switches its transmitter off. serial8250_do_shutdown() of
 * 8250/8250_port.c clears IER and the break, and serial8250_set_sleep() lets a port sleep until a
 * character is written. Drivers of descendants leave it on as well unless their row says more.
 */
#define REGISTERS_8250 {DATA(0, 0), ROOM(5, 0, BIT(5), BIT(5)), IDLE(5, 0, BIT(6), BIT(6))}

/*
 * The same with UART_IER_UUE, which XScale has: serial8250_do_shutdown() clears it, and
 * serial8250_clear_IER() sets it before the console is written.
 */
#define REGISTERS_XSCALE                                                     \
	{DATA(0, 0), ROOM(5, 0, BIT(5), BIT(5)), IDLE(5, 0, BIT(6), BIT(6)), \
	 ENABLE(1, 0, BIT(6), BIT(6))}

/*
 * SCFDR of sh-sci.c counts in its upper byte the characters in the FIFO for sending, whose size is
 * a power of two: that bit alone says full. The flags in SCFSR do not serve: they stay as they are
 * until they are cleared. The last character is still being sent when the count is 0.
 * sci_shutdown() clears SCSCR_TE, and serial_console_write() sets it for its own writes.
 */
#define REGISTERS_SCIF(data, scfdr, count, full, scscr)                    \
	{DATA(data, 1), ROOM(scfdr, 2, full, 0), IDLE(scfdr, 2, count, 0), \
	 ENABLE(scscr, 2, BIT(5), BIT(5))}

/*
 * UARTSTAT_TDRE and UARTSTAT_TC of fsl_lpuart.c. lpuart32_shutdown() clears UARTCTRL_TE, and
 * lpuart32_console_write() sets it for its own writes.
 */
#define REGISTERS_LPUART32                                                                \
	{DATA(0x0c, 4), ROOM(0x04, 4, BIT(23), BIT(23)), IDLE(0x04, 4, BIT(22), BIT(22)), \
	 ENABLE(0x08, 4, BIT(19), BIT(19))}

/* S3C2410_UTXH, S3C2410_UFSTAT, S3C2410_UTRSTAT_TXE of include/linux/serial_s3c.h. */
#define SAMSUNG(full) DATA(0x20, 4), ROOM(0x18, 4, full, 0), IDLE(0x10, 4, BIT(2), BIT(2))

/*
 * S3C64XX_UCON_TXMODE_MASK says who writes to UTXH. enable_tx_dma() of samsung_tty.c leaves
 * S3C64XX_UCON_TXMODE_DMA there, enable_tx_pio() sets S3C64XX_UCON_TXMODE_CPU.
 */
#define REGISTERS_SAMSUNG {SAMSUNG(BIT(24)), ENABLE(0x04, 4, BIT(2) | BIT(3), BIT(2))}

/*
 * UART_STAT with STAT_TX_FIFO_FUL and STAT_TX_EMP of mvebu-uart.c. UART_CTRL has nothing that
 * switches the transmitter off: mvebu_uart_console_write() makes it 0.
 */
#define REGISTERS_ARMADA(tsh) \
	{DATA(tsh, 4), ROOM(0x0c, 4, BIT(11), 0), IDLE(0x0c, 4, BIT(6), BIT(6))}

/* The places of types that are named by more than strings and ports, and of what is between. */
enum {
	TYPE_SBSA,
	TYPE_PL011,
	TYPE_8250
};

const struct uart_type uart_types[] = {
	/*
	 * amba-pl011.c: UART01x_DR, UART01x_FR with UART01x_FR_TXFF and UART01x_FR_BUSY. 32 bits
	 * are the only width that every SBSA UART takes (Arm DEN 0029). That one has no register
	 * with an enable: vendor_sbsa has always_enabled. Both are PORT_AMBA. Without a node there
	 * is ACPI, and Linux uses none but SBSA's registers then.
	 */
	[TYPE_SBSA] =
		{
			.name = "SBSA UART",
			.registers = {DATA(0x00, 4), ROOM(0x18, 4, BIT(5), 0),
				      IDLE(0x18, 4, BIT(3), 0)},
			.compatible = {"arm,sbsa-uart"},
			.ports = {PORT_AMBA},
		},

	/*
	 * The same, and UART011_CR with UART01x_CR_UARTEN and UART011_CR_TXE: pl011_shutdown()
	 * leaves them on, but pl011_console_write() sets them for its own writes alone, as long as
	 * nobody has opened the port, and does the same with the clock.
	 */
	[TYPE_PL011] =
		{
			.name = "PL011",
			.registers = {DATA(0x00, 4), ROOM(0x18, 4, BIT(5), 0),
				      IDLE(0x18, 4, BIT(3), 0),
				      ENABLE(0x30, 4, BIT(0) | BIT(8), BIT(0) | BIT(8))},
			.gates_console = true,
			.compatible = {"arm,pl011"},
		},

	/*
	 * 8250/8250_of.c, 8250_dw.c; the ports are those of uart_config[] in 8250_port.c. Its
	 * serial8250_do_startup() takes a DA830 out of reset, and nothing puts it back.
	 */
	[TYPE_8250] =
		{
			.name = "8250",
			.registers = REGISTERS_8250,
			.spaced = true,
			.layout = {.width = 1},
			.compatible = {"ns8250", "ns16450", "ns16550", "ns16550a", "ns16750",
				       "ns16850", "nxp,lpc3220-uart", "altr,16550-FIFO32",
				       "altr,16550-FIFO64", "altr,16550-FIFO128",
				       "fsl,16550-FIFO64", "ti,da830-uart", "nuvoton,wpcm450-uart",
				       "nuvoton,npcm750-uart", "snps,dw-apb-uart",
				       "marvell,armada-38x-uart"},
			.ports = {PORT_8250,
				  PORT_16450,
				  PORT_16550,
				  PORT_16550A,
				  PORT_CIRRUS,
				  PORT_16650,
				  PORT_16650V2,
				  PORT_16750,
				  PORT_STARTECH,
				  PORT_16C950,
				  PORT_16654,
				  PORT_16850,
				  PORT_RSA,
				  PORT_NS16550A,
				  PORT_AR7,
				  PORT_U6_16550A,
				  PORT_LPC3220,
				  PORT_ALTR_16550_F32,
				  PORT_ALTR_16550_F64,
				  PORT_ALTR_16550_F128,
				  PORT_16550A_FSL64},
		},
	/* 8250/8250_of.c */
	{
		.name = "XScale 8250",
		.registers = REGISTERS_XSCALE,
		.spaced = true,
		.layout = {.width = 1},
		.compatible = {"intel,xscale-uart"},
		.ports = {PORT_XSCALE},
	},
	/*
	 * 8250/8250_bcm2835aux.c; its early console has the width. The driver keeps
	 * BCM2835_AUX_UART_CNTL_TXEN set.
	 */
	{
		.name = "BCM2835 auxiliary 8250",
		.registers = REGISTERS_8250,
		.spaced = true,
		.layout = {.shift = 2, .width = 4},
		.compatible = {"brcm,bcm2835-aux-uart"},
	},
	/* 8250/8250_mtk.c: mtk8250_shutdown() does no more than serial8250_do_shutdown(). */
	{
		.name = "MediaTek 8250",
		.registers = REGISTERS_8250,
		.spaced = true,
		.layout = {.shift = 2, .width = 4},
		.compatible = {"mediatek,mt6577-uart"},
	},
	/*
	 * 8250/8250_omap.c, OMAP_UART_REGSHIFT. UART_OMAP_MDR1 gets its mode with the speed, and
	 * omap_8250_shutdown() keeps it; omap_8250_pm() lets a port sleep as an 8250 does.
	 */
	{
		.name = "OMAP 8250",
		.registers = REGISTERS_8250,
		.spaced = true,
		.layout = {.shift = 2, .width = 1},
		.compatible = {"ti,am654-uart", "ti,omap2-uart", "ti,omap3-uart", "ti,omap4-uart",
			       "ti,am3352-uart", "ti,am4372-uart", "ti,dra742-uart"},
	},
	/* 8250/8250_tegra.c */
	{
		.name = "Tegra 8250",
		.registers = REGISTERS_8250,
		.spaced = true,
		.layout = {.shift = 2, .width = 4},
		.compatible = {"nvidia,tegra20-uart"},
		.ports = {PORT_TEGRA},
	},
	/* 8250/8250_pxa.c, which claims to be PORT_XSCALE. */
	{
		.name = "PXA 8250",
		.registers = REGISTERS_XSCALE,
		.spaced = true,
		.layout = {.shift = 2, .width = 4},
		.compatible = {"mrvl,pxa-uart", "mrvl,mmp-uart"},
	},
	/* 8250/8250_uniphier.c: UART_TX and UART_LSR are where an 8250 has them. */
	{
		.name = "UniPhier 8250",
		.registers = REGISTERS_8250,
		.spaced = true,
		.layout = {.shift = 2, .width = 4},
		.compatible = {"socionext,uniphier-uart"},
	},
	/* 8250/8250_bcm7271.c: brcmuart_shutdown() stops DMA, which the console does not use. */
	{
		.name = "BCM7271 8250",
		.registers = REGISTERS_8250,
		.spaced = true,
		.layout = {.shift = 2, .width = 4},
		.compatible = {"brcm,bcm7271-uart", "brcm,bcm7278-uart"},
		.ports = {PORT_BCM7271},
	},
	/* 8250/8250_lpc18xx.c does not touch what switches its transmitter. */
	{
		.name = "LPC18xx 8250",
		.registers = REGISTERS_8250,
		.spaced = true,
		.layout = {.shift = 2, .width = 4},
		.compatible = {"nxp,lpc1850-uart"},
	},
	/*
	 * 8250/8250_em.c: UART_LSR is one register further. It claims to be PORT_16750.
	 * UART_HCR0_EM is as before once a reset is over.
	 */
	{
		.name = "EMMA Mobile 8250",
		.registers = {DATA(0x00, 1), ROOM(0x18, 4, BIT(5), BIT(5)),
			      IDLE(0x18, 4, BIT(6), BIT(6))},
		.compatible = {"renesas,em-uart"},
	},

	/*
	 * imx.c: URTX0, IMX21_UTS with UTS_TXFULL, USR2 with USR2_TXDC. imx_uart_shutdown() clears
	 * UCR1_UARTEN and UCR2_TXEN, and imx_uart_console_write() sets them for its own writes.
	 */
	{
		.name = "i.MX UART",
		.registers = {DATA(0x40, 4), ROOM(0xb4, 4, BIT(4), 0),
			      IDLE(0x98, 4, BIT(3), BIT(3)), ENABLE(0x80, 4, BIT(0), BIT(0)),
			      ENABLE_SECOND(0x84, 4, BIT(2), BIT(2))},
		.compatible = {"fsl,imx6q-uart", "fsl,imx21-uart"},
		.ports = {PORT_IMX},
	},

	/* fsl_lpuart.c: imx7ulp_data and its like, with IMX_REG_OFF; ls1028a_data; ls1021a_data. */
	{
		.name = "LPUART",
		.registers = REGISTERS_LPUART32,
		.base = 0x10,
		.compatible = {"fsl,imx7ulp-lpuart", "fsl,imx8ulp-lpuart", "fsl,imx8qxp-lpuart",
			       "fsl,imxrt1050-lpuart"},
	},
	{
		.name = "LPUART of LS1028A",
		.registers = REGISTERS_LPUART32,
		.compatible = {"fsl,ls1028a-lpuart"},
	},
	{
		.name = "big-endian LPUART",
		.registers = REGISTERS_LPUART32,
		.big_endian = true,
		.compatible = {"fsl,ls1021a-lpuart"},
	},

	/*
	 * meson_uart.c: AML_UART_TX_FULL, AML_UART_TX_EMPTY and AML_UART_XMIT_BUSY.
	 * meson_serial_console_setup() and meson_uart_startup() set AML_UART_TX_EN, and
	 * meson_uart_shutdown() leaves it.
	 */
	{
		.name = "Meson UART",
		.registers = {DATA(0x00, 4), ROOM(0x0c, 4, BIT(21), 0),
			      IDLE(0x0c, 4, BIT(22) | BIT(25), BIT(22))},
		.compatible = {"amlogic,meson6-uart", "amlogic,meson8-uart", "amlogic,meson8b-uart",
			       "amlogic,meson-gx-uart", "amlogic,meson-g12a-uart",
			       "amlogic,meson-s4-uart", "amlogic,meson-a1-uart",
			       "amlogic,meson-ao-uart"},
		.ports = {PORT_MESON},
	},

	/*
	 * xilinx_uartps.c: CDNS_UART_SR_TXFULL, CDNS_UART_SR_TXEMPTY and CDNS_UART_SR_TACTIVE.
	 * cdns_uart_shutdown() sets CDNS_UART_CR_TX_DIS, in place of CDNS_UART_CR_TX_EN.
	 */
	{
		.name = "Cadence UART",
		.registers = {DATA(0x30, 4), ROOM(0x2c, 4, BIT(4), 0),
			      IDLE(0x2c, 4, BIT(3) | BIT(11), BIT(3)),
			      ENABLE(0x00, 4, BIT(4) | BIT(5), BIT(4))},
		.compatible = {"xlnx,xuartps", "cdns,uart-r1p8", "cdns,uart-r1p12",
			       "xlnx,zynqmp-uart"},
		.ports = {PORT_XUARTPS},
	},

	/* sh-sci.c: SCIx_SH4_SCIF_REGTYPE and its BRG variant, SCIx_RZ_SCIFA_REGTYPE and
	 * SCIx_RZV2H_SCIF_REGTYPE, SCIx_HSCIF_REGTYPE. */
	{
		.name = "SCIF",
		.registers = REGISTERS_SCIF(0x0c, 0x1c, 0x1f00, BIT(12), 0x08),
		.compatible = {"renesas,rcar-gen1-scif", "renesas,rcar-gen2-scif",
			       "renesas,rcar-gen3-scif", "renesas,rcar-gen4-scif", "renesas,scif"},
	},
	{
		.name = "SCIF of RZ",
		.registers = REGISTERS_SCIF(0x06, 0x0e, 0x1f00, BIT(12), 0x04),
		.compatible = {"renesas,scif-r7s9210", "renesas,scif-r9a07g044",
			       "renesas,scif-r9a09g057"},
	},
	{
		.name = "HSCIF",
		.registers = REGISTERS_SCIF(0x0c, 0x1c, 0xff00, BIT(15), 0x08),
		.compatible = {"renesas,hscif"},
		.ports = {PORT_HSCIF},
	},

	/*
	 * samsung_tty.c: S5PV210_UFSTAT_TXFULL, and S3C2410_UFSTAT_TXFULL for Apple. The kernel has
	 * the FIFO on. exynos850_serial_drv_data is of exynos_serial_drv_data() too.
	 */
	{
		.name = "Samsung UART",
		.registers = REGISTERS_SAMSUNG,
		.data_width_varies = true,
		.layout = {.width = 1},
		.compatible = {"samsung,s5pv210-uart", "samsung,exynos4210-uart",
			       "samsung,exynos5433-uart", "samsung,exynos850-uart",
			       "axis,artpec8-uart"},
	},
	{
		.name = "Samsung UART of gs101",
		.registers = REGISTERS_SAMSUNG,
		.compatible = {"google,gs101-uart"},
	},
	/*
	 * Its nodes have no DMA, and apple_s5l_serial_shutdown() leaves the mode that the driver
	 * set when it found the UART.
	 */
	{
		.name = "Apple UART",
		.registers = {SAMSUNG(BIT(9))},
		.compatible = {"apple,s5l-uart"},
	},

	/*
	 * sifive.c: SIFIVE_SERIAL_TXDATA_FULL_MASK. SIFIVE_SERIAL_IP_TXWM_MASK is set while fewer
	 * characters than one, which is what the driver sets, wait in the FIFO. It sets
	 * SIFIVE_SERIAL_TXCTRL_TXEN_MASK then, and sifive_serial_shutdown() leaves it.
	 */
	{
		.name = "SiFive UART",
		.registers = {DATA(0x00, 4), ROOM(0x00, 4, BIT(31), 0),
			      IDLE(0x14, 4, BIT(0), BIT(0))},
		.compatible = {"sifive,fu540-c000-uart", "sifive,uart0"},
		.ports = {PORT_SIFIVE_V0},
	},

	/* mvebu-uart.c: UART_STD_TSH, UART_EXT_TSH. */
	{
		.name = "Armada 3700 UART",
		.registers = REGISTERS_ARMADA(0x04),
		.compatible = {"marvell,armada-3700-uart"},
	},
	{
		.name = "extended Armada 3700 UART",
		.registers = REGISTERS_ARMADA(0x1c),
		.compatible = {"marvell,armada-3700-uart-ext"},
	},
	{0},
};

const struct uart_type *const uart_type_sbsa = &uart_types[TYPE_SBSA];
const struct uart_type *const uart_type_8250 = &uart_types[TYPE_8250];

/*
 * vendor_qdt_qdf2400_e44 of amba-pl011.c: UART011_FR_TXFE in place of UART01x_FR_BUSY, and
 * always_enabled.
 */
const struct uart_type uart_type_sbsa_e44 = {
	.name = "SBSA UART with Erratum 44",
	.registers = {DATA(0x00, 4), ROOM(0x18, 4, BIT(5), 0), IDLE(0x18, 4, BIT(7), BIT(7))},
};

const struct uart_type *uart_type_find_compatible(const char *compatible)
{
	for (const struct uart_type *type = uart_types; type->name; type++)
		for (const char *const *name = type->compatible; *name; name++)
			if (strcmp(*name, compatible) == 0)
				return type;
	return NULL;
}

const struct uart_type *uart_type_find_compatibles(const char *strings, size_t size)
{
	const char *const end = strings + size;
	const struct uart_type *type = NULL;

	/* Text without a NUL is no string. */
	for (const char *string = strings; !type && memchr(string, '\0', (size_t)(end - string));
	     string += strlen(string) + 1)
		type = uart_type_find_compatible(string);
	return type;
}

const struct uart_type *uart_type_find_port(uint64_t port)
{
	for (const struct uart_type *type = uart_types; type->name; type++)
		for (const uint16_t *number = type->ports; *number != PORT_UNKNOWN; number++)
			if (*number == port)
				return type;
	return NULL;
}

/* Let this CPU read a big-endian register of 4 bytes. */
static void swap(struct console *console)
{
	console->data_shift = 24;
	for (size_t i = 0; i < PURGATORY_REGISTER_COUNT; i++) {
		console->registers[i].mask = __builtin_bswap32(console->registers[i].mask);
		console->registers[i].value = __builtin_bswap32(console->registers[i].value);
	}
}

void uart_type_describe(const struct uart_type *type, uint64_t address,
			const struct uart_layout *layout, struct console *console)
{
	*console = (struct console){
		.type = PURGATORY_CONSOLE_UART,
		.uart = type,
		.address = address,
	};
	memcpy(console->registers, type->registers, sizeof(console->registers));
	for (int i = 0; i < PURGATORY_REGISTER_COUNT && type->spaced; i++) {
		/* A width of 0 is one that console_is_reachable() refuses. */
		const bool makes_sense = layout->shift <= SHIFT_MAX;

		if (!console_uses(console, i))
			continue;
		console->registers[i].offset <<= makes_sense ? layout->shift : 0;
		console->registers[i].width = makes_sense ? layout->width : 0;
	}
	if (type->data_width_varies)
		console->registers[PURGATORY_REGISTER_DATA].width = layout->width;
	if (type->big_endian || (type->spaced && layout->big_endian))
		swap(console);
}
