import type { Address, Client } from "viem";
import { buildRegistryAbi, inputBoxAbi } from "../../abi/index.ts";
import { pathKeyOf } from "../../trust/index.ts";
import { readLogs } from "../chain/index.ts";
import { findBuilt } from "../node/findBuilt.ts";
import type { MachineAt } from "../queryMachine.ts";
import { type FoundInput, findInputs, foundInputOf } from "./findInputs.ts";

/** An input by its index, or the request that is about a derivation or a path. */
export type RequestSubject = { inputIndex: bigint } | { drvPath: string } | { storePath: string };

export interface FindRequestParameters {
  subject: RequestSubject;
  inputBox: Address;
  application: Address;
  registry: Address;
  /** The block that created the application. */
  fromBlock: bigint;
  toBlock: bigint;
  /** A node, which may know where to look. What it says is looked up on the chain. */
  machine?: MachineAt | undefined;
  signal?: AbortSignal | undefined;
}

const INPUT_ADDED = inputBoxAbi.find((item) => item.type === "event" && item.name === "InputAdded")!;
const OUTPUT_RECORDED = buildRegistryAbi.find(
  (item) => item.type === "event" && item.name === "OutputRecorded",
)!;

/**
 * Finds a request on the chain: the newest about a derivation, the one by which a path was recorded.
 *
 * @throws {ChainUnreachableError} when the endpoint does not answer.
 */
export async function findRequest(
  client: Client,
  parameters: FindRequestParameters,
): Promise<FoundInput | undefined> {
  const { subject, application, registry, machine, fromBlock, toBlock, signal } = parameters;
  if ("inputIndex" in subject) {
    return findInput(client, parameters, subject.inputIndex);
  }
  if ("storePath" in subject) {
    const [log] = await readLogs(client, {
      address: registry,
      event: OUTPUT_RECORDED,
      args: { application, pathKey: pathKeyOf(subject.storePath) },
      ...{ fromBlock, toBlock },
    });
    return log && findInput(client, parameters, log.args.inputIndex);
  }
  const { drvPath } = subject;
  const isAbout = ({ request }: FoundInput) =>
    request !== undefined && request.kind !== "upload" && request.drvPath === drvPath;
  const built = machine && (await findBuilt(machine, { drvPath, signal }).catch(() => undefined));
  if (built?.inputIndex != null) {
    const input = await findInput(client, parameters, BigInt(built.inputIndex));
    if (input && isAbout(input)) {
      return input;
    }
  }
  for await (const input of findInputs(client, parameters)) {
    if (isAbout(input)) {
      return input;
    }
  }
  return undefined;
}

async function findInput(
  client: Client,
  { inputBox, application, fromBlock, toBlock }: FindRequestParameters,
  index: bigint,
): Promise<FoundInput | undefined> {
  const [log] = await readLogs(client, {
    address: inputBox,
    event: INPUT_ADDED,
    args: { appContract: application, index },
    ...{ fromBlock, toBlock },
  });
  return log && foundInputOf(log);
}
