// Tries one way after another to escape from the sandbox, and writes a line for each: the attempt's name, and the kernel's
// error or "SUCCEEDED".
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static FILE *report;

static void record(const char *attempt, const char *object, long result)
{
	const char *outcome = result < 0 ? strerrorname_np(errno) : "SUCCEEDED";

	fprintf(report, "%s%s%s: %s\n", attempt, *object ? " " : "", object, outcome);
}

static int open_to_write(const char *path)
{
	int file = open(path, O_RDWR);

	if (file >= 0 && strncmp(path, "/proc/", 6) == 0)
		return write(file, "1", 1);
	return file;
}

static int send_to(int family, const struct sockaddr *address, socklen_t length)
{
	int handle = socket(family, SOCK_STREAM, 0);

	return handle < 0 ? handle : connect(handle, address, length);
}

static void try_input(const char *input)
{
	record("open to write", "an input", open(input, O_WRONLY));
	record("truncate", "an input", truncate(input, 0));
	record("chmod", "an input", chmod(input, 0777));
	record("unlink", "an input", unlink(input));
	record("rename", "an input", rename(input, "/build/taken"));
	record("hard link", "an input", link(input, "/build/linked"));
	record("utimes", "an input", utimes(input, NULL));
	record("chown", "an input", chown(input, getuid(), getgid()));
	record("set an attribute of", "an input", setxattr(input, "user.a", "b", 1, 0));
	record("create next to", "an input", open("/nix/store/intruder", O_CREAT | O_WRONLY, 0666));
}

static void try_devices(void)
{
	const char *devices[] = {
		"/dev/cmio", "/dev/mem", "/dev/kmem", "/dev/port", "/dev/pmem0", "/dev/pmem1", "/dev/hvc0", "/dev/console",
		"/dev/kmsg", "/opt/cartenix/handler.mjs", "/var/lib/cartenix", "/nix/var/nix/db/db.sqlite",
		"/sys/fs/cgroup/cgroup.procs", "/proc/sysrq-trigger", "/proc/kcore", "/proc/kallsyms",
		"/proc/sys/kernel/panic", "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches",
		"/proc/sys/user/max_user_namespaces", "/proc/1/oom_adj_of_others",
	};

	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		record("open", devices[i], open_to_write(devices[i]));
	record("make", "a character device", mknod("/build/character", S_IFCHR | 0666, makedev(1, 1)));
	record("make", "a block device", mknod("/build/block", S_IFBLK | 0666, makedev(259, 0)));
}

static void try_processes(void)
{
	char buffer[16];
	struct iovec local = { buffer, sizeof buffer }, remote = { (void *)0x10000, sizeof buffer };
	int others = 0;

	for (pid_t pid = 1; pid < 4096; pid++)
		if (pid != getpid() && pid != getppid() && kill(pid, 0) == 0)
			others++;
	errno = ESRCH;
	record("find", "another user's process", others ? 0 : -1);
	record("signal", "process 300", kill(300, SIGKILL));
	record("read the memory of", "process 300", process_vm_readv(300, &local, 1, &remote, 1, 0));
	record("setpriority", "below 0", setpriority(PRIO_PROCESS, 0, -5));
	record("become", "root", setuid(0));
	record("become a member of", "root's group", setgid(0));
	record("drop", "groups", syscall(SYS_setgroups, 0, NULL));
}

static void try_kernel(void)
{
	char buffer[64];
	struct timeval now = { 0, 0 };
	struct timex clock = { .modes = ADJ_OFFSET };

	record("unshare", "user", unshare(CLONE_NEWUSER));
	record("unshare", "mount", unshare(CLONE_NEWNS));
	record("unshare", "network", unshare(CLONE_NEWNET));
	record("mount", "tmpfs", mount("none", "/build", "tmpfs", 0, NULL));
	record("umount", "/proc", umount("/proc"));
	record("chroot", "", chroot("/build"));
	record("reboot", "", syscall(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, NULL));
	record("swapon", "", swapon("/build/escape", 0));
	record("sethostname", "", sethostname("mine", 4));
	record("settimeofday", "", settimeofday(&now, NULL));
	record("adjtimex", "", adjtimex(&clock));
	record("read", "the kernel's log", syscall(SYS_syslog, 3, buffer, sizeof buffer));
	record("kexec", "", syscall(SYS_kexec_load, 0, 0, NULL, 0));
	record("load", "a module", syscall(SYS_init_module, buffer, sizeof buffer, ""));
	record("bpf", "", syscall(SYS_bpf, 0, buffer, sizeof buffer));
	record("userfaultfd", "", syscall(SYS_userfaultfd, 0));
	record("io_uring", "", syscall(SYS_io_uring_setup, 1, buffer));
	record("perf_event_open", "", syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0));
	record("keyctl", "", syscall(SYS_keyctl, 0, -3, 1));
}

static void try_modes(void)
{
	close(open("/build/own", O_CREAT | O_WRONLY, 0755));
	record("set", "the user id bit", chmod("/build/own", 04755));
	record("set", "the group id bit", chmod("/build/own", 02755));
	record("set", "an attribute", setxattr("/build/own", "user.a", "b", 1, 0));
	record("give", "a file to root", chown("/build/own", 0, 0));
}

static void try_network(void)
{
	struct sockaddr_in outside = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr = { htonl(0x0a000001) } };
	struct sockaddr_un nix = { .sun_family = AF_UNIX, .sun_path = "/nix/var/nix/daemon-socket/socket" };
	struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0left-behind" };

	record("connect to", "a network", send_to(AF_INET, (struct sockaddr *)&outside, sizeof outside));
	record("connect to", "Nix's daemon", send_to(AF_UNIX, (struct sockaddr *)&nix, sizeof nix));
	record("connect to", "what an earlier build left behind",
	     send_to(AF_UNIX, (struct sockaddr *)&abstract, offsetof(struct sockaddr_un, sun_path) + 12));
	record("open", "a raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	record("open", "a packet socket", socket(AF_PACKET, SOCK_RAW, 0));
}

int main(int argc, char **argv)
{
	report = fopen(getenv("out"), "w");
	if (argc != 2 || !report)
		return 1;
	try_input(argv[1]);
	try_devices();
	try_processes();
	try_kernel();
	try_modes();
	try_network();
	return fclose(report);
}
