import { zeroHash } from "viem";
import { applicationAbi, authorityAbi, inputBoxAbi } from "../../../abi/index.ts";
import type { VotedDeployment } from "../../../protocol/deployments/index.ts";
import { encodeBuild, encodeOutput, encodeRecord } from "../../../protocol/index.ts";
import type { Output } from "../../contracts/support/sampleOutputs.ts";
import { outputsTree } from "../../indexer/support/outputsTree.ts";
import type { Rollup } from "../../indexer/support/startRollup.ts";

/** Records outputs by one voucher, behind two outputs of other kinds, as a node would after a build. */
export async function claimAndExecute(
  rollup: Rollup,
  { application, consensus, registry, inputBox, claimer }: VotedDeployment,
  outputs: readonly [Output, ...Output[]],
): Promise<void> {
  const added = await rollup.write(rollup.accounts[0], {
    ...{ address: inputBox, abi: inputBoxAbi, functionName: "addInput" },
    args: [application, encodeBuild({ bundle: zeroHash, drvPath: outputs[0].drvPath })],
  });
  const payload = encodeRecord({ inputIndex: 0n, outputs });
  const voucher = encodeOutput({ type: "Voucher", destination: registry, value: 0n, payload });
  const { root, proofs } = outputsTree([
    encodeOutput({ type: "Notice", payload: "0x01" }),
    encodeOutput({ type: "Notice", payload: "0x02" }),
    voucher,
  ]);
  await rollup.write(claimer, {
    ...{ address: consensus, abi: authorityAbi, functionName: "submitClaim" },
    args: [application, added.blockNumber, root],
  });
  await rollup.write(rollup.accounts[0], {
    ...{ address: application, abi: applicationAbi, functionName: "executeOutput" },
    args: [voucher, proofs[2]!],
  });
}
