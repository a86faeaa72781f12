import { readFileSync } from "node:fs";
import { MalformedDeploymentError, parseDeployment } from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const local = readFileSync(new URL("../../deploy/chains/31337.json", import.meta.url));

export default {
  description: "deployments: the addresses of everything on a chain",
  seeds: () => [local],
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
