import { rmSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { hexToBytes } from "viem";
import {
  type Derivation,
  type DerivationHash,
  type DerivationHashLookup,
  type ExportedPath,
  hashDerivationModulo,
  outputPathsOf,
  printDerivation,
  referencesOfDerivation,
  storePathForDerivation,
  writeExport,
  writeNar,
} from "../../nix/index.ts";
import {
  encodeBuild,
  encodeQuery,
  encodeRebuild,
  encodeUpload,
  MAX_CHUNK_BYTES,
  type Query,
  splitUploads,
} from "../../protocol/index.ts";
import { dropPaths } from "./collect/dropPaths.ts";
import type { HandlerConfig } from "./config.ts";
import type { AdvanceRequest, RollupDevice } from "./device.ts";
import { Inventory } from "./inventory.ts";
import { handleRequest } from "./loop.ts";
import { createState, type Surroundings } from "./state.ts";

const ADDRESS = "0x0000000000000000000000000000000000000000";
const UPLOADS = 50;
const BUILDS = 3;

/**
 * Plays every kind of request once and throws the answers away. What is read, compiled and cached by then lies in the
 * template's snapshot, where it costs nobody anything; the first real request would pay for it otherwise.
 */
export async function warmUp(surroundings: Surroundings, config: HandlerConfig): Promise<void> {
  const folder = join(surroundings.folder, "warm-up");
  const state = createState({ ...surroundings, folder }, new Inventory());
  const { drvPath, last, stream } = trivialPackages(surroundings.system);
  const { sha256, uploads } = splitUploads(brotliCompressSync(stream));
  const out = last.outputs[0]?.path ?? "";
  const chunk = new Uint8Array(MAX_CHUNK_BYTES);
  const payloads = [
    ...new Array(UPLOADS).fill(encodeUpload({ sha256: `0x${"00".repeat(32)}`, index: 0, count: 2, chunk })),
    ...uploads.map(encodeUpload),
    encodeBuild({ bundle: sha256, drvPath }),
    encodeBuild({ bundle: sha256, drvPath }),
    encodeRebuild({ drvPath }),
  ].map((payload) => hexToBytes(payload));
  const queries: Query[] = [
    { kind: "missing", paths: [out] },
    { kind: "nar", path: out },
    { kind: "log", drvPath },
    { kind: "build", drvPath },
    { kind: "stats" },
  ];
  for (const payload of payloads) {
    await expectAccepted(handleRequest(inputOf(payload), silentDevice, state, config));
  }
  for (const query of queries) {
    const request = { type: "inspect", payload: encodeQuery(query) } as const;
    await expectAccepted(handleRequest(request, silentDevice, state, config));
  }
  const session = await surroundings.openSession();
  await dropPaths(state.inventory.generations.flat(), session, state);
  session.close();
  rmSync(folder, { recursive: true });
}

const silentDevice: RollupDevice = {
  finish: () => {
    throw new Error("nobody waits for this device");
  },
  emitVoucher: () => {},
  emitNotice: () => {},
  emitReport: () => {},
};

async function expectAccepted(answer: Promise<boolean>): Promise<void> {
  if (!(await answer)) {
    throw new Error("a request of the warm-up was rejected");
  }
}

function inputOf(payload: Uint8Array): AdvanceRequest {
  return {
    type: "advance",
    chainId: 0n,
    appContract: ADDRESS,
    msgSender: ADDRESS,
    blockNumber: 0n,
    blockTimestamp: 0n,
    index: 0n,
    payload,
  };
}

/** Derivations of which each needs the one before it, and the export stream of them all. */
function trivialPackages(system: string): { last: Derivation; drvPath: string; stream: Uint8Array } {
  const hashes = new Map<string, DerivationHash>();
  const lookup: DerivationHashLookup = (path) => hashes.get(path) ?? noSuchInput(path);
  const exported: ExportedPath[] = [];
  let drvPath: string | undefined;
  let last: Derivation | undefined;
  for (let round = 1; round <= BUILDS; round += 1) {
    const name = `cartenix-warm-up-${round}`;
    const inputDrvs = drvPath === undefined ? [] : [{ path: drvPath, outputs: ["out"] }];
    const anyPath = `/nix/store/${"0".repeat(32)}-${name}`;
    const draft = trivialDerivation(name, system, anyPath, inputDrvs);
    const out = outputPathsOf(name, draft, lookup).get("out") ?? anyPath;
    last = trivialDerivation(name, system, out, inputDrvs);
    drvPath = storePathForDerivation(name, last);
    hashes.set(drvPath, hashDerivationModulo(last, lookup));
    const contents = Buffer.from(printDerivation(last));
    const nar = writeNar({ kind: "regular", executable: false, contents });
    exported.push({ path: drvPath, nar, references: referencesOfDerivation(last), deriver: undefined });
  }
  if (!last || !drvPath) {
    throw new Error("there is nothing to warm up with");
  }
  return { last, drvPath, stream: writeExport(exported) };
}

function trivialDerivation(
  name: string,
  system: string,
  out: string,
  inputDrvs: Derivation["inputDrvs"],
): Derivation {
  return {
    outputs: [{ name: "out", path: out, hashAlgo: "", hash: "" }],
    inputDrvs,
    inputSrcs: [],
    system,
    builder: "/bin/sh",
    args: ["-c", "echo warm; echo warm > $out"],
    env: [
      ["name", name],
      ["out", out],
      ["system", system],
    ],
  };
}

function noSuchInput(path: string): never {
  throw new Error(`${path} is not an input`);
}
