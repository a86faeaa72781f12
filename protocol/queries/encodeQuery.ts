import { toBaseName } from "./baseName.ts";
import type { Query } from "./query.ts";

/**
 * A query's bytes: ASCII text. `missing` and then a store path a line; `nar/<base name>`, `log/<base name>`,
 * `build/<base name>`, where the base name is the store path without `/nix/store/`; or `stats`.
 *
 * @throws {MalformedQueryError} when a path is not a store path.
 */
export function encodeQuery(query: Query): Uint8Array {
  return new TextEncoder().encode(formatQuery(query));
}

function formatQuery(query: Query): string {
  switch (query.kind) {
    case "missing":
      return ["missing", ...query.paths].join("\n");
    case "nar":
      return `nar/${toBaseName(query.path)}`;
    case "log":
    case "build":
      return `${query.kind}/${toBaseName(query.drvPath)}`;
    case "stats":
      return "stats";
    default:
      return query satisfies never;
  }
}
