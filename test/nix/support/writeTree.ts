import { Buffer } from "node:buffer";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import type { NarNode } from "../../../nix/index.ts";

/** Writes a tree to the file system, for the real Nix to read. */
export async function writeTree(path: string | Buffer, node: NarNode): Promise<void> {
  if (node.kind === "symlink") {
    return symlink(Buffer.from(node.target), path);
  }
  if (node.kind === "regular") {
    await writeFile(path, node.contents);
    if (node.executable) {
      await chmod(path, 0o755);
    }
    return;
  }
  await mkdir(path);
  for (const entry of node.entries) {
    await writeTree(Buffer.concat([Buffer.from(path), Buffer.from("/"), entry.name]), entry.node);
  }
}
