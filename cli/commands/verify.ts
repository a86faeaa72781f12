import { type Command, Option } from "commander";
import { verifyPaths } from "../../client/index.ts";
import { STORE_DIR } from "../../nix/index.ts";
import { createProgress, UsageError } from "../../support/index.ts";
import { formatAuthority, worstStatus } from "../../trust/index.ts";
import { defineAction, type Outcome } from "../action.ts";
import { parseOnePath } from "../arguments.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireAuthority } from "../config/requireSettings.ts";
import { resolveSettings, type Settings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { findStorePath, hashAs, hashStorePaths, type Reading } from "../localPaths.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { formatPaths } from "../output/formatPaths.ts";
import { verifyProofFile } from "./verifyProofFile.ts";

interface VerifyOptions {
  recursive: boolean;
  as?: string;
  store: string;
  proof?: string;
  offline: boolean;
}

export function addVerify(program: Command): void {
  const command = program
    .command("verify")
    .summary("compare what is on this computer with what the chain accepts")
    .description(
      "Hashes store paths on this computer as Nix does and asks the chain whether these hashes are accepted. What was not built is accepted if its own name follows from its content: sources, derivations, fixed outputs.",
    )
    .argument("[path...]", "store paths, or what leads to one, such as ./result")
    .option("-r, --recursive", "also all that they refer to", false)
    .addOption(
      new Option(
        "--as <store path>",
        "take one file, folder or NAR (.nar, .nar.xz, …) for this store path, wherever it is",
      ).argParser(parseOnePath),
    )
    .option("--store <folder>", "where the store is", STORE_DIR)
    .option("--proof <file>", "verify a proof that `cartenix prove` wrote, instead of paths")
    .option("--offline", "ask no chain: with --proof", false)
    .addHelpText(
      "after",
      `
Examples:
  cartenix verify --network main ./result
  cartenix verify --network main --recursive /run/current-system
  cartenix verify --network main hello.nar.xz --as /nix/store/…-hello-2.12.1
  cartenix verify --proof hello.proof.json --offline`,
    );
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, texts: string[]) => {
    const options = command.opts<VerifyOptions>();
    refuseContradictions(options, texts);
    const settings = await resolveSettings(command);
    if (options.proof !== undefined) {
      const connection = options.offline ? undefined : await connect(settings, signal);
      return verifyProofFile({ file: options.proof, settings, connection });
    }
    return verifyTexts(texts, options, settings, signal);
  });
}

function refuseContradictions({ proof, offline, as, recursive }: VerifyOptions, texts: readonly string[]) {
  if (proof !== undefined && (texts.length > 0 || as !== undefined || recursive)) {
    throw new UsageError("--proof is verified by itself, without paths");
  }
  if (proof === undefined && texts.length === 0) {
    throw new UsageError("it is not said what to verify", { remedy: "name store paths, or give --proof" });
  }
  if (proof === undefined && offline) {
    throw new UsageError("what is accepted is on the chain", { remedy: "use --offline with --proof" });
  }
  if (as !== undefined && (texts.length > 1 || recursive)) {
    throw new UsageError("--as is for one path, without what it refers to", {
      remedy: "verify them one by one",
    });
  }
}

async function verifyTexts(
  texts: readonly string[],
  { as, store: storeFolder, recursive }: VerifyOptions,
  settings: Settings,
  signal: AbortSignal,
): Promise<Outcome> {
  const authority = requireAuthority(settings);
  const { client, chainId, blockNumber } = await connect(settings, signal);
  const reading: Reading = { storeFolder, progress: createProgress(), signal };
  const roots = as ? [as] : await findStorePaths(texts, storeFolder);
  const paths = as ? [await hashAs(texts[0]!, as, reading)] : await hashStorePaths(roots, recursive, reading);
  const registry = settings.registry.value;
  const verified = await verifyPaths(client, { authority, registry, paths, blockNumber, signal });
  const status = worstStatus(verified.map((one) => one.status));
  const nodes = verified.map((one, index) => ({ ...one, references: paths[index]!.references }));
  return {
    exitCode: exitCodeOf(status),
    text: formatPaths(roots, nodes),
    json: {
      ...{ status, chainId, blockNumber, authority: formatAuthority(authority) },
      paths: nodes.map((one) => ({
        ...one,
        contentAddress: one.contentAddress ?? null,
        references: recursive ? one.references : null,
      })),
    },
  };
}

async function findStorePaths(texts: readonly string[], storeFolder: string): Promise<string[]> {
  return [...new Set(await Promise.all(texts.map((text) => findStorePath(text, storeFolder))))];
}
