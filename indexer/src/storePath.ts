const HASH_PART = { start: "/nix/store/".length, end: "/nix/store/".length + 32 };

export interface StorePathParts {
  hashPart: string;
  name: string;
  packageName: string;
  version: string | null;
}

/** The parts of `/nix/store/<32 characters>-<name>`, split as Nix's `builtins.parseDrvName` splits names. */
export function partsOf(storePath: string): StorePathParts {
  const name = storePath.slice(HASH_PART.end + 1);
  const dash = name.search(/-[^a-zA-Z]/);
  return {
    hashPart: storePath.slice(HASH_PART.start, HASH_PART.end),
    name,
    packageName: dash === -1 ? name : name.slice(0, dash),
    version: dash === -1 ? null : name.slice(dash + 1),
  };
}
