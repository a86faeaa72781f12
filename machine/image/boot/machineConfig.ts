import type { MachineConfig } from "../../emulator/index.ts";

/** What a machine boots from, as files on the host. */
export interface MachineParts {
  /** The initial content of the RAM: firmware and kernel. */
  readonly ram: string;
  readonly rootDrive: string;
  readonly jobDrive: string;
  /** Write the machine's changes to the root drive's file instead of to a copy in memory. */
  readonly keepRootDrive?: boolean;
}

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
