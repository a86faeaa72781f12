import { createHash } from "node:crypto";
import type { Address, Hex } from "viem";
import { formatBase32 } from "../../../nix/index.ts";
import type { RegistryOutput } from "../../../protocol/index.ts";

export const REFERENCES = 5;
export const OUTPUTS_PER_VOUCHER = 5;
const MAX_CLOSURE = 1_000;

/** How large a chain is, and what follows from that. */
export interface Scale {
  outputs: number;
  /** How many outputs one application records that refer to one another; the last recorded refers to all. */
  closure: number;
  closures: number;
  /** How many outputs are recorded again with the same hash, with another one before indexing ends, and with another one afterwards. */
  repeated: number;
}

/** @param outputs A multiple of 200. */
export function scaleOf(outputs: number): Scale {
  const closure = Math.min(MAX_CLOSURE, outputs / 10);
  return { outputs, closure, closures: outputs / closure, repeated: Math.min(MAX_CLOSURE, closure) };
}

/** One of a closure's outputs: 0 is what all others are for. */
export interface Member {
  closure: number;
  member: number;
}

export function outputOf({ closure: size }: Scale, { closure, member }: Member): RegistryOutput {
  const seed = `${closure} ${member}`;
  return {
    storePath: storePath(seed, nameOf({ closure, member })),
    drvPath: storePath(seed, `${nameOf({ closure, member })}.drv`),
    outputName: "out",
    narHash: hashOf(`contents of ${seed}`),
    narSize: BigInt(1_000 + member * 977),
    inputsHash: hashOf(`inputs of ${seed}`),
    references: referencesOf(size, { closure, member }),
  };
}

export function storePathOf(of: Member): string {
  return storePath(`${of.closure} ${of.member}`, nameOf(of));
}

/** The same package in each closure, each time another version. */
function nameOf({ closure, member }: Member): string {
  return `${packageNameOf(member)}-1.${closure}`;
}

export function packageNameOf(member: number): string {
  return `library${String(member).padStart(3, "0")}`;
}

/** Five of those that were recorded before, so that a closure is ten levels deep; the first ones refer to the template's paths. */
function referencesOf(size: number, { closure, member }: Member): string[] {
  const near = [2 * member + 1, 2 * member + 2, member + 1, member + 2, member + 3];
  const members = [...new Set(near)].filter((other) => other < size);
  const toolchain = Array.from({ length: REFERENCES - members.length }, (_, place) =>
    storePath("template", `toolchain${place}-1.0`),
  );
  return [...members.map((other) => storePathOf({ closure, member: other })), ...toolchain].sort();
}

function storePath(seed: string, name: string): string {
  const digest = createHash("sha256").update(`${seed} ${name}`).digest().subarray(0, 20);
  return `/nix/store/${formatBase32(digest)}-${name}`;
}

export function hashOf(text: string): Hex {
  return `0x${createHash("sha256").update(text).digest("hex")}`;
}

export function addressOf(text: string): Address {
  return `0x${createHash("sha256").update(text).digest("hex").slice(0, 40)}`;
}
