import { setTimeout as pause } from "node:timers/promises";
import { createCartesiPublicClient, type Epoch } from "@cartesi/viem";
import { type Address, type Client, getAbiItem, type Hex, http } from "viem";
import { readContract } from "viem/actions";
import { applicationAbi, iConsensusAbi } from "../../abi/index.ts";
import { explainChainError, readLogs } from "../../client/index.ts";
import { type CartenixNode, outputsEdge, rootOfEdge, startNode } from "../../machine/node/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import type { Progress } from "../../support/index.ts";
import { consensusesOf } from "./consensusesOf.ts";

const POLL_MS = 200;
const PAGE = 1_000;
const CLAIM_SUBMITTED = getAbiItem({ abi: iConsensusAbi, name: "ClaimSubmitted" });

/** A claim, compared with what this computer's machine computed. */
export interface AuditedClaim {
  /** The last block whose inputs it covers. */
  readonly lastProcessedBlockNumber: bigint;
  readonly submitter: Address;
  readonly outputsMerkleRoot: Hex;
  /** What the machine here computed. */
  readonly expected: Hex;
  readonly isRight: boolean;
  /** The inputs that are in it and in no claim before: from `firstInput` to before `endInput`. */
  readonly firstInput: bigint;
  readonly endInput: bigint;
}

export interface AuditParameters {
  client: Client;
  rpcUrl: string;
  deployment: Deployment;
  templateDirectory: string;
  /** Where the machine's results are kept, so that an interrupted audit goes on. */
  dataDirectory: string;
  /** The last block of which claims are compared. */
  toBlock: bigint;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Runs all inputs of an application again, from its template, and compares every claim that was ever submitted for it.
 *
 * @returns the claims in the order in which they were submitted.
 * @throws {DamagedDeploymentError} when the application never had the deployment's consensus.
 */
export async function auditApplication(parameters: AuditParameters): Promise<AuditedClaim[]> {
  const { client, rpcUrl, deployment, toBlock, signal, progress } = parameters;
  const { application } = deployment;
  const claims = await readClaims(client, deployment, toBlock);
  const stage = progress.stage("run the machine");
  await using node = disposable(
    await startNode({
      ...{ rpcUrl, application, deployment, signal },
      ...{ templateDirectory: parameters.templateDirectory, dataDirectory: parameters.dataDirectory },
      safeBlock: "latest",
    }),
  );
  const epochs = await runAll(node, application, toBlock, signal, (text) => stage.update(text));
  stage.done(`${node.status().inputs} inputs`);
  return claims.map(({ args }) => {
    const { lastProcessedBlockNumber, submitter, outputsMerkleRoot } = args;
    const covered = epochs.filter(({ lastBlock }) => lastBlock <= lastProcessedBlockNumber);
    const last = covered.at(-1);
    const expected = last?.outputsMerkleRoot ?? EMPTY_ROOT;
    const isOfThisEpoch = last?.lastBlock === lastProcessedBlockNumber;
    const endInput = last?.inputIndexUpperBound ?? 0n;
    return {
      ...{ lastProcessedBlockNumber, submitter, outputsMerkleRoot, expected },
      isRight: outputsMerkleRoot === expected,
      firstInput: isOfThisEpoch ? last.inputIndexLowerBound : endInput,
      endInput,
    };
  });
}

/** The claims of every consensus that the application ever had. */
async function readClaims(client: Client, deployment: Deployment, toBlock: bigint) {
  const { application } = deployment;
  // the file's block could hide what came before it
  const fromBlock = await readContract(client, {
    ...{ address: application, abi: applicationAbi, functionName: "getDeploymentBlockNumber" },
    blockNumber: toBlock,
  }).catch(explainChainError);
  const consensuses = await consensusesOf(client, deployment, { fromBlock, toBlock });
  const claims = await Promise.all(
    consensuses.map((address) =>
      readLogs(client, {
        ...{ address, event: CLAIM_SUBMITTED, args: { appContract: application } },
        ...{ fromBlock, toBlock },
      }),
    ),
  );
  return claims.flat().toSorted((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
}

/** The outputs root of a machine that has emitted nothing. */
const EMPTY_ROOT = rootOfEdge(
  outputsEdge(
    {
      get() {
        throw new Error("an empty tree has no full nodes");
      },
    },
    0n,
  ),
);

function disposable(node: CartenixNode): CartenixNode & AsyncDisposable {
  return { ...node, [Symbol.asyncDispose]: () => node.stop() };
}

/** Waits until all inputs up to a block are processed, and returns their epochs. */
async function runAll(
  node: CartenixNode,
  application: Address,
  toBlock: bigint,
  signal: AbortSignal,
  update: (text: string) => void,
): Promise<Epoch[]> {
  const reader = createCartesiPublicClient({ transport: http(`${node.url}/rpc`) });
  for (;;) {
    const { checkedBlock, inputs, processedInputs, current } = node.status();
    const cycles = current ? `, ${current.cycles / 1_000_000n} million cycles of the next` : "";
    update(`${processedInputs} of ${inputs} inputs${cycles}`);
    if (checkedBlock >= toBlock && processedInputs === inputs) {
      const epochs = await listEpochs(reader, application);
      if (
        epochs.every(({ lastBlock, outputsMerkleRoot }) => outputsMerkleRoot !== null || lastBlock > toBlock)
      ) {
        return epochs;
      }
    }
    await Promise.race([pause(POLL_MS, undefined, { signal }), node.stopped]);
    signal.throwIfAborted();
  }
}

async function listEpochs(
  reader: ReturnType<typeof createCartesiPublicClient>,
  application: Address,
): Promise<Epoch[]> {
  const epochs: Epoch[] = [];
  for (;;) {
    const { data } = await reader.listEpochs({ application, limit: PAGE, offset: epochs.length });
    epochs.push(...data);
    if (data.length < PAGE) {
      return epochs;
    }
  }
}
