import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Address, type Hex, isAddress, isHex } from "viem";
import type { NodeOptions } from "../cartenixNode.ts";
import type { Level } from "../log/createLog.ts";
import type { SafeBlock } from "../model/chainEvents.ts";

/** What the command line asks for. */
export interface CliOptions extends Omit<NodeOptions, "signal" | "log"> {
  json: boolean;
  logLevel: Level;
}

/** Reads the command line; ends the process with code 2 where it is wrong, with 0 after `--help`. */
export function parseOptions(argv: readonly string[]): CliOptions {
  const command = new Command("cartenix-node")
    .description(
      "A Cartesi rollup node for one application: reads its inputs, runs the machine, claims, serves what came of it.",
    )
    .requiredOption("--application <address>", "the application's contract", parseAddress)
    .requiredOption("--template <folder>", "the stored machine that the application was deployed for")
    .addOption(
      new Option("--rpc-url <url>", "HTTP JSON-RPC of the chain")
        .env("CARTENIX_RPC_URL")
        .default("http://127.0.0.1:8545"),
    )
    .option("--data <folder>", "where the node keeps what it knows", "cartenix-data")
    .option("--port <number>", "where to listen on 127.0.0.1; 0 lets the system choose", parseInteger, 10_011)
    .option(
      "--claimer-key-file <file>",
      "private key of the claimer (or CARTENIX_CLAIMER_KEY); without it only reads",
    )
    .option("--execute", "execute every accepted voucher", false)
    .option("--poll-ms <number>", "milliseconds between two looks at the chain", parseInteger, 1_000)
    .option("--rpc-timeout-ms <number>", "milliseconds that the chain may take for one answer", parseInteger)
    .option(
      "--raise-after-ms <number>",
      "milliseconds after which a transaction that is not mined is sent with higher fees",
      parseInteger,
    )
    .addOption(
      new Option("--safe-block <tag>", "which block counts as settled")
        .choices(["latest", "safe", "finalized"] satisfies SafeBlock[])
        .default("latest"),
    )
    .option("--snapshot-cycles <number>", "store the machine after about so many cycles", parseBigInt)
    .option("--json", "log as JSON lines", false)
    .addOption(
      new Option("--log-level <level>")
        .choices(["debug", "info", "warn", "error"] satisfies Level[])
        .default("info"),
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  const options = command.parse(argv).opts();
  return {
    rpcUrl: options.rpcUrl,
    application: options.application,
    templateDirectory: options.template,
    dataDirectory: options.data,
    claimerKey: readKey(options.claimerKeyFile),
    execute: options.execute,
    port: options.port,
    pollMs: options.pollMs,
    rpcTimeoutMs: options.rpcTimeoutMs,
    raiseAfterMs: options.raiseAfterMs,
    safeBlock: options.safeBlock,
    snapshotCycles: options.snapshotCycles,
    json: options.json,
    logLevel: options.logLevel,
  };

  function readKey(file: string | undefined): Hex | undefined {
    const key = file === undefined ? process.env.CARTENIX_CLAIMER_KEY : readFileSync(file, "utf8").trim();
    if (key === undefined || key === "") {
      return undefined;
    }
    if (!isHex(key) || key.length !== 66) {
      command.error("error: the claimer's key is not 32 bytes in hex");
    }
    return key as Hex;
  }
}

function parseAddress(text: string): Address {
  if (!isAddress(text, { strict: false })) {
    throw new InvalidArgumentError("Not an address.");
  }
  return text;
}

function parseInteger(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError("Not a whole number.");
  }
  return Number(text);
}

function parseBigInt(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) {
    throw new InvalidArgumentError("Not a whole number.");
  }
  return BigInt(text);
}
