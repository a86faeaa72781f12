import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { formatJson, parseJson } from "../../machine/emulator/rpc/exactJson.ts";

describe("emulator: exact JSON", () => {
  it("keeps integers that a double would round", () => {
    assert.deepEqual(parseJson('{"pc":18446744073709551615,"x":[9007199254740993,-9007199254740993,1]}'), {
      pc: 18446744073709551615n,
      x: [9007199254740993n, -9007199254740993n, 1],
    });
    assert.equal(formatJson({ value: 18446744073709551615n }), '{"value":18446744073709551615}');
  });

  it("leaves fractions and digits inside strings alone", () => {
    assert.deepEqual(parseJson('[1.5,1e300,"18446744073709551615"]'), [1.5, 1e300, "18446744073709551615"]);
  });

  it("round-trips every 64-bit integer", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (value) => {
        assert.equal(BigInt(parseJson(formatJson(value)) as bigint | number), value);
      }),
    );
  });
});
