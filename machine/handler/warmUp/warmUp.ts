import { rmSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { hexToBytes } from "viem";
import {
  type BuildRequest,
  encodeQuery,
  encodeRequest,
  MAX_CHUNK_BYTES,
  type Query,
  type Request,
  splitUploads,
  type UploadRequest,
} from "../../../protocol/index.ts";
import { dropPaths } from "../collection/dropPaths.ts";
import type { HandlerConfig } from "../config.ts";
import type { AdvanceRequest, InspectRequest, RollupDevice } from "../device/rollupDevice.ts";
import type { Environment } from "../environment/environment.ts";
import { Inventory } from "../inventory/inventory.ts";
import { handleRequest } from "../rollup/handleRequest.ts";
import { createState } from "../state.ts";
import { type TrivialPackages, trivialPackages } from "./trivialPackages.ts";

const ADDRESS = "0x0000000000000000000000000000000000000000";
const UPLOADS = 50;

/**
 * Handles every kind of request and query once, so that every kind of report is encoded, and discards the results. What is
 * loaded, compiled and cached on the way is part of the template's snapshot; otherwise the first real request would pay
 * for it.
 */
export async function warmUp(
  environment: Environment,
  config: HandlerConfig,
  device: RollupDevice = silentDevice,
): Promise<void> {
  const folder = join(environment.folder, "warm-up");
  const state = createState({ ...environment, folder }, new Inventory());
  const packages = trivialPackages(environment.system);
  const queries = queriesAbout(packages);
  await expectAnswer(false, handleRequest(inspectOf(queries.log), device, state, config));
  for (const request of Object.values(requestsFor(packages)).flat()) {
    await expectAnswer(true, handleRequest(advanceOf(request), device, state, config));
  }
  for (const query of Object.values(queries)) {
    await expectAnswer(true, handleRequest(inspectOf(query), device, state, config));
  }
  const session = await environment.openSession();
  await dropPaths(state.inventory.generations.flat(), session, state);
  session.close();
  rmSync(folder, { recursive: true });
}

const silentDevice: RollupDevice = {
  finish: () => {
    throw new Error("the warm-up does not wait for requests");
  },
  emitVoucher: () => {},
  emitNotice: () => {},
  emitReport: () => {},
};

async function expectAnswer(accepted: boolean, answer: Promise<boolean>): Promise<void> {
  if ((await answer) !== accepted) {
    throw new Error(`a request of the warm-up was ${accepted ? "rejected" : "accepted"}`);
  }
}

/** In the order in which they are sent, since each kind needs the previous one. */
function requestsFor({ drvPath, stream }: TrivialPackages): {
  readonly [Kind in Request["kind"]]: Extract<Request, { kind: Kind }>[];
} {
  const { sha256, uploads } = splitUploads(brotliCompressSync(stream));
  const chunk = new Uint8Array(MAX_CHUNK_BYTES);
  const unfinished: UploadRequest = {
    kind: "upload",
    sha256: `0x${"00".repeat(32)}`,
    index: 0,
    count: 2,
    chunk,
  };
  const build: BuildRequest = { kind: "build", bundle: sha256, drvPath };
  return {
    upload: [...new Array<UploadRequest>(UPLOADS).fill(unfinished), ...uploads],
    build: [build, build],
    rebuild: [{ kind: "rebuild", drvPath }],
  };
}

function queriesAbout({ drvPath, out }: TrivialPackages): {
  readonly [Kind in Query["kind"]]: Extract<Query, { kind: Kind }>;
} {
  return {
    missing: { kind: "missing", paths: [out] },
    nar: { kind: "nar", path: out },
    log: { kind: "log", drvPath },
    build: { kind: "build", drvPath },
    stats: { kind: "stats" },
  };
}

function inspectOf(query: Query): InspectRequest {
  return { type: "inspect", payload: encodeQuery(query) };
}

function advanceOf(request: Request): AdvanceRequest {
  return {
    type: "advance",
    chainId: 0n,
    appContract: ADDRESS,
    msgSender: ADDRESS,
    blockNumber: 0n,
    blockTimestamp: 0n,
    index: 0n,
    payload: hexToBytes(encodeRequest(request)),
  };
}
