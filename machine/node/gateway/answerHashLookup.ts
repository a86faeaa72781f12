import { type Address, decodeFunctionData, encodeAbiParameters, type Hex, isAddressEqual } from "viem";
import { iHashGatewayAbi } from "../../../abi/index.ts";
import { decodeOutput, decodeRecord } from "../../../protocol/index.ts";

/** An output of the machine with its proof, as `cartesi_listOutputs` returns it. */
export interface ProvenOutput {
  index: bigint;
  rawData: Hex;
  /** `null` until the claim that proves it is computed. */
  outputHashesSiblings: readonly Hex[] | null;
}

/** Lists the vouchers of an application to a destination, the oldest first. */
export type ListVouchers = (application: Address, destination: Address) => AsyncIterable<ProvenOutput>;

/**
 * Answers a lookup of `ProvenHashReader` by ERC-3668: the first proven voucher that records the store path.
 *
 * @param callData The request's data: a call of `IHashGateway.voucherOf`.
 * @returns the answer's data; `undefined` if the call is another one, or if no proven voucher records the path.
 */
export async function answerHashLookup(
  callData: Hex,
  registry: Address,
  listVouchers: ListVouchers,
): Promise<Hex | undefined> {
  const call = decodeCall(callData);
  if (call === undefined) {
    return undefined;
  }
  const [application, storePath] = call;
  for await (const { index, rawData, outputHashesSiblings } of listVouchers(application, registry)) {
    const output = decodeOutput(rawData);
    if (
      !outputHashesSiblings ||
      output?.type !== "Voucher" ||
      !isAddressEqual(output.destination, registry)
    ) {
      continue;
    }
    const record = decodeRecord(output.payload);
    if (record?.outputs.some((item) => item.storePath === storePath)) {
      const proof = { outputIndex: index, outputHashesSiblings };
      return encodeAbiParameters(iHashGatewayAbi[0].outputs, [record.inputIndex, record.outputs, proof]);
    }
  }
  return undefined;
}

function decodeCall(callData: Hex): readonly [Address, string] | undefined {
  try {
    return decodeFunctionData({ abi: iHashGatewayAbi, data: callData }).args;
  } catch {
    return undefined;
  }
}
