import { readFileSync } from "node:fs";
import { parseDeployment } from "../../protocol/deployments/index.ts";
import { MalformedDeploymentError } from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const local = readFileSync(new URL("../../deploy/chains/31337.json", import.meta.url));

function disputable(): Buffer {
  const { claimer: _, epochLength: __, ...common } = JSON.parse(local.toString());
  const dispute = {
    stepVerifier: common.registry,
    maxInputs: 16,
    claimWindow: 10,
    challengeWindow: 20,
    clock: 100,
    bond: "1",
  };
  return Buffer.from(JSON.stringify({ ...common, dispute }));
}

export default {
  description: "deployments: the addresses of everything on a chain",
  seeds: () => [local, disputable()],
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) =>
    checkParser(
      {
        parse: (bytes) => parseDeployment(Buffer.from(bytes).toString()),
        refuses: [MalformedDeploymentError],
      },
      input,
    ),
} satisfies Target;
