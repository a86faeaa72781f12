// Tries to get out of the sandbox, one way after the other, and writes down what the kernel said to each: a line of the
// attempt's name and the error, or "SUCCEEDED".
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

static void said(const char *attempt, const char *object, long result)
{
	const char *answer = result < 0 ? strerrorname_np(errno) : "SUCCEEDED";

	fprintf(report, "%s%s%s: %s\n", attempt, *object ? " " : "", object, answer);
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
	said("open to write", "an input", open(input, O_WRONLY));
	said("truncate", "an input", truncate(input, 0));
	said("chmod", "an input", chmod(input, 0777));
	said("unlink", "an input", unlink(input));
	said("rename", "an input", rename(input, "/build/taken"));
	said("hard link", "an input", link(input, "/build/linked"));
	said("utimes", "an input", utimes(input, NULL));
	said("chown", "an input", chown(input, getuid(), getgid()));
	said("set an attribute of", "an input", setxattr(input, "user.a", "b", 1, 0));
	said("create beside", "an input", open("/nix/store/intruder", O_CREAT | O_WRONLY, 0666));
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
		said("open", devices[i], open_to_write(devices[i]));
	said("make", "a character device", mknod("/build/character", S_IFCHR | 0666, makedev(1, 1)));
	said("make", "a block device", mknod("/build/block", S_IFBLK | 0666, makedev(259, 0)));
}

static void try_processes(void)
{
	char buffer[16];
	struct iovec local = { buffer, sizeof buffer }, remote = { (void *)0x10000, sizeof buffer };
	int strangers = 0;

	for (pid_t pid = 1; pid < 4096; pid++)
		if (pid != getpid() && pid != getppid() && kill(pid, 0) == 0)
			strangers++;
	errno = ESRCH;
	said("find", "a stranger's process", strangers ? 0 : -1);
	said("signal", "process 300", kill(300, SIGKILL));
	said("read the memory of", "process 300", process_vm_readv(300, &local, 1, &remote, 1, 0));
	said("setpriority", "below 0", setpriority(PRIO_PROCESS, 0, -5));
	said("become", "root", setuid(0));
	said("become a member of", "root's group", setgid(0));
	said("drop", "groups", syscall(SYS_setgroups, 0, NULL));
}

static void try_kernel(void)
{
	char buffer[64];
	struct timeval now = { 0, 0 };
	struct timex clock = { .modes = ADJ_OFFSET };

	said("unshare", "user", unshare(CLONE_NEWUSER));
	said("unshare", "mount", unshare(CLONE_NEWNS));
	said("unshare", "network", unshare(CLONE_NEWNET));
	said("mount", "tmpfs", mount("none", "/build", "tmpfs", 0, NULL));
	said("umount", "/proc", umount("/proc"));
	said("chroot", "", chroot("/build"));
	said("reboot", "", syscall(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, NULL));
	said("swapon", "", swapon("/build/escape", 0));
	said("sethostname", "", sethostname("mine", 4));
	said("settimeofday", "", settimeofday(&now, NULL));
	said("adjtimex", "", adjtimex(&clock));
	said("read", "the kernel's log", syscall(SYS_syslog, 3, buffer, sizeof buffer));
	said("kexec", "", syscall(SYS_kexec_load, 0, 0, NULL, 0));
	said("load", "a module", syscall(SYS_init_module, buffer, sizeof buffer, ""));
	said("bpf", "", syscall(SYS_bpf, 0, buffer, sizeof buffer));
	said("userfaultfd", "", syscall(SYS_userfaultfd, 0));
	said("io_uring", "", syscall(SYS_io_uring_setup, 1, buffer));
	said("perf_event_open", "", syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0));
	said("keyctl", "", syscall(SYS_keyctl, 0, -3, 1));
}

static void try_modes(void)
{
	close(open("/build/own", O_CREAT | O_WRONLY, 0755));
	said("set", "the user id bit", chmod("/build/own", 04755));
	said("set", "the group id bit", chmod("/build/own", 02755));
	said("set", "an attribute", setxattr("/build/own", "user.a", "b", 1, 0));
	said("give", "a file to root", chown("/build/own", 0, 0));
}

static void try_network(void)
{
	struct sockaddr_in outside = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr = { htonl(0x0a000001) } };
	struct sockaddr_un nix = { .sun_family = AF_UNIX, .sun_path = "/nix/var/nix/daemon-socket/socket" };
	struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0left-behind" };

	said("connect to", "a network", send_to(AF_INET, (struct sockaddr *)&outside, sizeof outside));
	said("connect to", "Nix's daemon", send_to(AF_UNIX, (struct sockaddr *)&nix, sizeof nix));
	said("connect to", "what an earlier build left behind",
	     send_to(AF_UNIX, (struct sockaddr *)&abstract, offsetof(struct sockaddr_un, sun_path) + 12));
	said("open", "a raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	said("open", "a packet socket", socket(AF_PACKET, SOCK_RAW, 0));
}

int main(int count, char **words)
{
	report = fopen(getenv("out"), "w");
	if (count != 2 || !report)
		return 1;
	try_input(words[1]);
	try_devices();
	try_processes();
	try_kernel();
	try_modes();
	try_network();
	return fclose(report);
}
