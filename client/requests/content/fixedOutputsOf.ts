import type { DerivationStore } from "../../../machine/evaluator/index.ts";
import { type Derivation, derivationType, type FixedOutput, parseStorePath } from "../../../nix/index.ts";

/** A fixed output of a closure: its content comes from outside. */
export interface DeclaredContent {
  readonly path: string;
  /** The derivation that declares it. */
  readonly drvPath: string;
  readonly name: string;
  readonly output: FixedOutput;
  /** Where the derivation would download the content from, when that is one file as it comes. */
  readonly urls: readonly string[];
}

/** The fixed outputs that the derivations of a closure declare, in its order. */
export async function fixedOutputsOf(
  store: DerivationStore,
  closure: readonly string[],
): Promise<DeclaredContent[]> {
  const found: DeclaredContent[] = [];
  for (const drvPath of closure.filter((path) => path.endsWith(".drv"))) {
    const derivation = await store.readDerivation(drvPath);
    const type = derivationType(derivation);
    if (type.kind === "fixed") {
      const { path } = derivation.outputs[0]!;
      const { name } = parseStorePath(path);
      found.push({ path, drvPath, name, output: type.output, urls: urlsOf(derivation) });
    }
  }
  return found;
}

/** `url` of Nix's own fetcher, `urls` of Nixpkgs's `fetchurl`. Mirrors and other protocols are left out. */
function urlsOf({ env }: Derivation): string[] {
  const variables = new Map(env);
  const texts = `${variables.get("url") ?? ""} ${variables.get("urls") ?? ""}`.split(/\s+/);
  return [...new Set(texts.filter((text) => /^https?:\/\//i.test(text) && URL.canParse(text)))];
}
