import { readdir, readFile } from "node:fs/promises";

const EMULATOR = "cartesi-jsonrpc-machine";

/** The proportional memory of the emulators among the processes that this one started, in bytes. */
export async function emulatorMemory(root = process.pid): Promise<number> {
  const children = await childrenOf(root);
  const sizes = await Promise.all(
    children.map(async (pid) => (await ownMemory(pid)) + (await emulatorMemory(pid))),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`)));
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

async function ownMemory(pid: number): Promise<number> {
  if (!(await read(`/proc/${pid}/cmdline`)).includes(EMULATOR)) return 0;
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(await read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** A process may end while we look. */
function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
