import { narEvents } from "./narEvents.ts";
import { DEFAULT_NAR_LIMITS, type NarLimits } from "./narLimits.ts";
import type { NarDirectory, NarEntry, NarNode, NarRegular } from "./narNode.ts";

/**
 * Reads a NAR into a tree. Contents, names and targets are views into `nar`.
 *
 * @throws NarFormatError naming the rule and the byte.
 * @throws NarLimitError when it passes a limit.
 */
export function decodeNar(nar: Uint8Array, limits: NarLimits = DEFAULT_NAR_LIMITS): NarNode {
  const root: NarEntry[] = [];
  const open: NarEntry[][] = [root];
  let name = nar.subarray(0, 0);
  let file: { contents: Uint8Array } | undefined;

  const add = <T extends NarNode>(node: T): T => {
    (open.at(-1) as NarEntry[]).push({ name, node });
    return node;
  };

  for (const event of narEvents([nar], limits)) {
    if (event.kind === "entry") {
      name = event.name;
    } else if (event.kind === "leave") {
      open.pop();
    } else if (event.kind === "symlink") {
      add({ kind: "symlink", target: event.target });
    } else if (event.kind === "contents") {
      (file as { contents: Uint8Array }).contents = event.bytes;
    } else if (event.kind === "regular") {
      file = add<Writable<NarRegular>>({
        kind: "regular",
        executable: event.executable,
        contents: nar.subarray(0, 0),
      });
    } else {
      const entries: NarEntry[] = [];
      add<NarDirectory>({ kind: "directory", entries });
      open.push(entries);
    }
  }
  return (root[0] as NarEntry).node;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
