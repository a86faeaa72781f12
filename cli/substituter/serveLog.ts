import type { AcceptedOutput, Decision } from "../../substituter/index.ts";
import { toJson } from "../output/toJson.ts";

const SCHEMA = "cartenix.serve.v1";

interface Start {
  url: string;
  publicKey: string;
  chainId: number;
  authority: string;
}

/** A line for each thing that happens, as text or as JSON. */
export function createServeLog(stream: NodeJS.WritableStream, isJson: boolean) {
  const write = (event: string, fields: object, text: string) =>
    stream.write(`${isJson ? toJson(SCHEMA, { event, ...fields }) : text}\n`);
  return {
    listening: (start: Start) =>
      write(
        "listening",
        start,
        `listening at ${start.url}; trusts ${start.authority} on chain ${start.chainId}; signs as ${start.publicKey}`,
      ),
    decision: (decision: Decision) => write("decision", decision, formatDecision(decision)),
    sent: ({ storePath, narSize }: AcceptedOutput, from: string | undefined) =>
      write(
        "sent",
        { storePath, narSize, from: from ?? null },
        `sent ${storePath}: ${narSize} bytes ${from === undefined ? "that were here" : `from ${from}`}`,
      ),
    problem: (message: string) => write("problem", { message }, `problem: ${onOneLine(message)}`),
  };
}

function formatDecision(decision: Decision): string {
  const { status, storePath, acceptedHash, statedHash, from, contentAddress } = decision;
  switch (status) {
    case "accepted":
      return `accepted ${storePath}: ${contentAddress === null ? acceptedHash : `content-addressed (${contentAddress})`}`;
    case "differs":
      return `differs ${storePath}: ${acceptedHash} is accepted, ${from} has ${statedHash}`;
    default:
      return `${status} ${storePath}`;
  }
}

/** Caches are anyone's: what they say must not control a terminal. */
function onOneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, "; ").replaceAll(/\p{C}/gu, "?");
}
