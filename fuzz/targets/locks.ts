import { readFileSync } from "node:fs";
import { DebianFormatError, formatLock, parseLock } from "../../machine/packages/index.ts";
import { checkParser } from "../checkParser.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const lock = readFileSync(new URL("../../machine/packages/lock/kernel.json", import.meta.url));

export default {
  description: "lock files: the pinned packages of the template",
  seeds: () => [lock],
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) => {
    const parse = (bytes: Uint8Array) => {
      const read = parseLock(Buffer.from(bytes).toString());
      return parseLock(formatLock(read));
    };
    return checkParser({ parse, refuses: [DebianFormatError] }, input);
  },
} satisfies Target;
