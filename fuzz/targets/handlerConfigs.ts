import { type HandlerConfig, parseConfig } from "../../machine/handler/config.ts";
import { checkParser } from "../checkParser.ts";
import { utf8 } from "../generators/samples.ts";
import { mutateJson } from "../mutations/json.ts";
import { Refusal } from "../refusal.ts";
import type { Target } from "../target.ts";

export default {
  description: "the handler's configuration in the template",
  seeds: () => [utf8(`${JSON.stringify({ registry: `0x${"12".repeat(20)}` })}\n`)],
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) => checkParser({ parse, refuses: [Refusal] }, input),
} satisfies Target;

function parse(input: Uint8Array): HandlerConfig {
  try {
    return parseConfig(Buffer.from(input).toString());
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new Refusal("not JSON");
    }
    if (error instanceof Error && error.message.startsWith("config: ")) {
      throw new Refusal(error.message);
    }
    throw error;
  }
}
