import { createHash } from "node:crypto";
import type { Statement } from "../../../protocol/index.ts";
import type { AdvanceRequest } from "../device/rollupDevice.ts";
import type { BuiltDerivation } from "./builtDerivation.ts";

/** What the statement says besides the build itself. */
export interface StatementContext {
  readonly input: Pick<AdvanceRequest, "appContract" | "blockTimestamp" | "chainId" | "index">;
  /** sha256 of the bundle that the request named, in hex; all zero when it named none. */
  readonly bundle: string;
  readonly nixVersion: string;
}

/** What the machine vouches for after one build. */
export function statementOf(
  built: BuiltDerivation,
  { input, bundle, nixVersion }: StatementContext,
): Statement {
  const { drvPath, derivation, outputs, inputs, log } = built;
  return {
    chainId: input.chainId,
    application: input.appContract,
    inputIndex: input.index,
    blockTimestamp: input.blockTimestamp,
    drvPath,
    bundle,
    system: derivation.system,
    nixVersion,
    outputs,
    inputs: inputs.map(({ path, narHash }) => ({ path, narHash: narHash.slice(2) })),
    logHash: createHash("sha256").update(log).digest("hex"),
  };
}
