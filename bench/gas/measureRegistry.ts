import { encodeFunctionData } from "viem";
import { buildRegistryAbi } from "../../abi/index.ts";
import { pathKeyOf } from "../../test/contracts/support/registryModel.ts";
import { hashOf, helloOutput, INPUT_INDEX, type Output } from "../../test/contracts/support/sampleOutputs.ts";
import type { TestChain } from "../../test/contracts/support/startChain.ts";
import { viewGas } from "./viewGas.ts";

/** The number of outputs in each batch that is measured. */
export const BATCH_LENGTH = 10;

/** Gas of the registry's calls, for outputs like GNU hello's with one reference, in a registry that is in use. */
export async function measureRegistry(chain: TestChain) {
  const registry = await chain.deployRegistry();
  const gasOf = async (outputs: Output[]) =>
    Number(await chain.gasOf(registry.write.record([INPUT_INDEX, outputs])));
  const account = chain.wallets[0]!.account.address;
  await gasOf([helloOutput("earlier")]);

  const output = helloOutput("one");
  const one = await gasOf([output]);
  const batch = Array.from({ length: BATCH_LENGTH }, (_, index) => helloOutput(`batch ${index}`));
  const further = perFurther(one, await gasOf(batch));
  const bare = Array.from({ length: BATCH_LENGTH + 1 }, (_, index) =>
    helloOutput(`bare ${index}`, { references: [] }),
  );
  const bareFurther = perFurther(await gasOf(bare.slice(0, 1)), await gasOf(bare.slice(1)));
  const firstConfirmation = await gasOf([output]);
  const confirmation = await gasOf([output]);
  const conflict = await gasOf([{ ...output, narHash: hashOf("conflict") }]);

  const key = pathKeyOf(batch[0]!.storePath);
  const hashAt = encodeFunctionData({ abi: buildRegistryAbi, functionName: "hashAt", args: [account, key] });
  const recordOf = encodeFunctionData({
    abi: buildRegistryAbi,
    functionName: "recordOf",
    args: [account, batch[0]!.storePath],
  });
  return {
    "record: one output": one,
    "record: each further output of a batch": further,
    "record: each further output without references": bareFurther,
    "record: the same again, first time": firstConfirmation,
    "record: the same again, later": confirmation,
    "record: another hash": conflict,
    "hashAt (view)": await viewGas(chain, registry.address, hashAt),
    "recordOf (view)": await viewGas(chain, registry.address, recordOf),
  };
}

export function perFurther(one: number, batch: number): number {
  return Math.round((batch - one) / (BATCH_LENGTH - 1));
}
