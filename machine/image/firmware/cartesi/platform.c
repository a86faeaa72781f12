// SPDX-License-Identifier: Apache-2.0
/* OpenSBI platform of the Cartesi Machine: one hart, a CLINT timer, and HTIF for console, halt and yield. */

#include <sbi/riscv_io.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_platform.h>
#include <sbi/sbi_system.h>
#include <sbi_utils/timer/aclint_mtimer.h>

#define HTIF_TOHOST		((volatile void *)0x40008000)
#define HTIF_FROMHOST		((volatile void *)0x40008008)
#define HTIF_PUTCHAR		(1UL << 56 | 1UL << 48)
#define HTIF_YIELD		(2UL << 56)
#define HTIF_YIELD_REJECTED	(HTIF_YIELD | 1UL << 48 | 2UL << 32)
#define HTIF_REQUEST_MASK	((1UL << 56) - 1)

#define CLINT_MTIMER_ADDR	(0x2000000 + CLINT_MTIMER_OFFSET)
#define TIMER_FREQUENCY		15625

/* Numbers of the legacy range. The SBI specification leaves the second one free: a0 = request, a1 = answer. */
#define SBI_EXT_SHUTDOWN	8
#define SBI_EXT_YIELD		9

static unsigned long htif(unsigned long request)
{
	writeq(0, HTIF_FROMHOST);
	writeq(request, HTIF_TOHOST);
	return readq(HTIF_FROMHOST);
}

static void console_putc(char ch)
{
	htif(HTIF_PUTCHAR | (unsigned char)ch);
}

static const struct sbi_console_device console = {
	.name = "htif",
	.console_putc = console_putc,
};

/*
 * Whatever ends the machine rejects its input. A machine that rejected is reverted to its state before the input; halting
 * would end the application for good. Whoever answers all the same finds it rejecting again, for ever.
 */
static void __noreturn reject(void)
{
	for (;;)
		htif(HTIF_YIELD_REJECTED);
}

static int reset_check(u32 type, u32 reason)
{
	return 1;
}

/* The kernel powers off, or restarts after a panic. */
static void reset(u32 type, u32 reason)
{
	reject();
}

static struct sbi_system_reset_device resetter = {
	.name = "htif",
	.system_reset_check = reset_check,
	.system_reset = reset,
};

static int shutdown_handle(unsigned long extid, unsigned long funcid, struct sbi_trap_regs *regs,
			   struct sbi_ecall_return *out)
{
	reject();
}

static struct sbi_ecall_extension shutdown = {
	.name = "shutdown",
	.extid_start = SBI_EXT_SHUTDOWN,
	.extid_end = SBI_EXT_SHUTDOWN,
	.handle = shutdown_handle,
};

static int yield_handle(unsigned long extid, unsigned long funcid, struct sbi_trap_regs *regs,
			struct sbi_ecall_return *out)
{
	out->value = htif(HTIF_YIELD | (regs->a0 & HTIF_REQUEST_MASK));
	return 0;
}

static struct sbi_ecall_extension yield = {
	.name = "yield",
	.extid_start = SBI_EXT_YIELD,
	.extid_end = SBI_EXT_YIELD,
	.handle = yield_handle,
};

static struct aclint_mtimer_data mtimer = {
	.mtime_freq = TIMER_FREQUENCY,
	.mtime_addr = CLINT_MTIMER_ADDR + ACLINT_DEFAULT_MTIME_OFFSET,
	.mtime_size = ACLINT_DEFAULT_MTIME_SIZE,
	.mtimecmp_addr = CLINT_MTIMER_ADDR + ACLINT_DEFAULT_MTIMECMP_OFFSET,
	.mtimecmp_size = ACLINT_DEFAULT_MTIMECMP_SIZE,
	.hart_count = 1,
	.has_64bit_mmio = true,
};

static int early_init(bool cold_boot)
{
	sbi_console_set_device(&console);
	sbi_system_reset_add_device(&resetter);
	return 0;
}

static int final_init(bool cold_boot)
{
	int error = sbi_ecall_register_extension(&shutdown);

	return error ? error : sbi_ecall_register_extension(&yield);
}

static int timer_init(void)
{
	return aclint_mtimer_cold_init(&mtimer, NULL);
}

static const struct sbi_platform_operations operations = {
	.early_init = early_init,
	.final_init = final_init,
	.timer_init = timer_init,
};

const struct sbi_platform platform = {
	.opensbi_version = OPENSBI_VERSION,
	.platform_version = SBI_PLATFORM_VERSION(1, 0),
	.name = "Cartesi Machine",
	.features = SBI_PLATFORM_DEFAULT_FEATURES,
	.hart_count = 1,
	.hart_stack_size = SBI_PLATFORM_DEFAULT_HART_STACK_SIZE,
	.heap_size = SBI_PLATFORM_DEFAULT_HEAP_SIZE(1),
	.platform_ops_addr = (unsigned long)&operations,
};
