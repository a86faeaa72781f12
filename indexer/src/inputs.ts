import { ponder } from "ponder:registry";
import { request } from "ponder:schema";
import { decodeFunctionData, type Hex, size } from "viem";
import { inputsAbi } from "../../abi/index.ts";
import { decodeRequest, MalformedRequestError } from "../../protocol/index.ts";
import { ensureApplication } from "./ensureApplication.ts";

ponder.on("InputBox:InputAdded", async ({ event, context }) => {
  const { appContract, index, input } = event.args;
  await ensureApplication(context, appContract, event.block.timestamp);
  const { sender, payload } = openInput(input);
  await context.db.insert(request).values({
    id: `${appContract}-${index}`,
    applicationAddress: appContract,
    inputIndex: index,
    sender,
    payloadBytes: size(payload),
    status: "submitted",
    blockNumber: event.block.number,
    submittedAt: event.block.timestamp,
    transactionHash: event.transaction.hash,
    ...describe(payload),
  });
});

/** The InputBox itself encodes `EvmAdvance`, so this cannot fail on a real chain. */
function openInput(input: Hex): { sender: Hex; payload: Hex } {
  const { args } = decodeFunctionData({ abi: inputsAbi, data: input });
  return { sender: args[2], payload: args[7] };
}

function describe(payload: Hex) {
  try {
    const decoded = decodeRequest(payload);
    switch (decoded.kind) {
      case "upload":
        return { kind: decoded.kind, bundle: decoded.sha256 };
      case "build":
        return { kind: decoded.kind, bundle: decoded.bundle, drvPath: decoded.drvPath };
      case "rebuild":
        return { kind: decoded.kind, drvPath: decoded.drvPath };
      default:
        return decoded satisfies never;
    }
  } catch (error) {
    if (!(error instanceof MalformedRequestError)) {
      throw error;
    }
    return { kind: "unknown" as const };
  }
}
