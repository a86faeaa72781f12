import { fileURLToPath } from "node:url";

const fileOf = (name: string) => fileURLToPath(new URL(`../examples/${name}/default.nix`, import.meta.url));

/** The packages that the demo knows, by name: the Nix file of each. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  greet: fileOf("greet"),
  hello: fileOf("hello"),
  trivial: fileOf("trivial"),
};
