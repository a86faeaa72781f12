import { encodePacked, type Hex, keccak256, toBytes, zeroHash } from "viem";
import type { Output } from "./sampleOutputs.ts";

interface Entry {
  first: Output;
  confirmations: bigint;
  others: Set<Hex>;
}

/** What one application recorded, according to the registry's documentation. */
export class RecordsModel {
  readonly #entries = new Map<string, Entry>();
  readonly #derivations = new Map<string, Set<string>>();

  /** Returns the names of the events that are emitted. */
  record(output: Output): string[] {
    const events: string[] = [this.#recordPath(output)];
    const key = `${output.drvPath}!${output.outputName}`;
    const paths = this.#derivations.get(key);
    if (!paths) {
      this.#derivations.set(key, new Set([output.storePath]));
    } else if (!paths.has(output.storePath)) {
      paths.add(output.storePath);
      events.push("DerivationConflicted");
    }
    return events;
  }

  #recordPath(output: Output): string {
    const entry = this.#entries.get(output.storePath);
    if (!entry) {
      this.#entries.set(output.storePath, { first: output, confirmations: 0n, others: new Set() });
      return "OutputRecorded";
    }
    if (entry.first.narHash === output.narHash) {
      entry.confirmations++;
      return "OutputConfirmed";
    }
    entry.others.add(output.narHash);
    return "OutputConflicted";
  }

  /** A path's record. */
  recordOf(storePath: string) {
    const entry = this.#entries.get(storePath);
    return {
      narHash: entry?.first.narHash ?? zeroHash,
      confirmations: entry?.confirmations ?? 0n,
      conflicts: BigInt(entry?.others.size ?? 0),
    };
  }

  recordOfDerivation(drvPath: string, outputName: string) {
    const [first = "", ...others] = this.#derivations.get(`${drvPath}!${outputName}`) ?? [];
    const record = this.recordOf(first);
    return { ...record, conflicts: record.conflicts + BigInt(others.length) };
  }

  hasRecorded(storePath: string, narHash: Hex): boolean {
    const entry = this.#entries.get(storePath);
    return entry?.first.narHash === narHash || entry?.others.has(narHash) === true;
  }

  conflictsOf(storePath: string): Hex[] {
    return [...(this.#entries.get(storePath)?.others ?? [])];
  }

  pathKeysOfDerivation(drvPath: string, outputName: string): Hex[] {
    return [...(this.#derivations.get(`${drvPath}!${outputName}`) ?? [])].map(pathKeyOf);
  }
}

export function pathKeyOf(storePath: string): Hex {
  return keccak256(toBytes(storePath));
}

export function derivationKeyOf(drvPath: string, outputName: string): Hex {
  return keccak256(encodePacked(["string", "string", "string"], [drvPath, "!", outputName]));
}
