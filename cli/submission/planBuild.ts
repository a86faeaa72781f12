import type { Address, Client, Hex } from "viem";
import { getBlockNumber, readContract } from "viem/actions";
import { inputBoxAbi } from "../../abi/index.ts";
import {
  askNode,
  type Bundle,
  explainChainError,
  findInputs,
  type MachineAt,
  missingPaths,
  nodeClientOf,
  type PreparedBuild,
  payloadsOf,
} from "../../client/index.ts";
import { handlerLimits } from "../../machine/handler/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import { decodeRequest } from "../../protocol/index.ts";
import type { Progress } from "../../support/index.ts";
import type { Journal, Plan } from "./journal.ts";

export interface PlanBuildParameters {
  build: PreparedBuild;
  machine: MachineAt;
  deployment: Deployment;
  /** Whose uploads count; nobody's when it is not known who would send. */
  sender: Address | undefined;
  journal: Pick<Journal, "plan" | "lostUpTo"> | undefined;
  progress: Progress;
  signal: AbortSignal;
}

/** What has to be sent for a build. */
export interface BuildPlan extends Plan {
  /** The payloads, the build request last. */
  payloads: readonly Hex[];
}

/** An answer about 10,000 paths is a few megabytes long. */
const MAX_MISSING_BYTES = 16 * 1024 * 1024;

/**
 * Finds out what the machine lacks for a build, and which of it is on its way already: what an earlier run of ours decided on, or what the
 * chain has of the same sender's uploads.
 */
export async function planBuild(client: Client, parameters: PlanBuildParameters): Promise<BuildPlan> {
  const { build, machine, journal, progress, signal } = parameters;
  const stage = progress.stage("what the machine lacks");
  const missing = await missingPaths(machine, build.closure, { signal, maxBytes: MAX_MISSING_BYTES });
  const needed = await build.needed(missing);
  stage.done(`${needed.length} of ${build.closure.length} paths`);
  const before = journal?.plan;
  if (before && covers(before, needed)) {
    return { ...before, payloads: payloadsFor(build.drvPath, before) };
  }
  const { paths, compressed } = await build.bundle(missing);
  const fresh: Plan = { paths, bundle: compressed, uploaded: [] };
  const uploaded = paths.length === 0 ? [] : await findUploads(client, parameters, fresh);
  const plan = { ...fresh, uploaded };
  return { ...plan, payloads: payloadsFor(build.drvPath, plan) };
}

function covers({ paths }: Plan, needed: readonly string[]): boolean {
  const brought = new Set(paths);
  return needed.every((path) => brought.has(path));
}

function payloadsFor(drvPath: string, { paths, bundle, uploaded }: Plan): Hex[] {
  const all = payloadsOf(drvPath, { paths, compressed: bundle } satisfies Bundle);
  const there = new Set(uploaded);
  return all.filter((_, position) => position === all.length - 1 || !there.has(position));
}

/** The chunks of a bundle that the sender has uploaded, unless the machine rejected them or has dropped them since. */
async function findUploads(
  client: Client,
  { build, machine, deployment, sender, journal, progress, signal }: PlanBuildParameters,
  plan: Plan,
): Promise<number[]> {
  const { inputBox, application } = deployment;
  if (sender === undefined) {
    return [];
  }
  const stage = progress.stage("uploads of an earlier run");
  const toBlock = await getBlockNumber(client, { cacheTime: 0 }).catch(explainChainError);
  const count = await readContract(client, {
    address: inputBox,
    abi: inputBoxAbi,
    functionName: "getNumberOfInputs",
    args: [application],
    blockNumber: toBlock,
  }).catch(explainChainError);
  const chunks = payloadsOf(build.drvPath, { paths: plan.paths, compressed: plan.bundle })
    .map((payload) => decodeRequest(payload))
    .filter((request) => request.kind === "upload");
  const [first] = chunks;
  const found = new Map<number, bigint>();
  const oldest = toBlock - handlerLimits.BLOB_LIMITS.expiryBlocks;
  const fromBlock = BigInt(deployment.applicationBlock);
  const inputs =
    count === 0n || !first
      ? []
      : findInputs(client, {
          inputBox,
          application,
          fromBlock: oldest > fromBlock ? oldest : fromBlock,
          toBlock,
          signal,
        });
  for await (const { index, sender: from, request } of inputs) {
    if (journal?.lostUpTo !== undefined && index <= journal.lostUpTo) {
      break;
    }
    if (
      request?.kind === "upload" &&
      from.toLowerCase() === sender.toLowerCase() &&
      request.sha256 === first!.sha256 &&
      request.count === first!.count &&
      Buffer.from(request.chunk).equals(chunks[request.index]!.chunk) &&
      !found.has(request.index)
    ) {
      found.set(request.index, index);
    }
    if (found.size === chunks.length) {
      break;
    }
  }
  const uploaded: number[] = [];
  const node = nodeClientOf(machine, { signal });
  for (const [position, inputIndex] of found) {
    const input = await askNode(() => node.getInput({ application, inputIndex }), signal);
    if (input === undefined || input.status === "NONE" || input.status === "ACCEPTED") {
      uploaded.push(position);
    }
  }
  stage.done(`${uploaded.length} of ${chunks.length}`);
  return uploaded.toSorted((a, b) => a - b);
}
