import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Address, type Hex, isAddress, isHex } from "viem";
import { type Deployment, parseDeployment } from "../../../protocol/deployments/index.ts";
import { type Level, LOG_LEVELS } from "../log/createLog.ts";
import { SAFE_BLOCKS } from "../model/chainEvents.ts";
import type { NodeOptions } from "../model/nodeOptions.ts";

/** The options of the command line. */
export interface CliOptions extends Omit<NodeOptions, "signal" | "log"> {
  json: boolean;
  logLevel: Level;
}

/** Parses the command line; exits with code 2 if it is invalid, and with 0 after `--help`. */
export function parseOptions(argv: readonly string[]): CliOptions {
  const command = new Command("cartenix-node")
    .description(
      "A Cartesi rollup node for one application: reads its inputs, advances the machine, submits claims and serves the results.",
    )
    .option("--application <address>", "address of the application contract", parseAddress)
    .option(
      "--deployment <file>",
      "deployment file instead of --application; its chain and template hash must match, too",
      readDeploymentFile,
    )
    .requiredOption(
      "--template <folder>",
      "folder of the machine template that the application was deployed with",
    )
    .addOption(
      new Option("--rpc-url <url>", "HTTP JSON-RPC endpoint of the chain")
        .env("CARTENIX_RPC_URL")
        .default("http://127.0.0.1:8545"),
    )
    .option("--data <folder>", "folder for the node's database and snapshots", "cartenix-data")
    .option(
      "--port <number>",
      "port to listen on at 127.0.0.1; 0 lets the system choose",
      parseInteger,
      10_011,
    )
    .option(
      "--cors-origin <origin>",
      "let web pages of this origin ask the node, or of all with *; by default none",
    )
    .option(
      "--claimer-key-file <file>",
      "file with the claimer's private key (or set CARTENIX_CLAIMER_KEY); without a key the node sends no transactions",
    )
    .option(
      "--guard",
      "take part in disputes with the claimer's key: claim what this node computed, challenge what differs, play all games",
      false,
    )
    .option("--execute", "execute every accepted voucher", false)
    .option(
      "--watch",
      "only watch, without a key: exit with 3 when a claim is wrong, with 4 when a wrong claim was accepted",
      false,
    )
    .addOption(
      new Option("--webhook <url>", "POST alarms about wrong claims to this URL, as JSON")
        .env("CARTENIX_WEBHOOK")
        .argParser(parseWebhook),
    )
    .option("--poll-ms <number>", "polling interval for the chain, in milliseconds", parseInteger, 1_000)
    .option(
      "--rpc-timeout-ms <number>",
      "timeout of a request to the RPC endpoint, in milliseconds",
      parseInteger,
    )
    .option(
      "--raise-after-ms <number>",
      "milliseconds after which an unmined transaction is sent with higher fees",
      parseInteger,
    )
    .addOption(
      new Option(
        "--safe-block <tag>",
        "up to which block the chain is read; by default finalized for a claimer where the chain has it, otherwise latest",
      ).choices(SAFE_BLOCKS),
    )
    .option("--snapshot-cycles <number>", "take a snapshot after about this many machine cycles", parseBigInt)
    .option("--json", "log as JSON lines", false)
    .addOption(
      new Option("--log-level <level>", "least severe level to log").choices(LOG_LEVELS).default("info"),
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  const options = command.parse(argv).opts();
  const { deployment } = options as { deployment?: Deployment };
  if ((options.application === undefined) === (deployment === undefined)) {
    command.error("error: give either --application or --deployment");
  }
  const claimerKey = readKey(options.claimerKeyFile);
  if (options.watch && (claimerKey !== undefined || options.execute)) {
    command.error("error: --watch sends no transactions: give neither a claimer's key nor --execute");
  }
  if (options.guard && claimerKey === undefined) {
    command.error(
      "error: --guard sends transactions: give a key with --claimer-key-file or CARTENIX_CLAIMER_KEY",
    );
  }
  // The emulator runs what strangers send, and would inherit it.
  delete process.env.CARTENIX_WEBHOOK;
  return {
    rpcUrl: options.rpcUrl,
    application: deployment?.application ?? options.application,
    deployment,
    templateDirectory: options.template,
    dataDirectory: options.data,
    claimerKey,
    guard: options.guard,
    execute: options.execute,
    watch: options.watch,
    webhook: options.webhook,
    port: options.port,
    corsOrigin: options.corsOrigin,
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
    // The emulator runs what strangers send, and would inherit it.
    delete process.env.CARTENIX_CLAIMER_KEY;
    if (key === undefined || key === "") {
      return undefined;
    }
    if (!isHex(key) || key.length !== 66) {
      command.error(
        "error: the claimer's private key must be 0x and 64 hex digits: check --claimer-key-file or CARTENIX_CLAIMER_KEY",
      );
    }
    return key as Hex;
  }
}

function readDeploymentFile(file: string): Deployment {
  try {
    return parseDeployment(readFileSync(file, "utf8"));
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function parseAddress(text: string): Address {
  if (!isAddress(text, { strict: false })) {
    throw new InvalidArgumentError("It must be an address: 0x and 40 hex digits.");
  }
  return text;
}

function parseWebhook(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.username !== "") {
    throw new InvalidArgumentError("It must be an http or https URL without a user.");
  }
  return url;
}

function parseInteger(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number of at most 9 digits.");
  }
  return Number(text);
}

function parseBigInt(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number of at most 18 digits.");
  }
  return BigInt(text);
}
