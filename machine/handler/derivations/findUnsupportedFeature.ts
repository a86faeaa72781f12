import type { Derivation } from "../../../nix/index.ts";
import { MAX_OUTPUTS } from "../limits.ts";
import { type Attributes, parseAttributes, UnreadableAttributesError } from "./parseAttributes.ts";

/** What this machine can do for a build, as its `nix.conf` says to Nix. */
export const SYSTEM_FEATURES = ["benchmark", "big-parallel", "nixos-test"];

const MAX_LENGTH = 300;

/**
 * Finds out whether a derivation asks for something that this machine does otherwise than Nix elsewhere. The rest of what
 * it may ask for is left to Nix; docs/formats.md lists both.
 *
 * @returns what it asks for, in words that go on behind the derivation's name.
 */
export function findUnsupportedFeature(derivation: Derivation): string | undefined {
  const { outputs, builder } = derivation;
  if (outputs.length > MAX_OUTPUTS) {
    return `has ${outputs.length} outputs, more than ${MAX_OUTPUTS}`;
  }
  if (builder.startsWith("builtin:")) {
    return cut(`has the builder ${builder}, which is a part of Nix and no program`);
  }
  try {
    const unsupportedFeature = refusedAttribute(parseAttributes(derivation));
    return unsupportedFeature && cut(unsupportedFeature);
  } catch (error) {
    if (error instanceof UnreadableAttributesError) {
      return error.message;
    }
    throw error;
  }
}

function refusedAttribute(attributes: Attributes): string | undefined {
  if (attributes.flag("__noChroot")) {
    return "asks for __noChroot, but every build here is shut in";
  }
  if (attributes.words("__impureHostDeps").length > 0) {
    return "asks for __impureHostDeps, but no build here sees files of its host";
  }
  if (attributes.structured && attributes.has("exportReferencesGraph")) {
    return "asks for exportReferencesGraph in structured attributes, which tell how paths came into this store";
  }
  const features = attributes.words("requiredSystemFeatures");
  const lacking = features.filter((name) => !SYSTEM_FEATURES.includes(name));
  return lacking.length === 0
    ? undefined
    : `needs the system features ${lacking.join(", ")}, which this machine lacks`;
}

function cut(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
