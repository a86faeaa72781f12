import { derivationType, parseStorePath } from "../../nix/index.ts";
import type { Evaluator } from "./openEvaluator.ts";

/** A fixed output whose content is one file. */
export interface FlatFixedOutput {
  readonly path: string;
  /** The derivation that declares it. */
  readonly drvPath: string;
  readonly name: string;
  /** The file's sha256, 64 hex digits. */
  readonly sha256: string;
}

/** The flat sha256 fixed outputs among the derivations of a closure, in its order. */
export async function flatFixedOutputsOf(
  evaluator: Evaluator,
  closure: readonly string[],
): Promise<FlatFixedOutput[]> {
  const found: FlatFixedOutput[] = [];
  for (const drvPath of closure.filter((path) => path.endsWith(".drv"))) {
    const derivation = await evaluator.readDerivation(drvPath);
    const type = derivationType(derivation);
    if (type.kind !== "fixed" || type.output.mode !== "flat" || type.output.algorithm !== "sha256") {
      continue;
    }
    const { path } = derivation.outputs[0]!;
    const sha256 = Buffer.from(type.output.digest).toString("hex");
    found.push({ path, drvPath, name: parseStorePath(path).name, sha256 });
  }
  return found;
}
