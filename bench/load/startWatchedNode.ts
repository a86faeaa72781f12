import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Address, Hex } from "viem";
import { BenchError } from "../benchError.ts";

const NODE_MAIN = fileURLToPath(new URL("../../machine/node/main.ts", import.meta.url));

/** An input as the node's log reports it. */
export interface ProcessedInput {
  status: string;
  milliseconds: number;
  cycles: number;
  /** When it was done, in milliseconds since 1970. */
  at: number;
}

/** The node's own figures, from `/metrics`. */
export interface Figures {
  nodeBytes: number;
  emulatorBytes: number;
  databaseBytes: number;
}

export interface WatchedNode {
  /** Waits until this many inputs have been processed. */
  processed(count: number, onProgress?: (count: number) => void): Promise<ProcessedInput[]>;
  figures(): Promise<Figures>;
  stop(): Promise<void>;
}

interface LogLine {
  msg: string;
  time: number;
  url?: string;
  status?: string;
  milliseconds?: number;
  cycles?: number;
}

/** Starts the node in its own process, as an operator would, and follows its log. */
export async function startWatchedNode(options: {
  rpcUrl: string;
  application: Address;
  template: string;
  data: string;
  claimerKey: Hex;
}): Promise<WatchedNode> {
  const { rpcUrl, application, template, data, claimerKey } = options;
  const child = spawn(
    process.execPath,
    [
      NODE_MAIN,
      "--json",
      "--port",
      "0",
      "--poll-ms",
      "100",
      "--rpc-url",
      rpcUrl,
      "--application",
      application,
      "--template",
      template,
      "--data",
      data,
    ],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, CARTENIX_CLAIMER_KEY: claimerKey } },
  );
  const inputs: ProcessedInput[] = [];
  let url = "";
  let lastLine = "";
  let notify = () => {};
  createInterface({ input: child.stderr }).on("line", (text) => {
    lastLine = text;
    const line = JSON.parse(text) as LogLine;
    if (line.msg === "serving") {
      url = line.url!;
    }
    if (line.msg === "input processed") {
      const { status, milliseconds, cycles, time: at } = line as Required<LogLine>;
      inputs.push({ status, milliseconds, cycles, at });
    }
    notify();
  });
  const ended = once(child, "exit").then(() => notify());
  return {
    async processed(count, onProgress) {
      while (inputs.length < count) {
        if (child.exitCode !== null) {
          throw new BenchError("the node ended", { details: lastLine });
        }
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
        onProgress?.(inputs.length);
      }
      return inputs;
    },
    async figures() {
      const text = await (await fetch(`${url}/metrics`)).text();
      const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
      return {
        nodeBytes: figure("process_resident_memory_bytes"),
        emulatorBytes: figure("cartenix_emulator_memory_bytes"),
        databaseBytes: figure("cartenix_database_bytes"),
      };
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
