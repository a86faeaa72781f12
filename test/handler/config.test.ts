import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseConfig } from "../../machine/handler/config.ts";
import { REGISTRY } from "./support/recordingDevice.ts";

describe("the handler's configuration", () => {
  it("is the registry's address and nothing else", () => {
    assert.deepEqual(parseConfig(JSON.stringify({ registry: REGISTRY })), { registry: REGISTRY });
    const wrong = ["", "{}", "null", "[]", '{"registry":1}', '{"registry":"0x12"}'];
    wrong.push(JSON.stringify({ registry: REGISTRY.replace("5F", "5f") }));
    wrong.push(JSON.stringify({ registry: REGISTRY, owner: REGISTRY }));
    for (const text of wrong) {
      assert.throws(() => parseConfig(text), text);
    }
  });
});
