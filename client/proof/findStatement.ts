import { hexToBytes } from "viem";
import { decodeOutput, decodeStatement } from "../../protocol/index.ts";
import { CartenixError } from "../../support/index.ts";
import type { MachineAt } from "../queryMachine.ts";
import { outputsOfInput } from "./outputsOfInput.ts";
import type { ProvenOutput } from "./outputsRoot.ts";

/** The notice of an input whose statement is about a store path; `null` if the node has none that it can prove. */
export async function findStatement(
  machine: MachineAt,
  {
    inputIndex,
    storePath,
    signal,
  }: { inputIndex: bigint; storePath: string; signal: AbortSignal | undefined },
): Promise<ProvenOutput | null> {
  const outputs = await outputsOfInput(machine, { inputIndex, signal });
  return outputs.find(({ output }) => states(output, storePath)) ?? null;
}

function states(bytes: ProvenOutput["output"], storePath: string): boolean {
  const output = decodeOutput(bytes);
  if (output?.type !== "Notice") {
    return false;
  }
  try {
    return decodeStatement(hexToBytes(output.payload)).outputs.some(({ path }) => path === storePath);
  } catch (error) {
    if (!(error instanceof CartenixError)) {
      throw error;
    }
    return false;
  }
}
