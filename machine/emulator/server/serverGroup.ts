import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Connect, createConnect, KILL_GROUP } from "./connections.ts";
import { WATCHED_DESCRIPTOR } from "./serverUnderWatch.ts";

/** A server process and all its forks: one process group, which lives until its last server is released. */
export interface ServerGroup {
  /** Id of the first server and of the group. */
  pid: number;
  /** Connects to one of its servers. Nobody else can: they are in a network of their own. */
  connect: Connect;
  /** How the first server ended, for an error's details; waits a moment for it to be known. */
  fate(): Promise<string>;
  /** Counts another server of the group as in use. */
  retain(): void;
  /** Counts one less; after the last one, kills the whole group and waits for its end. */
  release(): Promise<void>;
  /** Kills the whole group at once. */
  kill(): Promise<void>;
  /** Resolves when no process of the group is left. */
  closed: Promise<void>;
}

const FATE_TIMEOUT_MS = 500;

/** The group of a server that has just started. From now on it does not keep our process alive. */
export function createServerGroup(child: ChildProcess, pid: number, lastLine: () => string): ServerGroup {
  let users = 1;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const kill = () => {
    holdProcessOpen(child, true);
    watchedPipe(child).destroy();
    // the watcher may have been killed as well
    if (child.connected) {
      child.send(KILL_GROUP, () => {});
    }
    return closed;
  };
  holdProcessOpen(child, false);
  return {
    pid,
    connect: createConnect(child),
    async fate() {
      await Promise.race([exited, pause(FATE_TIMEOUT_MS)]);
      if (child.signalCode) {
        return `it was killed by ${child.signalCode}`;
      }
      if (child.exitCode !== null) {
        return `it exited with code ${child.exitCode}: ${lastLine()}`;
      }
      return "its connection was closed";
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

/** The pipe whose closing makes the watcher kill the group. */
export function watchedPipe(child: ChildProcess): Socket {
  return child.stdio[WATCHED_DESCRIPTOR] as Socket;
}

function holdProcessOpen(child: ChildProcess, hold: boolean): void {
  const pipes = [child.stdout, child.stderr, watchedPipe(child)] as Socket[];
  for (const handle of [child, ...pipes]) {
    hold ? handle.ref() : handle.unref();
  }
}
