import { MAX_EMITTED_OUTPUT_BYTES, MAX_EMITTED_REPORT_BYTES } from "../limits.ts";
import { Rejection } from "./rejection.ts";
import type { RollupDevice } from "./rollupDevice.ts";

/**
 * The device for one request, which throws a {@link Rejection} before more is emitted than a node collects: the chain would
 * accept an input whose outputs no node has.
 */
export function limitEmissions(device: RollupDevice): RollupDevice {
  const countOutput = counter("vouchers and notices", MAX_EMITTED_OUTPUT_BYTES);
  const countReport = counter("reports", MAX_EMITTED_REPORT_BYTES);
  return {
    finish: (accept) => device.finish(accept),
    emitVoucher(voucher) {
      countOutput((voucher.payload.length - "0x".length) / 2);
      device.emitVoucher(voucher);
    },
    emitNotice(payload) {
      countOutput(payload.length);
      device.emitNotice(payload);
    },
    emitReport(payload) {
      countReport(payload.length);
      device.emitReport(payload);
    },
  };
}

function counter(what: string, limit: number): (bytes: number) => void {
  let total = 0;
  return (bytes) => {
    total += bytes;
    if (total > limit) {
      throw new Rejection(`the ${what} of the request have more than ${limit} bytes: ask for less at a time`);
    }
  };
}
