const MAX_SECONDS = 5;

/** Removes pieces of an input, larger ones first, as long as it still crashes the parser in the same way. */
export function minimise(input: Uint8Array, stillBreaks: (candidate: Uint8Array) => boolean): Uint8Array {
  const deadline = performance.now() + MAX_SECONDS * 1_000;
  let smallest = input;
  for (let size = Math.ceil(input.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < smallest.length; ) {
      if (performance.now() > deadline) {
        return smallest;
      }
      const candidate = Buffer.concat([smallest.subarray(0, start), smallest.subarray(start + size)]);
      if (stillBreaks(candidate)) {
        smallest = candidate;
      } else {
        start += size;
      }
    }
  }
  return smallest;
}
