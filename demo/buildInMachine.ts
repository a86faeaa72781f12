import {
  type BuildResponse,
  type MachineAt,
  missingPaths,
  type PreparedBuild,
  payloadsOf,
  submitRequests,
  waitForBuild,
} from "../client/index.ts";
import type { CartenixNode } from "../machine/node/index.ts";
import type { Stage } from "../support/index.ts";
import { type DeployedChain, LOCAL_POLL_MS } from "./startStack.ts";

/**
 * Submits what the machine lacks for a build, and then the request.
 *
 * @returns the indexes of the inputs, that of the request last.
 */
export async function submitBuild(
  build: PreparedBuild,
  { deployment, publicClient, account }: DeployedChain,
  machine: MachineAt,
  stage: Stage,
): Promise<bigint[]> {
  const missing = await missingPaths(machine, build.closure);
  const bundle = await build.bundle(missing);
  const payloads = payloadsOf(build.drvPath, bundle);
  const submitted = await submitRequests(publicClient, {
    account,
    inputBox: deployment.inputBox,
    application: deployment.application,
    payloads,
    onSubmitted: (_, position) => stage.update(`input ${position + 1} of ${payloads.length}`),
  });
  const gas = submitted.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
  stage.done(
    `${bundle.paths.length} of ${build.closure.length} paths, ${bundle.compressed.length} bytes, ${payloads.length} inputs, ${gas} gas`,
  );
  return submitted.map(({ index }) => index);
}

/** Waits for the machine's response to a build request, showing its progress. */
export async function watchBuild(
  node: CartenixNode,
  machine: MachineAt,
  inputIndex: bigint,
  stage: Stage,
  signal: AbortSignal,
): Promise<BuildResponse> {
  const timer = setInterval(() => {
    const { current } = node.status();
    if (current) {
      stage.update(`input ${current.inputIndex}, ${millions(current.cycles)} million cycles`);
    }
  }, LOCAL_POLL_MS);
  try {
    return await waitForBuild({ machine, inputIndex, pollMs: LOCAL_POLL_MS, signal });
  } finally {
    clearInterval(timer);
  }
}

export function millions(cycles: bigint): string {
  return (Number(cycles) / 1e6).toLocaleString("en-US", { maximumFractionDigits: 1 });
}
