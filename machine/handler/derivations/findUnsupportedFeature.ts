import type { Derivation } from "../../../nix/index.ts";
import { MAX_OUTPUTS } from "../limits.ts";
import { type Attributes, MalformedAttributesError, parseAttributes } from "./parseAttributes.ts";

/** The `system-features` of this machine's `nix.conf`. */
export const SYSTEM_FEATURES = ["benchmark", "big-parallel", "nixos-test"];

const MAX_DESCRIPTION_LENGTH = 300;

/**
 * Looks for something a derivation asks for that would work differently here than in Nix elsewhere. Everything else it may
 * ask for is left to Nix; `docs/formats.md` lists both.
 *
 * @returns a description to follow the derivation's path; `undefined` when everything is supported.
 */
export function findUnsupportedFeature(derivation: Derivation): string | undefined {
  const { outputs, builder } = derivation;
  if (outputs.length > MAX_OUTPUTS) {
    return `has ${outputs.length} outputs, more than the limit of ${MAX_OUTPUTS}`;
  }
  if (builder.startsWith("builtin:")) {
    return truncate(`has the builder ${builder}, which runs inside Nix: use a program as the builder`);
  }
  try {
    const description = findUnsupportedAttribute(parseAttributes(derivation));
    return description && truncate(description);
  } catch (error) {
    if (error instanceof MalformedAttributesError) {
      return error.shortMessage;
    }
    throw error;
  }
}

function findUnsupportedAttribute(attributes: Attributes): string | undefined {
  if (attributes.flag("__noChroot")) {
    return "asks for __noChroot, but every build here runs in a sandbox";
  }
  if (attributes.words("__impureHostDeps").length > 0) {
    return "asks for __impureHostDeps, but no build here sees files of the host";
  }
  if (attributes.structured && attributes.has("exportReferencesGraph")) {
    return "asks for exportReferencesGraph in structured attributes, which reveals how paths came into the store: use the variable";
  }
  const features = attributes.words("requiredSystemFeatures");
  const missing = features.filter((name) => !SYSTEM_FEATURES.includes(name));
  return missing.length === 0
    ? undefined
    : `needs the system features ${missing.join(", ")}, but this machine has only ${SYSTEM_FEATURES.join(", ")}`;
}

function truncate(text: string): string {
  return text.length > MAX_DESCRIPTION_LENGTH ? `${text.slice(0, MAX_DESCRIPTION_LENGTH)}…` : text;
}
