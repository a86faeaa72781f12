import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";

/** What the connector is asked: to connect to a port of the private network. */
export interface ConnectRequest {
  id: number;
  port: number;
}

/** What else the connector is asked. */
export type KillRequest = typeof KILL_GROUP;
export const KILL_GROUP = "kill the group";

/** Its answer; without an error, the socket comes with it. */
export interface ConnectAnswer {
  id: number;
  error?: string;
}

/** Opens a connection to an address in the servers' private network, `127.0.0.1:port`. */
export type Connect = (address: string) => Promise<Socket>;

/** Opens connections through the connector, which is at the other end of the process's channel. */
export function createConnect(child: ChildProcess): Connect {
  const waiting = new Map<number, { resolve(socket: Socket): void; reject(error: Error): void }>();
  let lastId = 0;
  const gone = () => new Error("the connector is gone");
  const settle = (id: number) => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) {
      child.channel?.unref();
    }
    return waiter;
  };
  child.on("message", (message, socket) => {
    const { id, error = "no socket came with the answer" } = message as ConnectAnswer;
    const waiter = settle(id);
    socket instanceof Socket ? waiter?.resolve(socket) : waiter?.reject(new Error(error));
  });
  child.on("disconnect", () => {
    for (const id of waiting.keys()) {
      settle(id)?.reject(gone());
    }
  });
  child.channel?.unref();
  return (address) =>
    new Promise((resolve, reject) => {
      const request: ConnectRequest = { id: ++lastId, port: Number(address.split(":")[1]) };
      waiting.set(request.id, { resolve, reject });
      child.channel?.ref();
      child.send(request, (error) => error && settle(request.id)?.reject(gone()));
    });
}
