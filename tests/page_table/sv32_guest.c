/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of the Sv32 test: switches tables on that the page-table builder made, tries what they
 * allow and what they forbid, and prints the results as TAP.
 */
#include <stdbool.h>
#include <stdint.h>

#include "sv32_layout.h"

#define SATP_SV32 0x80000000

/* scause */
#define FETCH_FAULT 12
#define LOAD_FAULT  13
#define STORE_FAULT 15
#define NO_FAULT    UINT32_MAX

/* What became of an access: the cause and the address of its fault, or NO_FAULT and a value. */
struct access {
	uint32_t cause;
	uint32_t value;
};

struct access access_load(uint32_t address);
struct access access_store(uint32_t address, uint32_t value);
struct access access_call(uint32_t address);
void tell_address(void);
void guest(void);

static void print(const char *text)
{
	volatile uint8_t *uart = (volatile uint8_t *)SV32_UART;

	for (; *text; text++) {
		while (!(uart[5] & 0x20)) /* LSR: transmitter empty */
			;
		*uart = (uint8_t)*text;
	}
}

static void print_number(uint32_t number)
{
	const char digits[] = {(char)('0' + number / 10), (char)('0' + number % 10), '\0'};

	print(number < 10 ? digits + 1 : digits);
}

static void report(uint32_t *number, bool passed, const char *name)
{
	print(passed ? "ok " : "not ok ");
	print_number(++*number);
	print(" - sv32: ");
	print(name);
	print("\n");
}

static bool loads(uint32_t address, uint32_t value)
{
	struct access access = access_load(address);

	return access.cause == NO_FAULT && access.value == value;
}

static bool faults(struct access access, uint32_t cause, uint32_t address)
{
	return access.cause == cause && access.value == address;
}

static uint32_t write_satp(uint32_t value)
{
	uint32_t read;

	__asm__ volatile("csrw satp, %1\n\tsfence.vma\n\tcsrr %0, satp"
			 : "=r"(read)
			 : "r"(value)
			 : "memory");
	return read;
}

static void try_what_is_mapped(uint32_t *number)
{
	const uint32_t last = SV32_PAYLOAD + SV32_PAYLOAD_SIZE - 4;
	const uint32_t alias = SV32_ALIAS + ((uint32_t)tell_address - SV32_CODE);
	struct access access;

	report(number, loads(SV32_PAYLOAD, 0x11111111), "first word of the 4 MiB leaf");
	report(number, loads(SV32_PAYLOAD + 0x3ffffc, 0x22222222), "last word of the 4 MiB leaf");
	report(number, loads(last, 0x33333333), "the page behind it");
	access = access_store(SV32_DATA, 0x44444444);
	report(number, access.cause == NO_FAULT && loads(SV32_DATA, 0x44444444), "data stored");
	access = access_call((uint32_t)tell_address);
	report(number, access.cause == NO_FAULT && access.value == (uint32_t)tell_address,
	       "code runs at its own address");
	access = access_call(alias);
	report(number, access.cause == NO_FAULT && access.value == alias,
	       "code runs at the other address");
}

static void try_what_is_not(uint32_t *number)
{
	const uint32_t end = SV32_PAYLOAD + SV32_PAYLOAD_SIZE;
	const uint32_t rodata = SV32_RODATA + SV32_RODATA_SIZE - 4; /* behind all that is used */

	report(number, faults(access_store(SV32_PAYLOAD, 1), STORE_FAULT, SV32_PAYLOAD),
	       "a store to payload faults");
	report(number, faults(access_store(rodata, 1), STORE_FAULT, rodata),
	       "a store to read-only data faults");
	report(number, faults(access_store(SV32_CODE, 1), STORE_FAULT, SV32_CODE),
	       "a store to code faults");
	report(number, faults(access_store(SV32_ALIAS, 1), STORE_FAULT, SV32_ALIAS),
	       "a store to code at its other address faults");
	report(number, faults(access_call(SV32_DATA), FETCH_FAULT, SV32_DATA),
	       "a jump to data faults");
	report(number, faults(access_call(SV32_PAYLOAD), FETCH_FAULT, SV32_PAYLOAD),
	       "a jump to payload faults");
	report(number, faults(access_load(end), LOAD_FAULT, end), "behind the payload: a fault");
	report(number, faults(access_load(SV32_PAYLOAD - 4), LOAD_FAULT, SV32_PAYLOAD - 4),
	       "before the payload: a fault");
	report(number, faults(access_load(SV32_GUARD), LOAD_FAULT, SV32_GUARD),
	       "the guard page: a fault");
	report(number, faults(access_load(SV32_TABLES), LOAD_FAULT, SV32_TABLES),
	       "the tables themselves: a fault");
	report(number, faults(access_load(0), LOAD_FAULT, 0), "address 0: a fault");
	report(number, faults(access_load(0xfffffffc), LOAD_FAULT, 0xfffffffc),
	       "the last address: a fault");
}

void guest(void)
{
	const uint32_t satp = SATP_SV32 | SV32_TABLES / SV32_PAGE;
	uint32_t number = 0;

	/* By physical addresses: what is to be found through the tables. */
	access_store(SV32_PAYLOAD, 0x11111111);
	access_store(SV32_PAYLOAD + 0x3ffffc, 0x22222222);
	access_store(SV32_PAYLOAD + SV32_PAYLOAD_SIZE - 4, 0x33333333);

	report(&number, write_satp(satp) == satp, "satp reads back");
	try_what_is_mapped(&number);
	try_what_is_not(&number);
	report(&number, write_satp(0) == 0 && loads(SV32_PAYLOAD, 0x11111111),
	       "switched off, nothing was changed");

	print("1..");
	print_number(number);
	print("\n");
	access_store(SV32_FINISH, 0x5555);
}
