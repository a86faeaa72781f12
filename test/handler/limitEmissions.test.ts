import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { limitEmissions } from "../../machine/handler/device/limitEmissions.ts";
import { Rejection } from "../../machine/handler/device/rejection.ts";
import type { RollupDevice } from "../../machine/handler/device/rollupDevice.ts";
import { MAX_EMITTED_OUTPUT_BYTES, MAX_EMITTED_REPORT_BYTES } from "../../machine/handler/limits.ts";
import { REGISTRY } from "./support/recordingDevice.ts";

const MEBIBYTE = new Uint8Array(1024 * 1024);
const MEBIBYTE_HEX = `0x${"00".repeat(MEBIBYTE.length)}` as const;

describe("what one request emits", () => {
  it("is limited: vouchers and notices together", () => {
    const { device, count } = countingDevice();
    const limited = limitEmissions(device);
    const half = MAX_EMITTED_OUTPUT_BYTES / MEBIBYTE.length / 2;
    for (let i = 0; i < half; i++) {
      limited.emitNotice(MEBIBYTE);
      limited.emitVoucher({ destination: REGISTRY, payload: MEBIBYTE_HEX });
    }
    const message = /^the vouchers and notices of the request have more than 33554432 bytes: /;
    assert.throws(
      () => limited.emitNotice(MEBIBYTE.subarray(0, 1)),
      (error) => error instanceof Rejection && message.test(error.shortMessage),
    );
    assert.throws(() => limited.emitVoucher({ destination: REGISTRY, payload: "0x00" }), Rejection);
    assert.equal(count(), 2 * half);
  });

  it("is limited: reports, whatever else was emitted", () => {
    const { device, count } = countingDevice();
    const limited = limitEmissions(device);
    limited.emitNotice(MEBIBYTE);
    const reports = MAX_EMITTED_REPORT_BYTES / MEBIBYTE.length;
    for (let i = 0; i < reports; i++) {
      limited.emitReport(MEBIBYTE);
    }
    assert.throws(
      () => limited.emitReport(MEBIBYTE),
      /the reports of the request have more than 402653184 bytes/,
    );
    assert.equal(count(), 1 + reports);
  });
});

/** A device that only counts what reaches it. */
function countingDevice(): { device: RollupDevice; count: () => number } {
  let emitted = 0;
  const emit = () => {
    emitted += 1;
  };
  const finish = () => {
    throw new Error("there is no further request");
  };
  return { device: { finish, emitVoucher: emit, emitNotice: emit, emitReport: emit }, count: () => emitted };
}
