import type { Random } from "../random.ts";
import { DEFAULT_MAX_LENGTH, type Target } from "../target.ts";
import { mutateBytes } from "./mutateBytes.ts";

const MAX_CHANGES = 4;

/** One of the inputs with a few changes, half of them in the format's own terms if the target defines any. */
export function mutated(
  target: Pick<Target, "dictionary" | "mutate" | "maxLength">,
  pool: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  const dictionary = (target.dictionary ?? []).map((token) => Buffer.from(token));
  let input = pickFrom(pool, random);
  const changes = random.oneIn(2) ? 1 : 1 + random.below(MAX_CHANGES);
  for (let count = 0; count < changes; count += 1) {
    const changed =
      target.mutate && random.oneIn(2)
        ? target.mutate(input, random)
        : mutateBytes(input, random, { others: pool, dictionary });
    input = changed.subarray(0, target.maxLength ?? DEFAULT_MAX_LENGTH);
  }
  return Uint8Array.from(input);
}

/** The latest ones reached new code: they get half of the attention. */
function pickFrom(pool: readonly Uint8Array[], random: Random): Uint8Array {
  const recent = pool.slice(-Math.max(1, Math.ceil(pool.length / 4)));
  return random.pick(random.oneIn(2) ? recent : pool);
}
