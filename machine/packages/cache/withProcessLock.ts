import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";

/**
 * Runs `work` while no other process on this computer holds the lock of the same name.
 *
 * The lock is a socket in Linux's abstract namespace: the kernel releases it when its holder exits, however that
 * happens, so there are no stale locks to clean up.
 *
 * @param onWait is called when another process holds the lock.
 */
export async function withProcessLock<T>(
  name: string,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const address = `\0cartenix-${createHash("sha256").update(name).digest("hex")}`;
  let server = await hold(address);
  while (server === undefined) {
    onWait();
    await untilReleased(address);
    server = await hold(address);
  }
  try {
    return await work();
  } finally {
    const held = server;
    for (const waiter of waiters.get(held) ?? []) {
      waiter.destroy();
    }
    await new Promise((resolve) => held.close(resolve));
  }
}

const waiters = new WeakMap<Server, Set<{ destroy(): void }>>();

async function hold(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    waiters.get(server)?.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => waiters.get(server)?.delete(socket));
  });
  waiters.set(server, new Set());
  server.listen(address);
  try {
    await once(server, "listening");
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
      return undefined;
    }
    throw error;
  }
}

async function untilReleased(address: string): Promise<void> {
  const socket = connect(address);
  socket.on("error", () => {});
  await new Promise((resolve) => socket.on("close", resolve));
}
