import { DebianFormatError } from "../packagesErrors.ts";

/** A member of an ar archive: where its content lies. */
export interface ArMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const magic = "!<arch>\n";
const headerSize = 60;

/**
 * Lists the members of an ar archive (the outer layer of a .deb).
 *
 * Format: deb(5), the common ar format without long names. Throws {@link DebianFormatError} when the archive is cut
 * off or a header is not one.
 */
export function decodeAr(archive: Uint8Array): ArMember[] {
  if (textOf(archive, 0, magic.length) !== magic) {
    throw new DebianFormatError("not an ar archive");
  }
  const members: ArMember[] = [];
  let position = magic.length;
  while (position < archive.length) {
    const header = textOf(archive, position, headerSize);
    const size = header.slice(48, 58).trimEnd();
    if (header.length !== headerSize || header.slice(58) !== "`\n" || !/^[0-9]+$/.test(size)) {
      throw new DebianFormatError(`no ar member header at byte ${position}`);
    }
    const member = {
      name: header.slice(0, 16).trimEnd().replace(/\/$/, ""),
      offset: position + headerSize,
      size: Number(size),
    };
    if (member.offset + member.size > archive.length) {
      throw new DebianFormatError(`ar member ${JSON.stringify(member.name)} is cut off`);
    }
    members.push(member);
    position = member.offset + member.size + (member.size % 2);
  }
  return members;
}

function textOf(bytes: Uint8Array, start: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    "latin1",
    start,
    start + length,
  );
}
