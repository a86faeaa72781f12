import { ponder } from "ponder:registry";
import { request } from "ponder:schema";
import { type Hex, size } from "viem";
import { decodeEvmAdvance, decodeRequest, MalformedRequestError } from "../../protocol/index.ts";
import { ensureApplication } from "./ensureApplication.ts";

ponder.on("InputBox:InputAdded", async ({ event, context }) => {
  const { appContract, index, input } = event.args;
  await ensureApplication(context, appContract, event.block.timestamp);
  const advance = decodeEvmAdvance(input);
  if (!advance) {
    throw new Error(
      `input ${index} of ${appContract} is not an EvmAdvance call: the InputBox is not Cartesi's`,
    );
  }
  const { sender, payload } = advance;
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
