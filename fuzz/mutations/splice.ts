/** The bytes with a piece replaced. */
export function splice(
  bytes: Uint8Array,
  start: number,
  remove: number,
  insert: Uint8Array = new Uint8Array(0),
): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
}
