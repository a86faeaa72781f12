import { posix } from "node:path";

const SPECIFIERS = [
  /\b(?:import|export)\b[^;"']*?\bfrom\s*["'](\.[^"']+)["']/g,
  /\bimport\s*["'](\.[^"']+)["']/g,
  /\bimport\(\s*["'](\.[^"']+)["']\s*\)/g,
];

/** The repository's files that a TypeScript file imports, statically or dynamically. */
export function importsOf(file: string, source: string): string[] {
  const specifiers = SPECIFIERS.flatMap((pattern) =>
    [...source.matchAll(pattern)].map(([, found]) => found!),
  );
  return [...new Set(specifiers.map((specifier) => posix.join(posix.dirname(file), specifier)))];
}
