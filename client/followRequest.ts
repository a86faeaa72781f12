import { type CartesiPublicClient, createCartesiPublicClient, type Input, type Output } from "@cartesi/viem";
import { type Hex, hexToBytes, http } from "viem";
import { decodeReport, decodeStatement, type Report, type Statement } from "../protocol/index.ts";
import { MachineRefusedError } from "./clientErrors.ts";
import type { MachineAt } from "./queryMachine.ts";

/** More outputs or reports than one input can have. */
const MAX_ITEMS = 1_000;

export interface FollowOptions {
  machine: MachineAt;
  /** The index of the request's input. */
  inputIndex: bigint;
  /** The polling interval, in milliseconds. */
  pollMs: number;
  signal?: AbortSignal | undefined;
}

/** The machine's response to a build request. */
export interface BuildResponse {
  statement: Statement;
  /** The output indexes of the vouchers that record the outputs. */
  voucherIndexes: bigint[];
}

/** The machine's response to a rebuild request. */
export interface RebuildResponse {
  /** The statement about the second build; `undefined` when its outputs differ from the first build's. */
  statement: Statement | undefined;
  /** The machine's verdict, in one line. */
  message: string;
  /** The builder's log, and the places where the outputs differ. */
  log: string;
  /** The output indexes of the vouchers that confirm or contradict the record. */
  voucherIndexes: bigint[];
}

/**
 * Waits until the machine has answered a build request.
 *
 * @throws {MachineRefusedError} with the machine's reason when it rejected the request.
 */
export async function waitForBuild(options: FollowOptions): Promise<BuildResponse> {
  const { statement, voucherIndexes, client } = await waitForOutputs(options);
  if (!statement) {
    throw new MachineRefusedError(await lastMessageOf(client, options, "the machine built nothing"));
  }
  return { statement, voucherIndexes };
}

/**
 * Waits until the machine has answered a rebuild request.
 *
 * @throws {MachineRefusedError} with the machine's reason when it rejected the request.
 */
export async function waitForRebuild(options: FollowOptions): Promise<RebuildResponse> {
  const { statement, voucherIndexes, client } = await waitForOutputs(options);
  const message = await lastMessageOf(client, options, "the machine reported nothing");
  const log = (await reportsOf(client, options)).map((report) => (report.kind === "log" ? report.text : ""));
  return { statement, message, log: log.join(""), voucherIndexes };
}

async function waitForOutputs(options: FollowOptions) {
  const { machine, inputIndex } = options;
  const application = machine.application;
  const client = clientOf(machine);
  const input = await poll(options, async () => {
    const found = await client.getInput({ application, inputIndex }).catch(ignoreNotYetThere);
    return found && found.status !== "NONE" ? found : undefined;
  });
  if (input.status !== "ACCEPTED") {
    throw await refusalOf(client, options, input);
  }
  const { data: outputs } = await client.listOutputs({ application, inputIndex, limit: MAX_ITEMS });
  // the statements about dependencies come first
  const notice = outputs
    .map(({ decodedData }) => decodedData)
    .findLast((output) => output?.type === "Notice");
  return {
    client,
    statement: notice && decodeStatement(hexToBytes(notice.payload)),
    voucherIndexes: outputs.filter(isVoucher).map(({ index }) => index),
  };
}

/** An output of the machine, and the proof that an accepted claim contains it. */
export interface ProvenOutput {
  index: bigint;
  rawData: Hex;
  /** The siblings on the way to the claimed root, from the leaf up. */
  outputHashesSiblings: readonly Hex[];
}

/** Waits until the claim that proves an output is accepted. */
export async function waitForProof(options: FollowOptions & { outputIndex: bigint }): Promise<ProvenOutput> {
  const { machine, outputIndex } = options;
  const client = clientOf(machine);
  return poll(options, async () => {
    const { epochIndex, index, outputHashesSiblings, rawData } = await client.getOutput({
      application: machine.application,
      outputIndex,
    });
    if (!outputHashesSiblings) {
      return undefined;
    }
    const { status } = await client.getEpoch({ application: machine.application, epochIndex });
    return status === "CLAIM_ACCEPTED" ? { index, rawData, outputHashesSiblings } : undefined;
  });
}

function clientOf({ nodeUrl }: MachineAt): CartesiPublicClient {
  return createCartesiPublicClient({ transport: http(`${nodeUrl}/rpc`) });
}

function isVoucher({ decodedData }: Output): boolean {
  return decodedData?.type === "Voucher";
}

/** A node that has not read the input yet reports that it was not found. */
function ignoreNotYetThere(error: unknown): undefined {
  if (!/not found/i.test(String(error))) {
    throw error;
  }
}

async function refusalOf(client: CartesiPublicClient, options: FollowOptions, input: Input) {
  const reason = await lastMessageOf(client, options, `the input ended as ${input.status}`);
  return new MachineRefusedError(`the machine rejected the request: ${reason}`, {
    details: `input ${input.index}, ${input.status}`,
  });
}

/** The machine's last message about the input, in one line. */
async function lastMessageOf(
  client: CartesiPublicClient,
  options: FollowOptions,
  fallback: string,
): Promise<string> {
  const messages = (await reportsOf(client, options)).filter((report) => "message" in report);
  return messages.at(-1)?.message ?? fallback;
}

async function reportsOf(
  client: CartesiPublicClient,
  { machine, inputIndex }: FollowOptions,
): Promise<Report[]> {
  const { data } = await client.listReports({
    application: machine.application,
    inputIndex,
    limit: MAX_ITEMS,
  });
  return data.map(({ rawData }) => decodeReport(hexToBytes(rawData)));
}

async function poll<Value>(
  { pollMs, signal }: FollowOptions,
  read: () => Promise<Value | undefined>,
): Promise<Value> {
  for (;;) {
    signal?.throwIfAborted();
    const value = await read();
    if (value !== undefined) {
      return value;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
