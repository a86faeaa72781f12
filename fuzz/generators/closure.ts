import fc from "fast-check";
import {
  compareStorePaths,
  type ExportedPath,
  encodeNar,
  narHash,
  storePathForSource,
} from "../../nix/index.ts";
import { narNode, storePath, storePathName } from "./nixArbitraries.ts";

/** Sources that refer to one another, each to some of those before it. */
export const closure: fc.Arbitrary<ExportedPath[]> = fc
  .array(
    fc.record({
      name: storePathName.filter((name) => !name.endsWith(".drv")),
      node: narNode,
      picks: fc.array(fc.nat(), { maxLength: 3 }),
      deriver: fc.option(
        storePath.map((path) => `${path}.drv`),
        { nil: undefined },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((sources) => {
    const paths: ExportedPath[] = [];
    for (const { name, node, picks, deriver } of sources) {
      const nar = encodeNar(node);
      const picked =
        paths.length === 0 ? [] : picks.map((pick) => (paths[pick % paths.length] as ExportedPath).path);
      const references = [...new Set(picked)].sort(compareStorePaths);
      const path = storePathForSource({ name, narSha256: narHash(nar).sha256, references });
      if (paths.every((earlier) => earlier.path !== path)) {
        paths.push({ path, nar, references, deriver });
      }
    }
    return paths;
  });

/** Whether a stream's paths refer to one another only. */
export function isSelfContained(paths: readonly ExportedPath[] | undefined): boolean {
  const known = new Set(paths?.map(({ path }) => path));
  return (
    known.size > 0 && (paths ?? []).every(({ references }) => references.every((path) => known.has(path)))
  );
}
