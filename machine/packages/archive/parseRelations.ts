/** What a package needs: every entry must hold, by any one of its alternatives. */
export type Relations = readonly (readonly string[])[];

/**
 * Reads a Depends, Pre-Depends or Provides field as package names.
 *
 * Version limits, architecture qualifiers (`:any`) and restrictions are dropped: within one release of one archive
 * the newest version of every package satisfies them.
 */
export function parseRelations(field: string | undefined): Relations {
  if (field === undefined) {
    return [];
  }
  return field
    .split(",")
    .map((entry) => entry.split("|").map(nameOf).filter(isName))
    .filter((alternatives) => alternatives.length > 0);
}

function nameOf(relation: string): string {
  return relation.trim().split(/[\s(:[<]/, 1)[0] ?? "";
}

function isName(name: string): boolean {
  return /^[a-z0-9][a-z0-9+.-]*$/.test(name);
}
