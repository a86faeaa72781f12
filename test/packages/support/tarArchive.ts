/** A tar entry as a packer with bad intentions may write it. */
export interface RawEntry {
  path: string;
  type?: string;
  target?: string;
  content?: Uint8Array | string;
  mode?: string;
  /** Instead of the content's. */
  size?: string;
  /** `ustar\0` and version `00` instead of GNU's, with this prefix. */
  prefix?: string;
}

const BLOCK_BYTES = 512;

/** A tar archive of these entries in the order given, with correct checksums and an end mark. */
export function tarArchive(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(encodeEntry), Buffer.alloc(2 * BLOCK_BYTES)]);
}

function encodeEntry({ path, type = "0", target = "", content = "", mode, size, prefix }: RawEntry): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(path, 0);
  header.write(mode ?? "0000644\0", 100);
  header.write("0000000\0".repeat(2), 108);
  header.write(size ?? `${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000001\0", 136);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write(target, 157);
  header.write(prefix === undefined ? "ustar  \0" : "ustar\u000000", 257);
  header.write(prefix ?? "", 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc(-bytes.length & (BLOCK_BYTES - 1))]);
}
