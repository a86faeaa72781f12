import { readFileSync } from "node:fs";
import { DeploymentError } from "../../deploy/deploymentError.ts";
import { parseRecord } from "../../deploy/record.ts";
import { checkParser } from "../checkParser.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const local = readFileSync(new URL("../../deploy/records/31337.json", import.meta.url));

export default {
  description: "deployment records, which say where everything is on a chain",
  seeds: () => [local],
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) =>
    checkParser(
      { parse: (bytes) => parseRecord(Buffer.from(bytes).toString()), refuses: [DeploymentError] },
      input,
    ),
} satisfies Target;
