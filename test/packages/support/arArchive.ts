/** An ar archive of these members in the order given. */
export function arArchive(members: Record<string, Uint8Array>): Buffer {
  const parts = [Buffer.from("!<arch>\n")];
  for (const [name, content] of Object.entries(members)) {
    const header = `${name.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}${`${content.length}`.padEnd(10)}\`\n`;
    parts.push(Buffer.from(header), Buffer.from(content), Buffer.from(content.length % 2 ? "\n" : ""));
  }
  return Buffer.concat(parts);
}
