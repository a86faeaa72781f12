import type { Derivation } from "../../../nix/index.ts";
import { MAX_OUTPUTS } from "../limits.ts";
import { Rejection } from "../rejection.ts";
import { attributesOf } from "./attributesOf.ts";

/** What this machine can do for a build, as its `nix.conf` says to Nix. */
export const SYSTEM_FEATURES = ["benchmark", "big-parallel", "nixos-test"];

/**
 * Checks that a derivation asks for nothing that this machine does otherwise than Nix elsewhere. What it may ask for is left
 * to Nix; docs/formats.md lists both.
 *
 * @throws Rejection naming what it asks for.
 */
export function checkFeatures(drvPath: string, derivation: Derivation): void {
  const refuse = (what: string): never => {
    throw new Rejection(`build: ${drvPath} ${what}`);
  };
  const { outputs, builder } = derivation;
  if (outputs.length > MAX_OUTPUTS) refuse(`has ${outputs.length} outputs, more than ${MAX_OUTPUTS}`);
  if (builder.startsWith("builtin:"))
    refuse(`has the builder ${builder}, which is a part of Nix and no program`);
  const attributes = attributesOf(drvPath, derivation);
  if (attributes.flag("__noChroot")) refuse("asks for __noChroot, but every build here is shut in");
  if (attributes.words("__impureHostDeps").length > 0)
    refuse("asks for __impureHostDeps, but no build here sees files of its host");
  if (attributes.structured && attributes.has("exportReferencesGraph"))
    refuse(
      "asks for exportReferencesGraph in structured attributes, which tell how paths came into this store",
    );
  const lacking = attributes
    .words("requiredSystemFeatures")
    .filter((name) => !SYSTEM_FEATURES.includes(name));
  if (lacking.length > 0) refuse(`needs the system features ${lacking.join(", ")}, which this machine lacks`);
}
