import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { formatProof, outputsRootOf, proveBuild, verifyProof } from "../../client/index.ts";
import { UnwritablePathError } from "../../client/store/index.ts";
import { parseStorePath } from "../../nix/index.ts";
import { createProgress } from "../../support/index.ts";
import { defineAction } from "../action.ts";
import { parseOnePath } from "../arguments.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireApplication } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";

export function addProve(program: Command): void {
  const command = program
    .command("prove")
    .summary("put all that proves an output's hash into one file")
    .description(
      "Gathers the voucher that recorded a store path, its proof, the machine's statement and the claims that cover both, in one file that `cartenix verify --proof` verifies without any network. The statement comes from a node (--node-url).",
    )
    .argument("<path>", "store path", parseOnePath)
    .option("-o, --output <file>", "the file; by default <name>.proof.json in the current folder")
    .addHelpText(
      "after",
      `
Examples:
  cartenix prove --network main /nix/store/…-hello-2.12.1 -o hello.proof.json
  cartenix verify --proof hello.proof.json --offline`,
    );
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, storePath: string) => {
    const settings = await resolveSettings(command);
    const application = requireApplication(settings);
    const { output: file = `${parseStorePath(storePath).name}.proof.json` } = command.opts<{
      output?: string;
    }>();
    const { client } = await connect(settings, signal);
    const stage = createProgress().stage("gather the proof");
    const proof = await proveBuild(client, {
      ...{ application, storePath, registry: settings.registry.value },
      fromBlock: BigInt(settings.deployment?.value.registryBlock ?? 0),
      nodeUrl: settings.nodeUrl?.value,
      signal,
    }).catch((error: unknown) => {
      stage.fail();
      throw error;
    });
    await writeFile(file, formatProof(proof)).catch((cause: Error) => {
      stage.fail();
      throw new UnwritablePathError(`cannot write ${file}`, { cause, details: cause.message });
    });
    stage.done(file);
    const { narHash, claim } = verifyProof(proof);
    const lines = [
      `${storePath}`,
      `  ${narHash}`,
      `  output ${proof.voucher.outputIndex} of ${application}, under the claim ${outputsRootOf(proof.voucher)}`,
      `  accepted in block ${claim.blockNumber} of chain ${proof.chainId}`,
      proof.statement
        ? "  with the machine's statement"
        : "  without the machine's statement: no node was asked, or it had none",
    ];
    return {
      exitCode: 0,
      text: lines.join("\n"),
      json: { file, storePath, narHash, claim, hasStatement: proof.statement !== null },
    };
  });
}
