import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { EmulatorStartError } from "../emulatorErrors.ts";
import { CONNECTOR_SCRIPT } from "./connector.ts";
import { findPrivateNetwork } from "./privateNetwork.ts";
import { createServerGroup, type ServerGroup, watchedPipe } from "./serverGroup.ts";
import { SERVER_UNDER_WATCH } from "./serverUnderWatch.ts";
import { splitLines } from "./splitLines.ts";

const START_TIMEOUT_MS = 60_000;
const KEPT_LINES = 20;
const LISTENING = /remote machine server bound to (127\.0\.0\.1:[1-9]\d{0,4})$/;

/**
 * By default the threads that compute the hash tree spin while they wait for each other. On a busy computer, a root hash
 * after a small input then takes ten times as long.
 */
const PASSIVE_THREADS = { OMP_WAIT_POLICY: "PASSIVE" };

/**
 * Starts the server in a network of its own, on a port chosen by the operating system, and waits until it listens. Its log
 * and the guest's console are passed to `log` line by line. It never outlives this process, and never keeps it alive.
 *
 * @throws {PrivateNetworkError} when this host does not allow such a network.
 * @throws {EmulatorStartError} when it exits, or does not listen in time.
 */
export async function startServer(
  command: [string, ...string[]],
  log: (line: string) => void = () => {},
): Promise<{ address: string; group: ServerGroup }> {
  const { enter, ip } = await findPrivateNetwork();
  const [unshare, ...options] = enter;
  const helpers = [ip, process.execPath, CONNECTOR_SCRIPT];
  const server = [...command, "--server-address=127.0.0.1:0", "--log-level=info"];
  const child = spawn(
    unshare,
    [...options, "/bin/sh", "-c", SERVER_UNDER_WATCH, "cartenix", ...helpers, ...server],
    {
      stdio: ["ignore", "pipe", "pipe", "pipe", "ipc"],
      detached: true,
      env: { ...process.env, ...PASSIVE_THREADS, NODE_OPTIONS: "" },
    },
  );
  const lastLines: string[] = [];
  let started = false;

  return new Promise((resolve, reject) => {
    const onLine = (line: string) => {
      log(line);
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) {
        lastLines.shift();
      }
      const address = started ? undefined : LISTENING.exec(line)?.[1];
      if (address === undefined || child.pid === undefined) {
        return;
      }
      started = true;
      clearTimeout(deadline);
      resolve({ address, group: createServerGroup(child, child.pid, () => lastLines.at(-1) ?? "") });
    };
    const fail = (reason: string) => {
      clearTimeout(deadline);
      reject(new EmulatorStartError(reason, lastLines.join(" | ")));
    };
    const deadline = setTimeout(() => {
      fail(`it did not listen within ${START_TIMEOUT_MS / 1000} s`);
      watchedPipe(child).destroy();
    }, START_TIMEOUT_MS);

    child.on("error", (error) => fail(error.message));
    child.on("exit", () => started || watchedPipe(child).destroy());
    child.on(
      "close",
      (code, signal) =>
        started || fail(signal ? `it was killed by ${signal}` : `it exited with code ${code}`),
    );
    splitLines(child.stdout as Readable, onLine);
    splitLines(child.stderr as Readable, onLine);
    watchedPipe(child).on("error", () => {});
  });
}
