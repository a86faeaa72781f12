import { MalformedStatementError, readStatement } from "../../client/index.ts";
import { statementOf } from "../../machine/handler/outputs/statement.ts";
import { shellPackage } from "../../test/handler/support/packages.ts";
import { checkParser } from "../checkParser.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const { derivation, drvPath, out } = shellPackage({ name: "stated", script: "echo > $out" });
const narHash = `0x${"ab".repeat(32)}` as const;
const statement = statementOf(
  {
    drvPath,
    derivation,
    outputs: [{ name: "out", path: out, narHash: narHash.slice(2), narSize: 120, references: [] }],
    inputs: [{ path: drvPath, narHash }],
    log: "built",
  } as never,
  {
    input: { appContract: `0x${"12".repeat(20)}`, blockTimestamp: 1n, chainId: 31_337n, index: 7n },
    bundle: "00".repeat(32),
    nixVersion: "2.26.3",
  },
);

export default {
  description: "the provenance statement in a notice, as a client reads it from some node",
  seeds: () => [statement],
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) => checkParser({ parse: readStatement, refuses: [MalformedStatementError] }, input),
} satisfies Target;
