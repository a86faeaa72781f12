import { DebianFormatError } from "../packagesErrors.ts";

/** An entry of a tar archive. Its path and a hard link's target are relative to the root, without `.` and `..`. */
export type TarEntry = {
  readonly path: string;
} & (
  | { readonly kind: "file"; readonly mode: number; readonly modified: number; readonly content: Uint8Array }
  | { readonly kind: "directory"; readonly mode: number }
  | { readonly kind: "symlink"; readonly target: string }
  | { readonly kind: "link"; readonly target: string }
);

const BLOCK_BYTES = 512;
const MAX_PATH_BYTES = 4_096;
const MAX_NAME_BYTES = 255;
const MODE_BITS = 0o7777;

/** GNU's entries whose content is the next entry's path, or its target. */
const LONG_NAMES = { L: "path", K: "target" } as const;
const LONG_NAME_OWNER = "././@LongLink";

/** The types of entries that a package may have. Devices, pipes, sparse files and pax headers are not among them. */
const KINDS = { "0": "file", "\0": "file", "1": "link", "2": "symlink", "5": "directory" } as const;

/**
 * Decodes a package's tar archive: the formats ustar and GNU, as dpkg-deb writes them.
 *
 * @throws {DebianFormatError} when it is malformed, has an entry of another type, or a path that leads out of the root.
 */
export function* decodeTar(archive: Uint8Array): Generator<TarEntry> {
  let position = 0;
  let long: { path?: string; target?: string } = {};
  for (;;) {
    const header = block(archive, position);
    if (header.every((byte) => byte === 0)) {
      return expectEnd(archive, position);
    }
    expectChecksum(header, position);
    const type = String.fromCharCode(header[156]!);
    const size = octal(header, 124, 12);
    const start = position + BLOCK_BYTES;
    if (start + size > archive.length) {
      throw new DebianFormatError(`truncated tar entry at byte ${position}`);
    }
    const content = archive.subarray(start, start + size);
    position = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    if (type === "L" || type === "K") {
      if (textOf(header, 0, 100) !== LONG_NAME_OWNER || size > MAX_PATH_BYTES + 1) {
        throw new DebianFormatError(`malformed long name at byte ${start}`);
      }
      long[LONG_NAMES[type]] = textOf(content, 0, size);
      continue;
    }
    const path = normalize(long.path ?? shortPath(header));
    const target = long.target ?? textOf(header, 157, 100);
    long = {};
    yield entryOf(type, { path, target, content, header });
  }
}

function entryOf(
  type: string,
  {
    path,
    target,
    content,
    header,
  }: Record<"path" | "target", string> & Record<"content" | "header", Uint8Array>,
): TarEntry {
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type as keyof typeof KINDS] : undefined;
  const isRoot = path === "";
  if (kind === undefined || (isRoot && kind !== "directory") || (kind !== "file" && content.length > 0)) {
    throw new DebianFormatError(`${JSON.stringify(path)} is an entry of type ${JSON.stringify(type)}`);
  }
  const mode = octal(header, 100, 8) & MODE_BITS;
  switch (kind) {
    case "file":
      return { kind, path, mode, modified: octal(header, 136, 12), content };
    case "directory":
      return { kind, path, mode };
    case "symlink":
      if (target === "" || Buffer.byteLength(target) >= MAX_PATH_BYTES) {
        throw new DebianFormatError(`${JSON.stringify(path)} is a link to nothing`);
      }
      return { kind, path, target };
    case "link":
      return { kind, path, target: normalize(target) };
    default:
      return kind satisfies never;
  }
}

function block(archive: Uint8Array, position: number): Uint8Array {
  if (position + BLOCK_BYTES > archive.length) {
    throw new DebianFormatError(`the tar archive ends without an end mark at byte ${position}`);
  }
  return archive.subarray(position, position + BLOCK_BYTES);
}

function expectEnd(archive: Uint8Array, position: number): void {
  if (archive.subarray(position).some((byte) => byte !== 0)) {
    throw new DebianFormatError(`trailing bytes after the end of the tar archive at byte ${position}`);
  }
}

function expectChecksum(header: Uint8Array, position: number): void {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  const magic = textOf(header, 257, 5);
  if (octal(header, 148, 8) !== sum || magic !== "ustar") {
    throw new DebianFormatError(`malformed tar header at byte ${position}`);
  }
}

/** GNU's format has no prefix: its magic ends in spaces, and what stands in the prefix's place are times. */
function shortPath(header: Uint8Array): string {
  const name = textOf(header, 0, 100);
  const prefix = header[262] === 0 ? textOf(header, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** `./usr/bin/` becomes `usr/bin`, and the root itself the empty string. */
function normalize(path: string): string {
  const names = path.replace(/^\.(\/|$)/, "").replace(/\/$/, "");
  const isSafe = names
    .split("/")
    .every((name) => name !== ".." && name !== "." && Buffer.byteLength(name) <= MAX_NAME_BYTES);
  const isComplete = names === "" ? path.startsWith(".") : !/^\/|\/\/|\/$/.test(names);
  if (!isSafe || !isComplete || Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new DebianFormatError(`the path ${JSON.stringify(path)} is not one inside the root`);
  }
  return names;
}

function octal(header: Uint8Array, start: number, length: number): number {
  const text = Buffer.from(header.subarray(start, start + length)).toString("latin1");
  const digits = /^ *([0-7]+)[ \0]*$/.exec(text)?.[1];
  if (digits === undefined) {
    throw new DebianFormatError(`${JSON.stringify(text)} is not an octal number`);
  }
  return Number.parseInt(digits, 8);
}

/** The text up to the first zero byte. */
function textOf(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  try {
    return new TextDecoder("utf8", { fatal: true, ignoreBOM: true }).decode(
      end < 0 ? field : field.subarray(0, end),
    );
  } catch {
    throw new DebianFormatError("a name in the tar archive is not UTF-8");
  }
}
