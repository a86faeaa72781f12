// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/cmio: the Cartesi Machine's rollup device as libcmt knows it.
 *
 * The device tree node "ctsi-cmio" names a receive and a transmit buffer, which user space maps at virtual = physical
 * addresses; the node "ctsi-yield" says which yields the machine's owner enabled. A yield hands the machine to whoever
 * runs it, through firmware (SBI call 9), and returns with the answer.
 */

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <asm/sbi.h>

#define SBI_EXT_YIELD		9

#define YIELD_DEVICE(request)	((request) >> 56)
#define YIELD_COMMAND(request)	(((request) >> 48) & 0xff)
#define HTIF_DEVICE_YIELD	2

enum yield_command { YIELD_AUTOMATIC, YIELD_MANUAL, YIELD_COMMANDS };

struct cmio_buffer {
	__u64 address;
	__u64 length;
};

struct cmio_setup {
	struct cmio_buffer tx;
	struct cmio_buffer rx;
};

#define CMIO_SETUP		_IOR(0xd3, 0, struct cmio_setup)
#define CMIO_YIELD		_IOWR(0xd3, 1, __u64)

static struct cmio_setup buffers;
static bool yield_enabled[YIELD_COMMANDS];
static atomic_t opened = ATOMIC_INIT(0);

/*
 * libcmt opens the device without O_CLOEXEC, so programs that the rollup starts may inherit the descriptor: the process
 * that opened it is the only one that may use it.
 */
static int cmio_open(struct inode *inode, struct file *file)
{
	if (atomic_cmpxchg(&opened, 0, 1))
		return -EBUSY;
	file->private_data = get_pid(task_tgid(current));
	return 0;
}

static int cmio_release(struct inode *inode, struct file *file)
{
	put_pid(file->private_data);
	atomic_set(&opened, 0);
	return 0;
}

static bool opened_by_current(const struct file *file)
{
	return file->private_data == task_tgid(current);
}

static bool covers(const struct cmio_buffer *buffer, const struct vm_area_struct *vma)
{
	return vma->vm_start == buffer->address && vma->vm_end - vma->vm_start == buffer->length;
}

static int cmio_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!opened_by_current(file))
		return -EPERM;
	if (vma->vm_pgoff || !(vma->vm_flags & VM_SHARED) || (vma->vm_flags & VM_EXEC))
		return -EINVAL;
	if (covers(&buffers.rx, vma)) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYWRITE);
	} else if (!covers(&buffers.tx, vma)) {
		return -EINVAL;
	}
	vm_flags_mod(vma, VM_DONTCOPY, VM_MAYEXEC);
	return remap_pfn_range(vma, vma->vm_start, vma->vm_start >> PAGE_SHIFT, vma->vm_end - vma->vm_start,
			       vma->vm_page_prot);
}

static int cmio_yield(__u64 __user *argument)
{
	__u64 request;
	struct sbiret answer;

	if (get_user(request, argument))
		return -EFAULT;
	if (YIELD_DEVICE(request) != HTIF_DEVICE_YIELD || YIELD_COMMAND(request) >= YIELD_COMMANDS)
		return -EINVAL;
	if (!yield_enabled[YIELD_COMMAND(request)])
		return -EOPNOTSUPP;

	/* The buffers are memory that the machine's owner reads and writes while this hart stands still. */
	mb();
	answer = sbi_ecall(SBI_EXT_YIELD, 0, request, 0, 0, 0, 0, 0);
	mb();
	if (answer.error)
		return sbi_err_map_linux_errno(answer.error);
	return put_user((__u64)answer.value, argument);
}

static long cmio_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *pointer = (void __user *)argument;

	if (!opened_by_current(file))
		return -EPERM;
	switch (command) {
	case CMIO_SETUP:
		return copy_to_user(pointer, &buffers, sizeof(buffers)) ? -EFAULT : 0;
	case CMIO_YIELD:
		return cmio_yield(pointer);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations cmio_operations = {
	.owner = THIS_MODULE,
	.open = cmio_open,
	.release = cmio_release,
	.mmap = cmio_mmap,
	.unlocked_ioctl = cmio_ioctl,
};

static struct miscdevice cmio_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cmio",
	.fops = &cmio_operations,
	.mode = 0600,
};

static int __init read_buffer(struct device_node *cmio, const char *name, struct cmio_buffer *buffer)
{
	struct device_node *node = of_get_child_by_name(cmio, name);
	int error = node ? of_property_read_reg(node, 0, &buffer->address, &buffer->length) : -ENODEV;

	of_node_put(node);
	if (error)
		return error;
	return PAGE_ALIGNED(buffer->address) && PAGE_ALIGNED(buffer->length) && buffer->length ? 0 : -EINVAL;
}

static int __init cmio_init(void)
{
	struct device_node *cmio = of_find_compatible_node(NULL, NULL, "ctsi-cmio");
	struct device_node *yield = of_find_compatible_node(NULL, NULL, "ctsi-yield");
	int error = -ENODEV;

	if (cmio && yield) {
		yield_enabled[YIELD_AUTOMATIC] = of_property_read_bool(yield, "automatic");
		yield_enabled[YIELD_MANUAL] = of_property_read_bool(yield, "manual");
		error = read_buffer(cmio, "rx_buffer", &buffers.rx) ?: read_buffer(cmio, "tx_buffer", &buffers.tx);
	}
	of_node_put(cmio);
	of_node_put(yield);
	if (error) {
		pr_err("cmio: the device tree describes no usable ctsi-cmio and ctsi-yield (%d)\n", error);
		return error;
	}
	return misc_register(&cmio_device);
}
device_initcall(cmio_init);
