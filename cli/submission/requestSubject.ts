import { InvalidArgumentError } from "commander";
import type { FindRequestParameters, MachineAt, RequestSubject } from "../../client/index.ts";
import { parseStorePath, StorePathFormatError } from "../../nix/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import type { Connection } from "../connect.ts";

/** A request's index, a derivation, or a store path, for commander. */
export function parseSubject(text: string): RequestSubject {
  if (/^\d{1,18}$/.test(text)) {
    return { inputIndex: BigInt(text) };
  }
  try {
    parseStorePath(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof StorePathFormatError ? error.reason : String(error));
  }
  return text.endsWith(".drv") ? { drvPath: text } : { storePath: text };
}

/** A derivation or a store path, for commander. */
export function parseBuildSubject(text: string): Exclude<RequestSubject, { inputIndex: bigint }> {
  const subject = parseSubject(text);
  if ("inputIndex" in subject) {
    throw new InvalidArgumentError("It must be a store path.");
  }
  return subject;
}

/** Where on the chain a deployment's requests are. */
export function placeOfRequests(
  { inputBox, application, registry, applicationBlock }: Deployment,
  { blockNumber }: Connection,
  machine: MachineAt | undefined,
  signal: AbortSignal,
): Omit<FindRequestParameters, "subject"> {
  return {
    ...{ inputBox, application, registry, machine, signal },
    fromBlock: BigInt(applicationBlock),
    toBlock: blockNumber,
  };
}
