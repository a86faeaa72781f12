/** A package that is published from this repository. */
export interface PackageDefinition {
  readonly name: string;
  readonly description: string;
  readonly keywords: readonly string[];
  /** What npm shows of the package: a page of this folder. */
  readonly readme: string;
  /** The module behind each entry point, as a path in the repository or among the generated modules. */
  readonly entryPoints: Readonly<Record<string, string>>;
  /** What else may be imported, as it lies in the package. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * Packages that some entry points import and that their users install. All others are bundled into the files that import them, so
   * that the package has no dependencies.
   */
  readonly optionalPeers: readonly string[];
}

/** Library and command. */
export const CARTENIX: PackageDefinition = {
  name: "cartenix",
  description:
    "Verify, fetch and request Nix builds whose hashes a contract keeps: the command and the library.",
  keywords: ["nix", "nar", "reproducible-builds", "binary-cache", "cartesi", "ethereum", "supply-chain"],
  readme: "cartenix.md",
  entryPoints: {
    ".": "scripts/packages/entryPoints/index.ts",
    "./nix": "scripts/packages/entryPoints/nix.ts",
    "./store": "client/store/index.ts",
    "./requests": "scripts/packages/entryPoints/requests.ts",
    "./substituter": "substituter/index.ts",
    "./schema": "indexer/ponder.schema.ts",
  },
  files: {},
  optionalPeers: ["hono", "ponder", "viem"],
};

/** The contracts, for other contracts and for programs. */
export const CONTRACTS: PackageDefinition = {
  name: "@cartenix/contracts",
  description: "Cartenix's contracts: Solidity, ABIs, addresses, and bindings for ethers.",
  keywords: ["nix", "reproducible-builds", "cartesi", "ethereum", "solidity", "supply-chain"],
  readme: "contracts.md",
  entryPoints: { ".": "index.ts", "./ethers": "types/ethers/index.ts" },
  files: { "./*.sol": "./*.sol" },
  optionalPeers: ["@openzeppelin/contracts", "ethers"],
};
