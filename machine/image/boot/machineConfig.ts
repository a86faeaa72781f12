import type { MachineConfig } from "../../emulator/index.ts";

/** The drives and the memory that a machine of ours starts with, as files of the host. */
export interface MachineParts {
  /** The content of the RAM's beginning: firmware and kernel. */
  readonly ram: string;
  readonly rootDrive: string;
  readonly jobDrive: string;
  /** The machine writes to the root drive's file itself, and not to a copy of it in memory. */
  readonly keepRootDrive?: boolean;
}

/** In bytes. */
export const RAM_BYTES = 512 * 1024 * 1024;

/** The kernel's command line. */
export const BOOT_ARGUMENTS = [
  "quiet no4lvl earlycon=sbi console=hvc0",
  "root=/dev/pmem0 rw init=/sbin/init-cartenix",
].join(" ");

/** The configuration of a machine that boots from the root drive and runs the job. */
export function machineConfig({
  ram,
  rootDrive,
  jobDrive,
  keepRootDrive = false,
}: MachineParts): MachineConfig {
  return {
    ram: { length: RAM_BYTES, backing_store: { data_filename: ram } },
    flash_drive: [
      { backing_store: { data_filename: rootDrive, shared: keepRootDrive } },
      { backing_store: { data_filename: jobDrive } },
    ],
    dtb: { bootargs: BOOT_ARGUMENTS },
  };
}
