import type { AdvanceRequest, RollupDevice, Voucher } from "../../../machine/handler/device/rollupDevice.ts";
import { decodeRecord, decodeReport, type Report } from "../../../protocol/index.ts";

/** A device that records what is emitted. */
export class RecordingDevice implements RollupDevice {
  readonly vouchers: Voucher[] = [];
  readonly notices: Uint8Array[] = [];
  readonly reports: Uint8Array[] = [];

  finish(): never {
    throw new Error("there is no further request");
  }

  emitVoucher(voucher: Voucher): void {
    this.vouchers.push(voucher);
  }

  emitNotice(payload: Uint8Array): void {
    this.notices.push(payload);
  }

  emitReport(payload: Uint8Array): void {
    this.reports.push(payload);
  }

  /** The outputs that the vouchers record in the registry. */
  get records() {
    return this.vouchers.flatMap(({ payload }) => decodeRecord(payload)?.outputs ?? []);
  }

  get statements() {
    return this.notices.map((notice) => JSON.parse(Buffer.from(notice).toString()));
  }

  get decodedReports(): Report[] {
    return this.reports.map(decodeReport);
  }

  /** The reason for a rejection. */
  get reason(): string | undefined {
    const [error] = this.decodedReports.filter((report) => report.kind === "error");
    return error?.message;
  }

  get log(): string {
    return this.decodedReports.map((report) => (report.kind === "log" ? report.text : "")).join("");
  }
}

export const REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
export const APPLICATION = "0x1111111111111111111111111111111111111111";
export const SENDER = "0x2222222222222222222222222222222222222222";

export function inputWith(payload: Uint8Array, fields: Partial<AdvanceRequest> = {}): AdvanceRequest {
  return {
    type: "advance",
    chainId: 31_337n,
    appContract: APPLICATION,
    msgSender: SENDER,
    blockNumber: 100n,
    blockTimestamp: 1_700_000_000n,
    index: 0n,
    payload,
    ...fields,
  };
}
