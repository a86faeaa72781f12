import { narEvents } from "./narEvents.ts";
import { DEFAULT_NAR_LIMITS, type NarLimits } from "./narLimits.ts";
import type { NarEntry, NarNode } from "./narTree.ts";

/**
 * Decodes a NAR into a tree. Contents, names and targets are views into `nar`.
 *
 * @throws {NarFormatError} naming the rule and the byte.
 * @throws {NarLimitError} when it exceeds a limit.
 */
export function decodeNar(nar: Uint8Array, limits: NarLimits = DEFAULT_NAR_LIMITS): NarNode {
  const root: NarEntry[] = [];
  const open: NarEntry[][] = [root];
  let name = nar.subarray(0, 0);
  let file: { contents: Uint8Array } | undefined;

  const add = (node: NarNode) => open.at(-1)?.push({ name, node });

  for (const event of narEvents([nar], limits)) {
    switch (event.kind) {
      case "entry":
        name = event.name;
        break;
      case "leave":
        open.pop();
        break;
      case "symlink":
        add({ kind: "symlink", target: event.target });
        break;
      case "regular": {
        const regular = {
          kind: "regular",
          executable: event.executable,
          contents: nar.subarray(0, 0),
        } as const;
        file = regular;
        add(regular);
        break;
      }
      case "contents":
        (file as { contents: Uint8Array }).contents = event.bytes;
        break;
      case "directory": {
        const entries: NarEntry[] = [];
        add({ kind: "directory", entries });
        open.push(entries);
        break;
      }
      default:
        event satisfies never;
    }
  }
  return (root[0] as NarEntry).node;
}
