/*
 * The first process of a test machine, without a C library: it tries /dev/cmio and what Nix's sandbox needs, sends the
 * results as reports ("name result", a negative errno where the kernel refused). Then it echoes inputs as outputs, until one
 * begins with a letter that ends the machine: see end_machine.
 */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <stdint.h>

#define TX 0x60800000L
#define RX 0x60000000L
#define LENGTH 0x200000L
#define SETUP 0x8020d300UL
#define YIELD 0xc008d301UL
#define AUTOMATIC 0UL
#define MANUAL 1UL

static long call(long number, long a, long b, long c, long d, long e, long f)
{
	register long a0 __asm__("a0") = a, a1 __asm__("a1") = b, a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d, a4 __asm__("a4") = e, a5 __asm__("a5") = f, a7 __asm__("a7") = number;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
	return a0;
}

static int cmio;
static char *const tx = (char *)TX;

static long yield(uint64_t device, uint64_t command, uint64_t reason, uint64_t length, uint64_t *answer)
{
	*answer = device << 56 | command << 48 | reason << 32 | length;
	return call(__NR_ioctl, cmio, YIELD, (long)answer, 0, 0, 0);
}

static int append(int at, const char *text)
{
	while (*text)
		tx[at++] = *text++;
	return at;
}

static void report(const char *name, long result)
{
	char digits[20];
	uint64_t answer;
	int at = append(append(0, name), result < 0 ? " -" : " "), n = 0;
	unsigned long rest = result < 0 ? -result : result;

	do
		digits[n++] = '0' + rest % 10;
	while (rest /= 10);
	while (n)
		tx[at++] = digits[--n];
	yield(2, AUTOMATIC, 4, at, &answer);
}

static long map(long address, long length, long protection, long flags)
{
	return call(__NR_mmap, address, length, protection, flags, cmio, 0);
}

static long in_child(long (*work)(void))
{
	int status = 0;
	long child = call(__NR_clone, 17 /* SIGCHLD */, 0, 0, 0, 0, 0);

	if (child == 0) {
		long result = work();

		call(__NR_exit_group, result < 0 ? -result : 0, 0, 0, 0, 0, 0);
	}
	call(__NR_wait4, child, (long)&status, 0, 0, 0, 0);
	return -(status >> 8);
}

static long yield_again(void)
{
	uint64_t answer;

	return yield(2, AUTOMATIC, 4, 0, &answer);
}

static long touch_buffer(void)
{
	return call(__NR_write, 1, TX, 1, 0, 0, 0);
}

static long unshare_all(void)
{
	return call(__NR_unshare, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS, 0, 0,
		    0, 0, 0);
}

static void reboot(long command)
{
	call(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, 0, 0, 0);
}

/* What root can do to its machine; after it, nothing of this program should run. */
static void end_machine(char how)
{
	switch (how) {
	case 'P':
		reboot(LINUX_REBOOT_CMD_POWER_OFF);
		break;
	case 'R':
		reboot(LINUX_REBOOT_CMD_RESTART);
		break;
	case 'H':
		reboot(LINUX_REBOOT_CMD_HALT);
		break;
	case 'X': /* init ends: the kernel panics */
		call(__NR_exit_group, 0, 0, 0, 0, 0, 0);
		break;
	case 'S': /* init is killed: likewise */
		*(volatile char *)0 = 0;
		break;
	case 'M': /* no memory is left, and nothing but init could be killed: likewise */
		for (;;)
			call(__NR_mmap, 0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	}
}

void _start(void)
{
	uint64_t setup[4] = { 0 }, answer, input;
	long opened;

	cmio = opened = call(__NR_openat, AT_FDCWD, (long)"/dev/cmio", O_RDWR, 0, 0, 0);
	call(__NR_ioctl, cmio, SETUP, (long)setup, 0, 0, 0);
	map(TX, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED);

	report("opened", opened);
	report("tx", setup[0]);
	report("tx length", setup[1]);
	report("rx", setup[2]);
	report("rx length", setup[3]);
	report("opened twice", call(__NR_openat, AT_FDCWD, (long)"/dev/cmio", O_RDWR, 0, 0, 0));
	report("mapped elsewhere", map(0x50000000, LENGTH, PROT_READ, MAP_SHARED));
	report("mapped in part", map(RX, 4096, PROT_READ, MAP_SHARED));
	report("mapped privately", map(RX, LENGTH, PROT_READ, MAP_PRIVATE));
	report("mapped rx for writing", map(RX, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED));
	report("mapped rx for running", map(RX, LENGTH, PROT_READ | PROT_EXEC, MAP_SHARED));
	report("mapped rx", map(RX, LENGTH, PROT_READ, MAP_SHARED));
	report("made rx writable", call(__NR_mprotect, RX, LENGTH, PROT_READ | PROT_WRITE, 0, 0, 0));
	{
		long wrong_device = yield(1, AUTOMATIC, 4, 0, &answer), wrong_command = yield(2, 2, 4, 0, &answer);

		report("yielded to the console", wrong_device);
		report("yielded by a third command", wrong_command);
	}
	report("yielded from a child", in_child(yield_again));
	report("a child's buffer", in_child(touch_buffer));
	report("unshared", in_child(unshare_all));
	report("mounted proc", call(__NR_mount, (long)"proc", (long)"/proc", (long)"proc", 0, 0, 0));
	report("mounted tmpfs", call(__NR_mount, (long)"tmpfs", (long)"/tmp", (long)"tmpfs", 0, 0, 0));
	report("mounted overlay", call(__NR_mount, (long)"overlay", (long)"/mnt", (long)"overlay", 0,
				       (long)"lowerdir=/tmp:/lower", 0));
	report("mounted cgroup2", call(__NR_mount, (long)"cgroup2", (long)"/sys", (long)"cgroup2", 0, 0, 0));
	{
		int controllers = call(__NR_openat, AT_FDCWD, (long)"/sys/cgroup.controllers", O_RDONLY, 0, 0, 0);
		long length = call(__NR_read, controllers, TX, 64, 0, 0, 0);

		yield(2, AUTOMATIC, 4, length - 1, &answer);
	}

	for (;;) {
		for (int i = 0; i < 32; i++)
			tx[i] = i;
		yield(2, MANUAL, 1, 32, &input);
		end_machine(*(char *)RX);
		report("reason of the input", input >> 32 & 0xffff);
		for (uint32_t i = 0; i < (uint32_t)input; i++)
			tx[i] = ((char *)RX)[i];
		yield(2, AUTOMATIC, 2, (uint32_t)input, &answer);
	}
}
