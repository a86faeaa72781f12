import {
  type BuiltOutput,
  decodeQuery,
  encodeReport,
  MalformedQueryError,
  type Query,
} from "../../../protocol/index.ts";
import { Rejection } from "../device/rejection.ts";
import { reportLog } from "../device/reportLog.ts";
import type { InspectRequest, RollupDevice } from "../device/rollupDevice.ts";
import { readBuildLog } from "../environment/buildLogs.ts";
import { MAX_REPORT_BYTES } from "../limits.ts";
import type { State } from "../state.ts";

/**
 * Answers a query in reports and changes nothing.
 *
 * @throws {Rejection} when it is malformed, or about something that the machine does not have.
 */
export async function handleInspect(
  request: InspectRequest,
  device: RollupDevice,
  state: State,
): Promise<void> {
  const query = readQuery(request.payload);
  const { inventory, blobs, environment } = state;
  switch (query.kind) {
    case "missing": {
      const paths = query.paths.filter((path) => !inventory.has(path));
      return device.emitReport(encodeReport({ kind: "missing", paths }));
    }
    case "nar":
      return sendNar(query.path, device, state);
    case "log": {
      const log = readBuildLog(environment.logFolder, query.drvPath);
      if (log === undefined) {
        throw new Rejection(`log: ${query.drvPath} was not built in this machine`);
      }
      return reportLog(device, query.drvPath, log);
    }
    case "build":
      return device.emitReport(encodeReport(describeBuild(query.drvPath, state)));
    case "stats":
      return device.emitReport(encodeReport({ kind: "stats", ...inventory.counts, uploads: blobs.size }));
    default:
      return query satisfies never;
  }
}

function readQuery(payload: Uint8Array): Query {
  try {
    return decodeQuery(payload);
  } catch (error) {
    if (error instanceof MalformedQueryError) {
      throw new Rejection(error.shortMessage);
    }
    throw error;
  }
}

async function sendNar(path: string, device: RollupDevice, { inventory, environment }: State): Promise<void> {
  const info = inventory.infoOf(path);
  if (!info) {
    throw new Rejection(`nar: ${path} is not in the store`);
  }
  const session = await environment.openSession();
  try {
    let pieces: Uint8Array[] = [];
    let length = 0;
    const flush = () => {
      if (length > 0) {
        device.emitReport(Buffer.concat(pieces));
      }
      pieces = [];
      length = 0;
    };
    for await (const piece of session.narFromPath(path, info.narSize)) {
      if (length + piece.length > MAX_REPORT_BYTES) {
        flush();
      }
      pieces.push(piece);
      length += piece.length;
    }
    flush();
  } finally {
    session.close();
  }
}

function describeBuild(drvPath: string, { inventory }: State) {
  const known = inventory.derivationAt(drvPath);
  if (!known) {
    throw new Rejection(`build: ${drvPath} is not in the store`);
  }
  const outputs: BuiltOutput[] = [];
  let inputIndex: number | null = null;
  for (const { name, path } of known.derivation.outputs) {
    const info = inventory.infoOf(path);
    if (!info) {
      continue;
    }
    inputIndex = inventory.originOf(path)?.inputIndex ?? inputIndex;
    outputs.push({ name, path, narHash: info.narHash, narSize: info.narSize });
  }
  return { kind: "build" as const, drvPath, inputIndex, outputs };
}
