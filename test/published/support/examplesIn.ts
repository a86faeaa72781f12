import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Example {
  /** Where it stands: a page or a declaration, and which one of its examples it is. */
  readonly place: string;
  readonly code: string;
}

const BLOCK = /^```ts\n([\s\S]*?)^```$/gm;
const DOCSTRING = /\/\*\*[\s\S]*?\*\//g;
const HAS_IMPORT = /^\s*\* import /m;
const TAGGED = /@example\n([\s\S]*?)(?=\n\s*\* @|\*\/)/g;

/** The TypeScript examples of a page. */
export function examplesInPage(root: string, page: string): Example[] {
  const blocks = readFileSync(join(root, page), "utf8").matchAll(BLOCK);
  return [...blocks].map(([, code], index) => ({ place: `${page}, example ${index + 1}`, code: code! }));
}

/**
 * The examples in the docstrings of a folder's declarations that import nothing: an editor shows them beside what is imported already.
 * Those that import something ask a chain, and are run with one in `test/client/`.
 *
 * @param entryPoints the names that each entry point exports.
 */
export function examplesInDeclarations(
  folder: string,
  entryPoints: ReadonlyMap<string, readonly string[]>,
): Example[] {
  const imports = (code: string) =>
    [...entryPoints].map(([entryPoint, names]) => {
      const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
      return `import { ${used.join(", ")} } from "${entryPoint}";\n`;
    });
  return globSync("**/*.d.ts", { cwd: folder })
    .toSorted()
    .flatMap((file) => {
      const docstrings = readFileSync(join(folder, file), "utf8").match(DOCSTRING) ?? [];
      const examples = docstrings
        .flatMap((text) => [...text.matchAll(TAGGED)].map(([, code]) => code!))
        .filter((example) => !HAS_IMPORT.test(example));
      return examples.map((starred, index) => {
        const code = starred.replaceAll(/^\s*\* ?/gm, "");
        return { place: `${file}, example ${index + 1}`, code: `${imports(code).join("")}${code}` };
      });
    });
}

const CLAIM = /^([^/\s].*); \/\/ ("[^"…]*"|\d+|true|false)$/gm;

/** Whether the reader has to put something of his own where the example says `…`. */
export function isComplete({ code }: Example): boolean {
  return !/"[^"\n]*…[^"\n]*"/.test(code.replaceAll(/\/\/.*$/gm, ""));
}

/** The example as a program that compares each `expression; // value` with the value. */
export function programOf({ place, code }: Example): string {
  return `import { deepEqual } from "node:assert/strict";
declare const signal: AbortSignal;
${code.replaceAll(CLAIM, (_, expression: string, value: string) => `deepEqual(${expression}, ${value}, ${JSON.stringify(place)});`)}
export {};
`;
}
