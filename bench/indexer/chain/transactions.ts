import {
  type Address,
  concatHex,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  type Hex,
} from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  buildRegistryAbi,
  iConsensusAbi,
  inputBoxAbi,
} from "../../../abi/index.ts";
import { derivationKeyOf, pathKeyOf } from "../../../indexer/index.ts";
import {
  encodeBuild,
  encodeEvmAdvance,
  encodeOutput,
  encodeRecord,
  type RegistryOutput,
} from "../../../protocol/index.ts";
import { CHAIN_ID, DEPLOYMENT } from "./deployment.ts";
import { addressOf, hashOf } from "./outputs.ts";

export interface Transaction {
  from: Address;
  to: Address;
  input: Hex;
  logs: Log[];
}

export interface Log {
  address: Address;
  topics: Hex[];
  data: Hex;
}

/** Which application records, and as the outputs of which input. */
export interface Recording {
  application: Address;
  inputIndex: bigint;
  outputs: readonly RegistryOutput[];
  event: "OutputRecorded" | "OutputConfirmed" | "OutputConflicted";
}

const OUTPUTS_TREE_HEIGHT = 63;
const SIBLINGS = Array.from({ length: OUTPUTS_TREE_HEIGHT }, (_, level) => hashOf(`sibling ${level}`));

export function createApplication(application: Address): Transaction {
  const { applicationFactory, consensus, deployer, templateHash } = DEPLOYMENT;
  return {
    from: deployer,
    to: applicationFactory,
    input: "0x",
    logs: [
      {
        address: applicationFactory,
        topics: topicsOf(
          encodeEventTopics({
            abi: applicationFactoryAbi,
            eventName: "ApplicationCreated",
            args: { outputsMerkleRootValidator: consensus },
          }),
        ),
        data: encodeAbiParameters(
          [{ type: "address" }, { type: "bytes32" }, { type: "bytes" }, { type: "address" }],
          [deployer, templateHash, "0xb12c9ede", application],
        ),
      },
    ],
  };
}

export function addInput(index: bigint, { blockNumber }: { blockNumber: bigint }): Transaction {
  const { application, inputBox } = DEPLOYMENT;
  const sender = addressOf("sender");
  const drvPath = `/nix/store/${"0".repeat(32)}-request${index}.drv`;
  const payload = encodeBuild({ bundle: hashOf(`bundle ${index}`), drvPath });
  const input = encodeEvmAdvance({
    ...{ chainId: BigInt(CHAIN_ID), application, sender, blockNumber, index, payload },
    ...{ blockTimestamp: blockNumber, prevRandao: 0n },
  });
  return {
    from: sender,
    to: inputBox,
    input: encodeFunctionData({ abi: inputBoxAbi, functionName: "addInput", args: [application, payload] }),
    logs: [
      {
        address: inputBox,
        topics: topicsOf(
          encodeEventTopics({
            abi: inputBoxAbi,
            eventName: "InputAdded",
            args: { appContract: application, index },
          }),
        ),
        data: encodeAbiParameters([{ type: "bytes" }], [input]),
      },
    ],
  };
}

export function claim(lastProcessedBlock: bigint): Transaction {
  const { application, claimer, consensus } = DEPLOYMENT;
  const data = encodeAbiParameters(
    [{ type: "uint256" }, { type: "bytes32" }],
    [lastProcessedBlock, hashOf(`outputs up to ${lastProcessedBlock}`)],
  );
  const args = { submitter: claimer, appContract: application };
  return {
    from: claimer,
    to: consensus,
    input: "0x",
    logs: (["ClaimSubmitted", "ClaimAccepted"] as const).map((eventName) => ({
      address: consensus,
      topics: topicsOf(encodeEventTopics({ abi: iConsensusAbi, eventName, args })),
      data,
    })),
  };
}

/** As an application of Cartesi's factory records: a voucher is executed, and the event repeats it. */
export function executeVoucher(recording: Recording, outputIndex: bigint): Transaction {
  const output = encodeOutput({
    type: "Voucher",
    destination: DEPLOYMENT.registry,
    value: 0n,
    payload: encodeRecord(recording),
  });
  return {
    from: DEPLOYMENT.claimer,
    to: recording.application,
    input: encodeFunctionData({
      abi: applicationAbi,
      functionName: "executeOutput",
      args: [output, { outputIndex, outputHashesSiblings: SIBLINGS }],
    }),
    logs: [
      ...logsOf(recording),
      {
        address: recording.application,
        topics: topicsOf(encodeEventTopics({ abi: applicationAbi, eventName: "OutputExecuted" })),
        data: encodeAbiParameters([{ type: "uint64" }, { type: "bytes" }], [outputIndex, output]),
      },
    ],
  };
}

/** As an account records that is no contract. */
export function recordDirectly(recording: Recording): Transaction {
  return {
    from: recording.application,
    to: DEPLOYMENT.registry,
    input: encodeRecord(recording),
    logs: logsOf(recording),
  };
}

/** What everybody else does on a chain: a token's transfer. */
export const TRANSFER: Transaction = {
  from: addressOf("somebody"),
  to: addressOf("token"),
  input: concatHex(["0xa9059cbb", hashOf("somebody else"), hashOf("an amount")]),
  logs: [],
};

function logsOf({ application, inputIndex, outputs, event }: Recording): Log[] {
  return outputs.map(({ storePath, drvPath, outputName, narHash }) => ({
    address: DEPLOYMENT.registry,
    topics: topicsOf(
      encodeEventTopics({
        abi: buildRegistryAbi,
        eventName: event,
        args: {
          application,
          pathKey: pathKeyOf(storePath),
          derivationKey: derivationKeyOf(drvPath, outputName),
        },
      }),
    ),
    data: encodeAbiParameters([{ type: "uint64" }, { type: "bytes32" }], [inputIndex, narHash]),
  }));
}

/** All of our events' topics are single values. */
function topicsOf(topics: readonly (Hex | Hex[] | null)[]): Hex[] {
  return topics as Hex[];
}
