import {
  type Abi,
  BaseError,
  ContractFunctionRevertedError,
  encodeFunctionData,
  type Hex,
  toHex,
} from "viem";
import { stepVerifier20Abi } from "../../../../abi/index.ts";
import { startChain } from "../../support/startChain.ts";

/** A step verifier on a chain of its own. Each function answers its result, or the name of the error with which it reverts. */
export async function startVerifier() {
  const chain = await startChain();
  const verifier = await chain.deploy("StepVerifier20", stepVerifier20Abi);
  const { read } = verifier;
  return {
    chain,
    verifier,
    step: (state: Hex, proof: Uint8Array) => outcomeOf(read.step([state, toHex(proof)])),
    reset: (state: Hex, proof: Uint8Array) => outcomeOf(read.reset([state, toHex(proof)])),
    respond: (state: Hex, input: Uint8Array, proof: Uint8Array) =>
      outcomeOf(read.respond([state, toHex(input), toHex(proof)])),
    isAccepted: (state: Hex, proof: Uint8Array) => outcomeOf(read.isAccepted([state, toHex(proof)])),
    outputsRoot: (state: Hex, proof: Uint8Array) => outcomeOf(read.outputsRoot([state, toHex(proof)])),
    /** The gas of a transaction that does nothing but to have something computed. */
    async gasOf(...call: VerifierCall): Promise<number> {
      const [functionName, ...args] = call;
      const data = encodeFunctionData({ abi: stepVerifier20Abi as Abi, functionName, args });
      return Number(await chain.gasOf(chain.wallets[0]!.sendTransaction({ to: verifier.address, data })));
    },
    checkTemplate: (state: Hex, proof: Uint8Array) => outcomeOf(read.checkTemplate([state, toHex(proof)])),
  };
}

type VerifierCall =
  | [name: "step" | "reset" | "isAccepted" | "outputsRoot" | "checkTemplate", state: Hex, proof: Hex]
  | [name: "respond", state: Hex, input: Hex, proof: Hex];

export type Verifier = Awaited<ReturnType<typeof startVerifier>>;

async function outcomeOf<T>(call: Promise<T>): Promise<T | string> {
  try {
    return await call;
  } catch (error) {
    const reverted =
      error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError);
    if (reverted instanceof ContractFunctionRevertedError) {
      return reverted.data?.errorName ?? "no reason";
    }
    throw error;
  }
}
