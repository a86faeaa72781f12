/**
 * The rooms from the ground up: a room imports only from rooms in earlier rows, so no two rooms of a row import each other.
 * Files at the top of the repository and tests may import from everywhere.
 */
export const LAYERS = [
  ["support"],
  ["nix", "abi"],
  ["protocol", "trust", "client/store", "client/fees"],
  ["protocol/deployments"],
  ["machine/packages"],
  ["machine/toolbox", "machine/emulator"],
  ["machine/evaluator", "machine/dispute"],
  ["machine/handler"],
  ["machine/image"],
  ["machine/node"],
  ["client"],
  ["deploy", "substituter"],
  ["indexer"],
  ["cli"],
  ["demo", "fuzz"],
  ["bench"],
  ["scripts", "examples", "contracts"],
] as const satisfies readonly (readonly string[])[];

export type Room = (typeof LAYERS)[number][number];

/** Rooms whose own folders must not form import cycles. */
export const ACYCLIC_ROOMS: readonly Room[] = [
  "machine/handler",
  "machine/node",
  "machine/packages",
  "machine/image",
  "protocol",
];

/** An import that breaks a rule on purpose. */
export interface Exception {
  /** The importing file, or the folder that it is in. */
  readonly from: string;
  /** The imported file, or the folder that it is in. */
  readonly to: string;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    from: "cli/pinnedTemplate.ts",
    to: "machine/image/template.json",
    reason: "is data, which the published command has inside; the room makes templates, which it cannot",
  },
  {
    from: "protocol/deployments",
    to: "protocol/json/shape.ts",
    reason:
      "checks another format's fields; an export from protocol/'s index would change the template, as below",
  },
  {
    from: "indexer/src/api/node",
    to: "client/node/nodeShapes.ts",
    reason: "asks the same nodes; an export from the index would bring zod into the published types",
  },
  {
    from: "fuzz/targets",
    to: "machine/handler",
    reason: "attacks parsers that only the program in the machine uses, so its index does not export them",
  },
  {
    from: "fuzz/targets",
    to: "machine/node",
    reason: "attacks the JSON-RPC server, which only the node's start uses",
  },
  {
    from: "fuzz/targets",
    to: "client",
    reason: "attacks the parser of a node's responses, which only the client's own functions use",
  },
  {
    from: "client/store",
    to: "nix/nar/narTokens.ts",
    reason:
      "writes NARs of files; an export from nix/'s index would change the handler's bundle, and so the template",
  },
  {
    from: "scripts/packages/entryPoints",
    to: "client",
    reason: "browsers must not load what needs Node, which the index exports, too",
  },
  {
    from: "scripts/packages/entryPoints",
    to: "substituter/narInfo",
    reason: "the format is one of Nix's, but must not be part of what the machine's program is made from",
  },
  {
    from: "scripts/packages",
    to: "abi/typechain",
    reason: "stages the bindings that only the package has; the index must not need Hardhat",
  },
  {
    from: "client/store",
    to: "nix/storePath/storePathForText.ts",
    reason: "computes paths of texts too long for memory; an export would change the template, as above",
  },
  {
    from: "bench",
    to: "test",
    reason: "measures contracts and a node on the same local chains as the tests",
  },
];
