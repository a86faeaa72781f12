import { createHash } from "node:crypto";
import type { ContractFunctionArgs, Hex } from "viem";
import type { buildRegistryAbi } from "../../../abi/index.ts";

export type Output = ContractFunctionArgs<typeof buildRegistryAbi, "nonpayable", "record">[1][number];

/** The input that the sample outputs come from. */
export const INPUT_INDEX = 5n;

const ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz";

/** A store path that follows from `seed` and `name`. */
export function storePath(seed: string, name: string): string {
  const digest = createHash("sha256").update(`${seed}:${name}`).digest();
  return `/nix/store/${[...digest].map((byte) => ALPHABET[byte % 32]).join("")}-${name}`;
}

/** A hash that follows from `text`. */
export function hashOf(text: string): Hex {
  return `0x${createHash("sha256").update(text).digest("hex")}`;
}

/** An output like GNU hello's; `seed` makes it another one. */
export function helloOutput(seed = "", changes: Partial<Output> = {}): Output {
  return {
    storePath: storePath(seed, "hello-2.10"),
    drvPath: storePath(seed, "hello-2.10.drv"),
    outputName: "out",
    narHash: hashOf(seed),
    narSize: 226_552n,
    inputsHash: hashOf(`inputs of ${seed}`),
    references: [storePath(seed, "glibc-2.41")],
    ...changes,
  };
}
