import { encodeFunctionData, type Hex, keccak256 } from "viem";
import { applicationAbi, authorityAbi, buildRegistryAbi } from "../../../abi/index.ts";
import { deployToLocalChain } from "../../../deploy/index.ts";
import {
  appendOutput,
  outputsEdge,
  proveOutput,
  rootOfEdge,
} from "../../../machine/node/model/outputsTree.ts";
import { encodeOutput } from "../../../protocol/index.ts";
import { INPUT_INDEX, type Output } from "./sampleOutputs.ts";
import { startChain } from "./startChain.ts";

export const EPOCH_LENGTH = 8;
export const TEMPLATE_HASH: Hex = `0x${"c0".repeat(32)}`;

/** Cartesi's contracts, an application with an Authority, and the registry, on a new chain. */
export async function startRollup() {
  const chain = await startChain();
  const deployment = await deployToLocalChain(chain.provider, {
    templateHash: TEMPLATE_HASH,
    epochLength: EPOCH_LENGTH,
  });
  return {
    chain,
    deployment,
    application: chain.contractAt(deployment.application, applicationAbi),
    authority: chain.contractAt(deployment.consensus, authorityAbi),
    registry: chain.contractAt(deployment.registry, buildRegistryAbi),
  };
}

/** The outputs of an application, as its machine would have emitted them, and their proofs. */
export class Outputs {
  readonly #nodes = new Map<string, Hex>();
  readonly #outputs: Hex[] = [];

  /** Adds a voucher; returns its index. */
  voucher(destination: Hex, payload: Hex): bigint {
    return this.#add(encodeOutput({ type: "Voucher", destination, value: 0n, payload }));
  }

  /** Adds a voucher for the registry. */
  recordVoucher(registry: Hex, outputs: Output[]): bigint {
    return this.voucher(
      registry,
      encodeFunctionData({ abi: buildRegistryAbi, functionName: "record", args: [INPUT_INDEX, outputs] }),
    );
  }

  /** Adds a notice. */
  notice(payload: Hex): bigint {
    return this.#add(encodeOutput({ type: "Notice", payload }));
  }

  output(index: bigint): Hex {
    return this.#outputs[Number(index)]!;
  }

  /** The outputs Merkle root of everything added so far. */
  get root(): Hex {
    return rootOfEdge(this.#edge());
  }

  /** An output and its proof against {@link root}, as `executeOutput` and `validateOutput` accept them. */
  proven(index: bigint) {
    const outputHashesSiblings = proveOutput(this.#store, this.#edge(), index);
    return [this.output(index), { outputIndex: index, outputHashesSiblings }] as const;
  }

  #add(output: Hex): bigint {
    const index = BigInt(this.#outputs.push(output) - 1);
    appendOutput(this.#store, index, keccak256(output));
    return index;
  }

  #edge() {
    return outputsEdge(this.#store, BigInt(this.#outputs.length));
  }

  readonly #store = {
    get: (level: number, index: bigint) => this.#nodes.get(`${level} ${index}`)!,
    put: (level: number, index: bigint, hash: Hex) => void this.#nodes.set(`${level} ${index}`, hash),
  };
}

/** Ends the current epoch; returns its last block. */
export async function endEpoch(chain: Awaited<ReturnType<typeof startChain>>): Promise<bigint> {
  const length = BigInt(EPOCH_LENGTH);
  const block = await chain.client.getBlockNumber({ cacheTime: 0 });
  const last = block - (block % length) + length - 1n;
  await chain.networkHelpers.mineUpTo(last + 1n);
  return last;
}
