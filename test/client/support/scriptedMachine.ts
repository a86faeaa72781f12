import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex, type Hex, toHex } from "viem";
import { checkBundle } from "../../../machine/handler/bundle/checkBundle.ts";
import { decompressBundle } from "../../../machine/handler/bundle/decompressBundle.ts";
import { Rejection } from "../../../machine/handler/device/rejection.ts";
import { Inventory } from "../../../machine/handler/inventory/inventory.ts";
import { BlobStore } from "../../../machine/handler/uploads/blobStore.ts";
import {
  type BuildRequest,
  decodeRequest,
  type EvmAdvance,
  encodeOutput,
  encodeRecord,
  encodeReport,
  encodeStatement,
  MalformedRequestError,
  type Query,
  type RegistryOutput,
  type Report,
} from "../../../protocol/index.ts";
import { hashOf } from "../../contracts/support/sampleOutputs.ts";
import { sampleStatement } from "../../protocol/support/sampleStatement.ts";

/** What became of an input. */
export interface Processed {
  status: "ACCEPTED" | "REJECTED";
  outputs: Hex[];
  reports: Hex[];
  /** What its voucher records. */
  records: RegistryOutput[];
}

const FAILURE_LOG = Array.from({ length: 60 }, (_, line) => `line ${line}\x1b[31m\n`).join("");

/**
 * Answers inputs as the machine does, with the handler's own uploads and checks of bundles, but without building: what is named
 * `failing` fails, all else has made-up outputs.
 */
export function createScriptedMachine(registry: Hex) {
  const folder = mkdtempSync(join(tmpdir(), "cartenix-blobs-"));
  const blobs = new BlobStore(join(folder, "blobs"));
  const inventory = new Inventory();
  const there = new Set<string>();
  const built = new Map<string, { inputIndex: bigint; outputs: RegistryOutput[] }>();

  let isLosing = false;
  let logPieces = 1;

  function process({ index, sender, blockNumber, payload }: EvmAdvance): Processed {
    try {
      const request = decodeRequest(payload);
      switch (request.kind) {
        case "upload":
          blobs.add(request, { msgSender: sender, blockNumber });
          return accepted([], []);
        case "build":
          return build(request, index);
        case "rebuild":
          return rebuild(request.drvPath, index);
        default:
          return request satisfies never;
      }
    } catch (error) {
      if (error instanceof Rejection || error instanceof MalformedRequestError) {
        return rejected(error.shortMessage);
      }
      throw error;
    }
  }

  function build({ bundle, drvPath }: BuildRequest, inputIndex: bigint): Processed {
    if (BigInt(bundle) !== 0n) {
      if (isLosing) {
        isLosing = false;
        blobs.delete(bundle);
      }
      if (!blobs.has(bundle)) {
        throw new Rejection(`build: the bundle ${bundle} for ${drvPath} was not uploaded: upload it first`);
      }
      const checked = checkBundle(decompressBundle(blobs.read(bundle)), inventory);
      if (drvPath.endsWith("-failing.drv")) {
        const reports: Report[] = [{ kind: "log", drvPath, text: FAILURE_LOG }];
        return rejected(`build: the builder for '${drvPath}' failed with exit code 3`, reports);
      }
      for (const { path, narHash, narSize, references } of checked.paths) {
        inventory.addPath(path, { narHash, narSize, references });
        there.add(path);
      }
      for (const [path, derivation] of checked.derivations) {
        inventory.addDerivation(path, derivation);
      }
      blobs.delete(bundle);
    }
    const derivation = inventory.derivationAt(drvPath)?.derivation;
    if (!derivation) {
      throw new Rejection(`build: the derivation ${drvPath} is neither in the bundle nor in the store`);
    }
    const outputs = derivation.outputs.map(({ name, path }) => recordOf(drvPath, name, path));
    built.set(drvPath, { inputIndex, outputs });
    return answer(drvPath, outputs, inputIndex);
  }

  function rebuild(drvPath: string, inputIndex: bigint): Processed {
    const known = built.get(drvPath);
    if (!known) {
      throw new Rejection(`rebuild: ${drvPath} was not built yet`);
    }
    return answer(drvPath, known.outputs, inputIndex, [
      { kind: "info", message: "the same outputs were built" },
    ]);
  }

  function answer(drvPath: string, records: RegistryOutput[], inputIndex: bigint, reports: Report[] = []) {
    const voucher = encodeOutput({
      type: "Voucher",
      destination: registry,
      value: 0n,
      payload: encodeRecord({ inputIndex, outputs: records }),
    });
    const payload = toHex(encodeStatement(sampleStatement({ drvPath, inputIndex })));
    const logs = Array.from({ length: logPieces }, (): Report => ({ kind: "log", drvPath, text: "built\n" }));
    logPieces = 1;
    return accepted(
      [voucher, encodeOutput({ type: "Notice", payload })],
      [...logs, ...reports],
      [...records],
    );
  }

  function ask(query: Query): Report {
    switch (query.kind) {
      case "missing":
        return { kind: "missing", paths: query.paths.filter((path) => !there.has(path)) };
      case "build": {
        const known = built.get(query.drvPath);
        return known
          ? {
              kind: "build",
              drvPath: query.drvPath,
              inputIndex: Number(known.inputIndex),
              outputs: known.outputs.map((output) => ({
                name: output.outputName,
                path: output.storePath,
                narHash: output.narHash.slice(2),
                narSize: Number(output.narSize),
              })),
            }
          : { kind: "error", message: `${query.drvPath} is not in the store` };
      }
      case "log":
        return built.has(query.drvPath)
          ? { kind: "log", drvPath: query.drvPath, text: "built\n" }
          : { kind: "error", message: `there is no log of ${query.drvPath}` };
      default:
        return { kind: "error", message: "not scripted" };
    }
  }

  return {
    process,
    ask,
    /** Drops the next bundle before it is built from, as the machine does when others need the space. */
    loseNextBundle() {
      isLosing = true;
    },
    /** Reports the next log in so many pieces. */
    splitNextLog(pieces: number) {
      logPieces = pieces;
    },
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function recordOf(drvPath: string, outputName: string, storePath: string): RegistryOutput {
  const narHash = hashOf(storePath);
  return {
    ...{ storePath, drvPath, outputName, narHash, narSize: 120n, references: [] },
    inputsHash: hashOf("inputs"),
  };
}

function accepted(outputs: Hex[], reports: readonly Report[], records: RegistryOutput[] = []): Processed {
  return { status: "ACCEPTED", outputs, reports: reports.map(toReport), records };
}

function rejected(message: string, before: readonly Report[] = []): Processed {
  const reports = [...before, { kind: "error", message } as const].map(toReport);
  return { status: "REJECTED", outputs: [], reports, records: [] };
}

function toReport(report: Report): Hex {
  return bytesToHex(encodeReport(report));
}
