import { Rollup, RollupError, type RollupRequest } from "@deroll/cmio";
import { MalformedInputError, type RollupDevice } from "./rollupDevice.ts";

/** Opens the machine's rollup device through libcmt; outside a machine libcmt's mock, which `CMT_INPUTS` drives. */
export function openCmioDevice(): RollupDevice {
  const rollup = new Rollup();
  const finish = (accept: boolean): RollupRequest => {
    try {
      return rollup.finish({ accept });
    } catch (error) {
      if (error instanceof RollupError && error.syscall.includes("read")) {
        throw new MalformedInputError("the input is not an EvmAdvance call", { cause: error });
      }
      throw error;
    }
  };
  return {
    finish,
    emitVoucher: (voucher) => void rollup.emitVoucher(voucher),
    emitNotice: (payload) => void rollup.emitNotice(payload),
    emitReport: (payload) => rollup.emitReport(payload),
  };
}
