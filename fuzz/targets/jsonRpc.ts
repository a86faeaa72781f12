import assert from "node:assert/strict";
import type { ApplicationInfo } from "../../machine/node/model/applicationInfo.ts";
import { answerJsonRpc } from "../../machine/node/server/jsonRpc.ts";
import { createMethods } from "../../machine/node/server/methods.ts";
import { recordApplication } from "../../machine/node/store/applicationTable.ts";
import { openStore } from "../../machine/node/store/openStore.ts";
import { utf8 } from "../generators/samples.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const hash = `0x${"ab".repeat(32)}` as const;
const address = `0x${"12".repeat(20)}` as const;
const application: ApplicationInfo = {
  chainId: 31_337n,
  genesisHash: hash,
  address,
  consensus: address,
  consensusType: "AUTHORITY",
  inputBox: address,
  dataAvailability: "0xb12c9ede",
  templateHash: hash,
  epochLength: 10n,
  firstBlock: 1n,
};
const store = openStore(":memory:");
recordApplication(store, application);
const methods = createMethods({ store, application, version: "1.0.0" });

const params = [
  {},
  { application: "cartenix", limit: 2, offset: 1, descending: true },
  { application: address, epoch_index: "0x1", input_index: "0x0", output_index: "0x2", report_index: "0x0" },
  { application: "cartenix", status: "OPEN", sender: address, output_type: "0x237a816f" },
  ["cartenix", null, null, 1, 0, false],
];
const calls = [...methods.keys()].map((method, id) => ({
  jsonrpc: "2.0",
  id,
  method,
  params: params[id % params.length],
}));

export default {
  description: "calls of the node's JSON-RPC, from anyone who can reach its port",
  seeds: () => [...calls, calls.slice(0, 3)].map((call) => utf8(JSON.stringify(call))),
  dictionary: [...methods.keys()],
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) => {
    const body = Buffer.from(input).toString();
    const answer = () =>
      JSON.stringify(
        answerJsonRpc(methods, body, (method, error) => {
          throw new Error(`${method} failed internally`, { cause: error });
        }),
      );
    const first = answer();
    assert.equal(answer(), first, "the second answer differs");
    return first === undefined || !/"error":/.test(first) ? "accepted" : "refused";
  },
} satisfies Target;
