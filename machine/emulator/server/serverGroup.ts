import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { WATCHED_DESCRIPTOR } from "./watchdog.ts";

/** A server process and all forks of it: one process group, which lives until the last user is gone. */
export interface ServerGroup {
  /** Id of the first server and of the group. */
  pid: number;
  /** What became of the first server, as soon as that is known, for an error's details. */
  fate(): Promise<string>;
  /** One more server of the group is in use. */
  retain(): void;
  /** One less; with the last one the whole group is killed, and the promise waits for that. */
  release(): Promise<void>;
  /** Kills the whole group at once. */
  kill(): Promise<void>;
  /** Settles when no process of the group is left. */
  closed: Promise<void>;
}

const FATE_PATIENCE_MILLISECONDS = 500;

/** Takes over a server that has just started; from here on it does not keep our process alive. */
export function createServerGroup(child: ChildProcess, pid: number, lastLine: () => string): ServerGroup {
  let users = 1;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const kill = () => {
    holdProcessOpen(child, true);
    watchedPipe(child).destroy();
    return closed;
  };
  holdProcessOpen(child, false);
  return {
    pid,
    async fate() {
      await Promise.race([exited, pause(FATE_PATIENCE_MILLISECONDS)]);
      if (child.signalCode) {
        return `it was killed by ${child.signalCode}`;
      }
      if (child.exitCode !== null) {
        return `it ended with ${child.exitCode}: ${lastLine()}`;
      }
      return "its connection was cut";
    },
    retain: () => void users++,
    release: async () => {
      if (--users === 0) {
        await kill();
      }
    },
    kill,
    closed,
  };
}

/** The pipe whose end makes the watcher kill the group. */
export function watchedPipe(child: ChildProcess): Socket {
  return child.stdio[WATCHED_DESCRIPTOR] as Socket;
}

function holdProcessOpen(child: ChildProcess, hold: boolean): void {
  const pipes = [child.stdout, child.stderr, watchedPipe(child)] as Socket[];
  for (const handle of [child, ...pipes]) {
    hold ? handle.ref() : handle.unref();
  }
}
