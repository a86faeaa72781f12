import { STATUSES } from "../../trust/index.ts";
import { formatTree } from "./formatTree.ts";
import { type LabelledPath, pathLabel } from "./pathLabel.ts";

export interface TreePath extends LabelledPath {
  readonly storePath: string;
  readonly references: readonly string[];
}

/** Paths with what they refer to: how many are trusted, the first that is not, and all of them as a tree. */
export function formatPaths(roots: readonly string[], paths: readonly TreePath[]): string {
  const lines = [`${paths.filter(({ status }) => status === "accepted").length} of ${paths.length} accepted`];
  const worst = STATUSES.flatMap((status) => paths.filter((path) => path.status === status))[0];
  if (worst !== undefined && worst.status !== "accepted") {
    lines.push(`first not accepted: ${worst.storePath}  ${pathLabel(worst)}`);
  }
  const nodes = paths.map((path) => ({ ...path, label: pathLabel(path) }));
  return [...lines, "", formatTree(roots, nodes)].join("\n");
}
