import { type Address, decodeFunctionData, encodeAbiParameters, type Hex, isAddressEqual } from "viem";
import { iHashGatewayAbi } from "../../../abi/index.ts";
import { isStorePath } from "../../../nix/index.ts";
import { decodeOutput, decodeRecord } from "../../../protocol/index.ts";
import type { OutputWithProof } from "../store/outputsTable.ts";

/** Finds the outputs of accepted claims that may record a store path, the oldest first. */
export type FindProvenOutputs = (storePath: string) => AsyncIterable<OutputWithProof>;

/**
 * Answers a lookup of `ProvenHashReader` by ERC-3668: the first proven voucher that records the store path.
 *
 * @param callData The request's data: a call of `IHashGateway.voucherOf`.
 * @param application The only application that this gateway knows.
 * @returns the answer's data; `undefined` if the call is another one, or if no proven voucher records the path.
 */
export async function answerHashLookup(
  callData: Hex,
  application: Address,
  findProvenOutputs: FindProvenOutputs,
): Promise<Hex | undefined> {
  const call = decodeCall(callData);
  if (call === undefined || !isAddressEqual(call[0], application)) {
    return undefined;
  }
  const [, storePath] = call;
  if (!isStorePath(storePath)) {
    return undefined;
  }
  for await (const { output, proof } of findProvenOutputs(storePath)) {
    const decoded = decodeOutput(output);
    const record = decoded?.type === "Voucher" ? decodeRecord(decoded.payload) : undefined;
    if (record?.outputs.some((item) => item.storePath === storePath)) {
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
