/** A package's dependencies: of each entry, any one alternative must be installed. */
export type Relations = readonly (readonly string[])[];

/**
 * Parses a Depends, Pre-Depends or Provides field into package names.
 *
 * Version limits, architecture qualifiers (`:any`) and restrictions are dropped: within one release, the newest
 * version of every package satisfies them.
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
