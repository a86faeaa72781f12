import fc from "fast-check";
import { drvText, storePathName } from "../../../fuzz/generators/nixArbitraries.ts";
import {
  compareBytes,
  type Derivation,
  type DerivationHashLookup,
  outputPathsOf,
} from "../../../nix/index.ts";
import { bytes } from "./nodes.ts";

export interface NamedDerivation {
  readonly name: string;
  readonly derivation: Derivation;
}

type Change = (original: NamedDerivation) => NamedDerivation;

/** A known derivation with one thing changed, and in some cases its output paths recomputed. */
export function changedDerivation(
  known: readonly NamedDerivation[],
  lookup: DerivationHashLookup,
): fc.Arbitrary<NamedDerivation> {
  const anyKnown = fc.constantFrom(...known);
  const changes: fc.Arbitrary<Change> = fc.oneof(
    drvText.map((builder) => change(() => ({ builder }))),
    drvText.map((arg) => change(({ args }) => ({ args: [...args, arg] }))),
    drvText.map((value) => change(({ env }) => ({ env: sorted(new Map(env).set("xx", value)) }))),
    fc.nat().map((pick) => change(({ env }) => ({ env: env.toSpliced(pick % env.length, 1) }))),
    fc.nat().map((pick) => change(({ inputDrvs }) => ({ inputDrvs: without(inputDrvs, pick) }))),
    fc
      .nat()
      .map((pick) => change(({ outputs }) => ({ outputs: outputs.toSpliced(pick % outputs.length, 1) }))),
    anyKnown.map((other) => change(({ outputs }) => claim(outputs, other.derivation))),
    anyKnown.map((other) => change((original) => claimEverywhere(original, other.derivation))),
    fc.constantFrom("", "r:sha256", "sha256", "md5").map((hashAlgo) => change(withOutputs({ hashAlgo }))),
    fc.constantFrom("", "ab".repeat(32), "cd".repeat(16)).map((hash) => change(withOutputs({ hash }))),
    fc.constant(
      change(({ inputDrvs }) => ({ inputDrvs: inputDrvs.map((input) => ({ ...input, outputs: ["no"] })) })),
    ),
    storePathName
      .filter((name) => !name.endsWith(".drv"))
      .map(
        (name): Change =>
          ({ derivation }) => ({ name, derivation }),
      ),
  );
  return fc.tuple(anyKnown, changes, fc.boolean()).map(([original, apply, recompute]) => {
    const changed = apply(original);
    if (changed.derivation.outputs.length === 0) {
      return original;
    }
    return recompute ? (recomputed(changed, lookup) ?? changed) : changed;
  });
}

function change(partial: (derivation: Derivation) => Partial<Derivation>): Change {
  return ({ name, derivation }) => ({ name, derivation: { ...derivation, ...partial(derivation) } });
}

function recomputed(changed: NamedDerivation, lookup: DerivationHashLookup): NamedDerivation | undefined {
  try {
    const { name, derivation } = changed;
    const paths = outputPathsOf(name, derivation, lookup);
    const outputs = derivation.outputs.map((output) => ({
      ...output,
      path: paths.get(output.name) as string,
    }));
    const env = sorted(new Map([...derivation.env, ...paths]));
    return { name, derivation: { ...derivation, outputs, env } };
  } catch {
    return undefined;
  }
}

function withOutputs(fields: Partial<Derivation["outputs"][number]>) {
  return ({ outputs }: Derivation) => ({ outputs: outputs.map((output) => ({ ...output, ...fields })) });
}

function claim(outputs: Derivation["outputs"], other: Derivation): Partial<Derivation> {
  return { outputs: outputs.map((output) => ({ ...output, path: other.outputs[0]?.path as string })) };
}

function claimEverywhere({ outputs, env }: Derivation, other: Derivation): Partial<Derivation> {
  const path = other.outputs[0]?.path as string;
  const variables = new Map([...env, ...outputs.map(({ name }): [string, string] => [name, path])]);
  return { ...claim(outputs, other), env: sorted(variables) };
}

function sorted(variables: ReadonlyMap<string, string>): [string, string][] {
  return [...variables].sort(([a], [b]) => compareBytes(bytes(a), bytes(b)));
}

function without<T>(items: readonly T[], pick: number): T[] {
  return items.length === 0 ? [] : items.toSpliced(pick % items.length, 1);
}
