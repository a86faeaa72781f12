import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { readFindings } from "../../client/index.ts";
import { requireNothingAt, UnwritablePathError, unpackNarFile } from "../../client/store/index.ts";
import { parseStorePath } from "../../nix/index.ts";
import { downloadAccepted, WrongNarError } from "../../substituter/index.ts";
import { createProgress } from "../../support/index.ts";
import { formatAuthority, statusOfVerdict } from "../../trust/index.ts";
import { type ActionContext, defineAction, type Outcome } from "../action.ts";
import { parseOnePath } from "../arguments.ts";
import { addCacheOption, cachesOf } from "../config/cacheOption.ts";
import { machineOf } from "../config/machineOf.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireAuthority } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { formatSaid } from "../output/findingTexts.ts";

const NAR = ".nar";

export function addFetch(program: Command): void {
  const command = program
    .command("fetch")
    .summary("download a store path, if what comes is what the chain accepts")
    .description(
      "Downloads a store path from caches or the application's node, and unpacks it only if it is what the chain accepts. It needs no Nix.",
    )
    .argument("<path>", "store path", parseOnePath)
    .option(
      "-o, --output <place>",
      "where to unpack it, or a file that ends with .nar; the path's name by default",
    )
    .addHelpText(
      "after",
      `
Examples:
  cartenix fetch --network main /nix/store/…-hello-2.12.1
  cartenix fetch --network main -o hello.nar /nix/store/…-hello-2.12.1`,
    );
  addConnectionOptions(command);
  addCacheOption(command);
  defineAction(command, fetchPath);
}

async function fetchPath({ signal, command }: ActionContext, storePath: string): Promise<Outcome> {
  const settings = await resolveSettings(command);
  const authority = requireAuthority(settings);
  const output = command.opts<{ output?: string }>().output ?? parseStorePath(storePath).name;
  await requireNothingAt(output);
  const { client, chainId, blockNumber } = await connect(settings, signal);
  const registry = settings.registry.value;
  const [finding] = await readFindings(client, { authority, registry, storePaths: [storePath], blockNumber });
  const { verdict, narHash, said } = finding!;
  const about = {
    storePath,
    chainId,
    blockNumber,
    authority: formatAuthority(authority),
    verdict,
    narHash,
    said,
  };
  if (narHash === null) {
    const status = statusOfVerdict(verdict);
    const lines = formatSaid(said, null).map((line) => `  ${line}`);
    return {
      exitCode: exitCodeOf(status),
      text: [`${status}  ${storePath}`, ...lines, "  nothing was downloaded"].join("\n"),
      json: { status, ...about, output: null },
    };
  }
  try {
    const downloaded = await download(output, {
      ...{ storePath, narHash, signal },
      caches: cachesOf(command, settings),
      machine: machineOf(settings),
    });
    return {
      exitCode: exitCodeOf("accepted"),
      text: `accepted  ${storePath}\n  ${narHash}\n  ${output}, ${downloaded.narSize} bytes from ${downloaded.from}`,
      json: { status: "accepted", ...about, output, ...downloaded },
    };
  } catch (error) {
    if (!(error instanceof WrongNarError)) {
      throw error;
    }
    return {
      exitCode: exitCodeOf("differs"),
      text: `differs  ${storePath}\n  ${narHash} is accepted\n  ${error.details ?? error.shortMessage}\n  nothing was kept`,
      json: { status: "differs", ...about, output: null, details: error.details ?? null },
    };
  }
}

/** The NAR is there as a whole, and hashed, before any of it is unpacked. */
async function download(
  output: string,
  parameters: Omit<Parameters<typeof downloadAccepted>[1], "onBytes">,
): Promise<Awaited<ReturnType<typeof downloadAccepted>>> {
  const file = `${resolve(output)}.${randomBytes(6).toString("hex")}${NAR}`;
  const stage = createProgress().stage("downloading");
  try {
    const downloaded = await downloadAccepted(file, {
      ...parameters,
      onBytes: (from, bytes) => stage.update(`${(bytes / 1e6).toFixed(1)} MB from ${from}`),
    });
    stage.done();
    if (output.endsWith(NAR)) {
      await requireNothingAt(output);
      await rename(file, output);
    } else {
      await unpackNarFile(file, output, { signal: parameters.signal });
    }
    return downloaded;
  } catch (cause) {
    stage.fail();
    throw (cause as NodeJS.ErrnoException).syscall !== undefined
      ? new UnwritablePathError(`cannot write ${output}`, { cause, details: (cause as Error).message })
      : cause;
  } finally {
    await rm(file, { force: true });
  }
}
