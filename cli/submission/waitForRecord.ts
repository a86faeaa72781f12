import type { Client } from "viem";
import { getBlockNumber } from "viem/actions";
import {
  explainChainError,
  type Finding,
  lastMessageIn,
  type MachineAt,
  MachineRefusedError,
  readAnswer,
  readFindings,
  readLastReports,
  sleep,
  waitForInput,
} from "../../client/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import type { Progress } from "../../support/index.ts";

const POLL_MS = 1_000;

export interface WaitForRecordParameters {
  deployment: Deployment;
  machine: MachineAt;
  /** The index of the request's input. */
  inputIndex: bigint;
  storePaths: readonly string[];
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Waits until the chain has a record of all that a request builds. The node only tells how far it is, and whether it will come at all:
 * what is recorded, the chain itself says.
 *
 * @throws {BuildFailedError} when a builder failed, as the node tells.
 * @throws {MachineRefusedError} when the machine rejected the request, or built nothing, as the node tells.
 */
export async function waitForRecord(client: Client, parameters: WaitForRecordParameters): Promise<Finding[]> {
  const { deployment, machine, inputIndex, storePaths, progress, signal } = parameters;
  const { registry, application } = deployment;
  const authority = { kind: "application", address: application } as const;
  const find = async () => {
    const blockNumber = await getBlockNumber(client, { cacheTime: 0 }).catch(explainChainError);
    return readFindings(client, { authority, registry, storePaths, blockNumber });
  };
  const isRecorded = (findings: readonly Finding[]) =>
    findings.every(({ verdict }) => verdict !== "notRecorded");

  const building = progress.stage("build");
  try {
    await waitForInput({ machine, inputIndex, pollMs: POLL_MS, signal });
    building.done("the node says that the machine accepted it");
  } catch (error) {
    building.fail();
    throw error;
  }
  const { voucherIndexes } = await readAnswer({ machine, inputIndex, pollMs: POLL_MS, signal });
  const recording = progress.stage("claim and record");
  for (;;) {
    const findings = await find();
    if (isRecorded(findings)) {
      recording.done();
      return findings;
    }
    if (voucherIndexes.length === 0) {
      await requireBuilding(machine, inputIndex, signal);
    }
    recording.update(`input ${inputIndex} waits for the claim and for somebody to execute its voucher`);
    await sleep(POLL_MS, signal);
  }
}

/** What was built by an earlier input is recorded by that one's voucher; what came with the template never is. */
async function requireBuilding(machine: MachineAt, inputIndex: bigint, signal: AbortSignal): Promise<void> {
  const message = lastMessageIn(await readLastReports(machine, { inputIndex, signal }));
  if (message?.includes("there is nothing to build")) {
    throw new MachineRefusedError(message);
  }
}
