import { ponder } from "ponder:registry";
import { application, request } from "ponder:schema";
import { type Hex, size } from "viem";
import { decodeEvmAdvance, decodeRequest, MalformedRequestError } from "../../protocol/index.ts";
import { ensureApplication } from "./applications.ts";
import { findDeployment } from "./indexed.ts";
import { placeOf } from "./placeOf.ts";

ponder.on("InputBox:InputAdded", async ({ event, context }) => {
  const { appContract, index, input } = event.args;
  const deployment = findDeployment(context.chain.id, appContract);
  if (deployment === undefined) {
    return;
  }
  const key = await ensureApplication({ event, context }, appContract);
  await context.db.update(application, key).set(({ inputs }) => ({ inputs: inputs + 1n }));
  const advance = decodeEvmAdvance(input);
  const payload = advance?.payload ?? "0x";
  await context.db.insert(request).values({
    chainId: context.chain.id,
    applicationAddress: appContract,
    inputIndex: index,
    sender: advance?.sender,
    payloadBytes: size(payload),
    status: "submitted",
    epoch: event.block.number / BigInt(deployment.epochLength),
    submittedAt: event.block.timestamp,
    ...placeOf(event),
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
