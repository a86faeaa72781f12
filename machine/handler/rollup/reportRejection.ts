import { encodeReport } from "../../../protocol/index.ts";
import { CartenixError } from "../../../support/index.ts";
import { Rejection } from "../device/rejection.ts";
import type { RollupDevice } from "../device/rollupDevice.ts";
import { NixRefusedError } from "../nixDaemon/index.ts";

const MAX_MESSAGE_LENGTH = 2_000;

/** Reports in one line why a request is rejected. */
export function reportRejection(device: RollupDevice, error: unknown): void {
  const { shortMessage } = toRejection(error);
  device.emitReport(encodeReport({ kind: "error", message: shorten(shortMessage) }));
}

function toRejection(error: unknown): Rejection {
  if (error instanceof Rejection) {
    return error;
  }
  if (error instanceof NixRefusedError) {
    return new Rejection(`nix: ${error.shortMessage}`);
  }
  return new Rejection(
    `the handler failed: ${error instanceof CartenixError ? error.shortMessage : String(error)}`,
  );
}

/** Keeps both ends, since either may tell what is wrong; a path of any length may be between them. */
function shorten(message: string): string {
  if (message.length <= MAX_MESSAGE_LENGTH) {
    return message;
  }
  const half = MAX_MESSAGE_LENGTH / 2;
  return `${message.slice(0, half)} … ${message.slice(-half)}`.toWellFormed();
}
