import { readdir, readFile } from "node:fs/promises";

/** Memory of the processes of a group, in bytes; shared pages are counted once. */
export async function memoryOfGroup(group: number): Promise<number> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(processes.map((pid) => memoryWithin(pid, group)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function memoryWithin(pid: string, group: number): Promise<number> {
  const stat = await read(`/proc/${pid}/stat`);
  const [, , processGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (Number(processGroup) !== group) {
    return 0;
  }
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(await read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** A process may end while its files are read. */
function read(path: string): Promise<string> {
  return readFile(path, "latin1").catch(() => "");
}
