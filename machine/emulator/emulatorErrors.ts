import { CartenixError, type ErrorCode } from "../../support/index.ts";
import { NAMESPACES_REMEDY } from "../packages/index.ts";

/** The npm package that holds the emulator is not installed, or lacks the server. */
export class EmulatorMissingError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_MISSING";

  constructor(packageName: string, cause: unknown) {
    super("the Cartesi Machine is not installed", {
      details: `cannot read the server in the optional npm package ${packageName}`,
      remedy: "run `npm ci` without `--omit=optional` and without `--no-optional`",
      cause,
    });
  }
}

/** The server exited, or printed nothing usable, before it listened on its port. */
export class EmulatorStartError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_START";

  constructor(reason: string, output: string) {
    super("the Cartesi Machine's server did not start", {
      details: output ? `${reason}; its output: ${output}` : reason,
      remedy: startRemedy(reason, output),
    });
  }
}

function startRemedy(reason: string, output: string): string {
  if (/GLIBC|GLIBCXX|error while loading shared libraries/.test(output)) {
    return "the C libraries do not match: delete the cached emulator libraries so that they are downloaded again";
  }
  if (/EACCES|Permission denied/i.test(reason + output)) {
    return "put the cache (CARTENIX_CACHE) on a file system that is not mounted noexec";
  }
  return "try again; if it keeps failing, check the system's log for a lack of memory";
}

/** This host does not let us start the server in a network of its own. */
export class PrivateNetworkError extends CartenixError {
  readonly code: ErrorCode = "PRIVATE_NETWORK";

  constructor(details: string) {
    super("the Cartesi Machine cannot be kept from other programs", {
      details: `its server has no password, so it needs a network of its own (unshare --net): ${details}`,
      remedy: NAMESPACES_REMEDY,
      docs: "docs/operating.md#the-emulators-network",
    });
  }
}

/** The server's protocol has another version than this client's. */
export class EmulatorVersionError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_VERSION";

  constructor(found: string, expected: string) {
    super("the Cartesi Machine's server has an unexpected version", {
      details: `its protocol is ${found}, this client needs ${expected}`,
      remedy: "run `npm ci` to install the version in package-lock.json",
    });
  }
}

/** The server exited while it was in use: killed, crashed or out of memory. */
export class EmulatorGoneError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_GONE";

  constructor(method: string, fate: string, cause: unknown) {
    super("the Cartesi Machine's server is gone", {
      details: `${method} got no response; ${fate}`,
      remedy: "start a new emulator and load the last snapshot; if it was killed, give it more memory",
      cause,
    });
  }
}

/** The emulator was used after `shutdown`. */
export class EmulatorShutDownError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_SHUT_DOWN";

  constructor(method: string) {
    super("this emulator was shut down", {
      details: `${method} was called after shutdown, or was still running`,
      remedy: "start another emulator",
    });
  }
}

/** The server's response violates its protocol. */
export class EmulatorProtocolError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_PROTOCOL";

  constructor(method: string, details: string) {
    super("the Cartesi Machine's server sent a malformed response", {
      details: `${method}: ${details}`,
      remedy: "check that `npm ci` installed the pinned version",
    });
  }
}

/** The server understood the request and refused it; `details` is its message. */
export class EmulatorRequestError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_REQUEST";
  /** The code of the JSON-RPC error. */
  readonly rpcCode: number;
  readonly serverMessage: string;

  constructor(method: string, rpcCode: number, serverMessage: string) {
    super(`the Cartesi Machine refused ${method}`, {
      details: serverMessage,
      remedy: REQUEST_REMEDIES.find(([pattern]) => pattern.test(serverMessage))?.[1],
    });
    this.rpcCode = rpcCode;
    this.serverMessage = serverMessage;
  }
}

const REQUEST_REMEDIES: readonly [pattern: RegExp, remedy: string][] = [
  [
    /unable to lock backing file/,
    "another machine uses this file: shut that machine down, or give each a file of its own",
  ],
  [
    /cannot fork machines with shared/,
    "only a machine without `shared: true` can fork: store it, and load the copy",
  ],
  [/machine exists/, "an emulator holds one machine: start another emulator"],
  [/no machine/, "create or load a machine first"],
  [/No space left/, "free some space on that folder's disk"],
];

/** A stored machine cannot be loaded: absent, damaged, or stored by another version of the emulator. */
export class SnapshotError extends CartenixError {
  readonly code: ErrorCode = "SNAPSHOT";

  constructor(directory: string, details: string, cause?: unknown) {
    super("the stored machine cannot be loaded", {
      details: `${directory}: ${details}`,
      remedy:
        "delete the folder and make it again: `npm run template` makes a template, a node restores its state from the chain",
      cause,
    });
  }
}

/** The folder in which a machine should be stored exists already. */
export class SnapshotExistsError extends CartenixError {
  readonly code: ErrorCode = "SNAPSHOT_EXISTS";

  constructor(directory: string) {
    super("the folder in which to store the machine exists already", {
      details: directory,
      remedy: "delete it, or choose another folder",
    });
  }
}

/** The machine powered off: it can be read, but no longer run. */
export class MachineHaltedError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_HALTED";

  constructor(exitCode: number) {
    super("the machine has halted", {
      details: `its exit code is ${exitCode}`,
      remedy: "load a snapshot that was stored while the machine waited for an input",
    });
  }
}

/** The machine is not waiting for an input or a query. */
export class MachineNotWaitingError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_NOT_WAITING";

  constructor(details: string) {
    super("the machine is not waiting for an input", {
      details,
      remedy:
        "run it to its first accepting yield; after a rejection or an exception, continue with a fork from before",
    });
  }
}

/** The input or query is longer than the machine's receive buffer. */
export class InputTooLongError extends CartenixError {
  readonly code: ErrorCode = "INPUT_TOO_LONG";

  constructor(length: number, limit: number) {
    super("the input is too long for the machine", {
      details: `${length} bytes, the limit is ${limit}`,
      remedy: "split it into several inputs",
    });
  }
}

/** The machine accepted an input with outputs that were not all collected: the input counts, but nobody can prove its outputs. */
export class OutputsNotCollectedError extends CartenixError {
  readonly code: ErrorCode = "OUTPUTS_NOT_COLLECTED";

  constructor(dropped: number, limits: { count: number; bytes: number }) {
    super("the machine accepted an input whose outputs are more than can be collected", {
      details: `${dropped} outputs are missing; the limits are ${limits.count} outputs and ${limits.bytes} bytes for one input`,
      remedy:
        "the template's program must keep within these limits: report this, with the template hash and the input",
    });
  }
}
