import { GuestProtocolError } from "../emulatorErrors.ts";

/** What one request may send. A machine that sends more has failed, so that it cannot fill our memory. */
export const COLLECTED_LIMITS = {
  outputs: { count: 16_384, bytes: 64 * 1024 * 1024 },
  reports: { count: 65_536, bytes: 512 * 1024 * 1024 },
} as const;

export interface Collector {
  readonly outputs: Uint8Array[];
  readonly reports: Uint8Array[];
  addOutput(data: Uint8Array): void;
  addReport(data: Uint8Array): void;
}

/**
 * Collects the outputs and reports of one request within {@link COLLECTED_LIMITS}. Its methods throw a
 * {@link GuestProtocolError} beyond them.
 */
export function createCollector(): Collector {
  const outputs: Uint8Array[] = [];
  const reports: Uint8Array[] = [];
  return {
    outputs,
    reports,
    addOutput: boundedPush(outputs, "outputs"),
    addReport: boundedPush(reports, "reports"),
  };
}

function boundedPush(list: Uint8Array[], kind: keyof typeof COLLECTED_LIMITS): (data: Uint8Array) => void {
  const limit = COLLECTED_LIMITS[kind];
  let bytes = 0;
  return (data) => {
    bytes += data.length;
    if (list.length === limit.count || bytes > limit.bytes) {
      throw new GuestProtocolError(
        `it sent more than ${limit.count} ${kind} or ${limit.bytes} bytes of them`,
      );
    }
    list.push(data);
  };
}
