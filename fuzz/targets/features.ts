import { findUnsupportedFeature } from "../../machine/handler/derivations/findUnsupportedFeature.ts";
import { Rejection } from "../../machine/handler/device/rejection.ts";
import { checkParser } from "../checkParser.ts";
import { utf8 } from "../generators/samples.ts";
import { shellPackage } from "../generators/shellPackage.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const { derivation } = shellPackage({ name: "asking", script: "echo > $out" });
const attributes = [
  { name: "asking", outputs: ["out"], requiredSystemFeatures: ["big-parallel"], __noChroot: false },
  { requiredSystemFeatures: ["kvm"] },
  { __noChroot: true, __impureHostDeps: ["/etc"], exportReferencesGraph: { graph: ["/nix/store"] } },
];

export default {
  description: "system features that a derivation requires, as words or structured attributes",
  seeds: () => [...attributes.map((json) => JSON.stringify(json)), "big-parallel benchmark", "kvm"].map(utf8),
  dictionary: ["requiredSystemFeatures", "__noChroot", "big-parallel", "builtin:fetchurl", " ", "\x1b"],
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) => checkParser({ parse: readFeatures, refuses: [Rejection] }, input),
} satisfies Target;

/** The input as `__json`, or as builder and features of a derivation that has none. */
function readFeatures(input: Uint8Array): void {
  const text = Buffer.from(input).toString();
  const asking = text.startsWith("{")
    ? { ...derivation, env: [["__json", text]] as const }
    : { ...derivation, builder: text, env: [["requiredSystemFeatures", text]] as const };
  const refusal = findUnsupportedFeature(asking);
  if (refusal !== undefined) {
    throw new Rejection(`build: it ${refusal}`);
  }
}
