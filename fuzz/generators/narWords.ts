/** Strings as an archive holds them, whether or not they form an archive. */
export function narWords(...words: (string | Uint8Array)[]): Uint8Array {
  const pieces = words.flatMap((word) => {
    const data = typeof word === "string" ? new TextEncoder().encode(word) : word;
    const length = new Uint8Array(8);
    new DataView(length.buffer).setUint32(0, data.length, true);
    return [...length, ...data, ...new Uint8Array((8 - (data.length % 8)) % 8)];
  });
  return Uint8Array.from(pieces);
}
