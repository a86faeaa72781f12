import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** No prebuilt emulator exists for this operating system and processor. */
export class UnsupportedPlatformError extends CartenixError {
  readonly code: ErrorCode = "UNSUPPORTED_PLATFORM";

  constructor(platform: string) {
    super("No Cartesi Machine for this platform.", {
      details: `this is ${platform}; the emulator is published for linux-x64`,
      remedy: "Run Cartenix on an x86-64 Linux computer, virtual machine or container.",
    });
  }
}

/** The npm package that holds the emulator is not installed, or holds something else than expected. */
export class EmulatorMissingError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_MISSING";

  constructor(packageName: string, cause: unknown) {
    super("The Cartesi Machine is not installed.", {
      details: `cannot read the server of the optional npm package ${packageName}`,
      remedy: "Run `npm ci` without `--omit=optional` and without `--no-optional`.",
      cause,
    });
  }
}

/** The server process ended, or said nothing usable, before it listened on its port. */
export class EmulatorStartError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_START";

  constructor(reason: string, output: string) {
    super("The Cartesi Machine's server did not start.", {
      details: output ? `${reason}; it said: ${output}` : reason,
      remedy: startRemedy(reason, output),
    });
  }
}

function startRemedy(reason: string, output: string): string {
  if (/GLIBC|GLIBCXX|error while loading shared libraries/.test(output)) {
    return "The C libraries do not fit: delete the cached emulator libraries so that they are fetched again.";
  }
  if (/bind|address/i.test(output)) {
    return "Let this process listen on 127.0.0.1.";
  }
  if (/EACCES|Permission denied/i.test(reason + output)) {
    return "Put the cache (CARTENIX_CACHE) on a file system that is not mounted noexec.";
  }
  return "Start it once more; where it happens again, look for a lack of memory in the system's log.";
}

/** The server speaks another version of its protocol than this client. */
export class EmulatorVersionError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_VERSION";

  constructor(found: string, expected: string) {
    super("The Cartesi Machine's server has an unexpected version.", {
      details: `its protocol is ${found}, this client speaks ${expected}`,
      remedy: "Run `npm ci` to install the version that the lock file names.",
    });
  }
}

/** The server went away while it was needed: killed, crashed or out of memory. */
export class EmulatorGoneError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_GONE";

  constructor(method: string, fate: string, cause: unknown) {
    super("The Cartesi Machine's server is gone.", {
      details: `${method} got no answer; ${fate}`,
      remedy: "Start a new emulator and load the last snapshot; if it was killed, give it more memory.",
      cause,
    });
  }
}

/** The emulator was used after `shutdown`. */
export class EmulatorShutDownError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_SHUT_DOWN";

  constructor(method: string) {
    super("This emulator was shut down.", {
      details: `${method} came after shutdown, or had not ended before it`,
    });
  }
}

/** The server answered with something that its protocol does not allow. */
export class EmulatorProtocolError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_PROTOCOL";

  constructor(method: string, details: string) {
    super("The Cartesi Machine's server gave a malformed answer.", {
      details: `${method}: ${details}`,
      remedy: "Check that nothing else listens on its port, and that `npm ci` installed the pinned version.",
    });
  }
}

/** The server understood the request and refused it; `details` are its own words. */
export class EmulatorRequestError extends CartenixError {
  readonly code: ErrorCode = "EMULATOR_REQUEST";
  /** The code of the JSON-RPC error. */
  readonly rpcCode: number;
  readonly serverMessage: string;

  constructor(method: string, rpcCode: number, serverMessage: string) {
    super(`The Cartesi Machine refused ${method}.`, {
      details: serverMessage,
      remedy: requestRemedies.find(([pattern]) => pattern.test(serverMessage))?.[1],
    });
    this.rpcCode = rpcCode;
    this.serverMessage = serverMessage;
  }
}

const requestRemedies: [pattern: RegExp, remedy: string][] = [
  [
    /unable to lock backing file/,
    "Another machine uses this file: shut that down first, or give each its own.",
  ],
  [
    /cannot fork machines with shared/,
    "Only a machine without `shared: true` can fork: store it, and load the copy.",
  ],
  [/machine exists/, "One emulator holds one machine: start another emulator."],
  [/no machine/, "Create or load a machine first."],
  [/No space left/, "Make room on the disk of that folder."],
];

/** A stored machine cannot be loaded: absent, damaged, or stored by another version of the emulator. */
export class SnapshotError extends CartenixError {
  readonly code: ErrorCode = "SNAPSHOT";

  constructor(directory: string, details: string, cause?: unknown) {
    super("The stored machine cannot be loaded.", {
      details: `${directory}: ${details}`,
      remedy:
        "Delete the folder and make it again: the template by its build, a node's state from the chain.",
      cause,
    });
  }
}

/** A machine cannot be stored over another one. */
export class SnapshotExistsError extends CartenixError {
  readonly code: ErrorCode = "SNAPSHOT_EXISTS";

  constructor(directory: string) {
    super("There is something already where the machine should be stored.", {
      details: directory,
      remedy: "Delete it, or name another folder.",
    });
  }
}

/** The machine powered off: it can be read, but not run any further. */
export class MachineHaltedError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_HALTED";

  constructor(exitCode: number) {
    super("The machine has halted.", {
      details: `its exit code is ${exitCode}`,
      remedy: "Load a snapshot that was stored while the machine waited for an input.",
    });
  }
}

/** The machine is in no state to take an input or a query. */
export class MachineNotWaitingError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_NOT_WAITING";

  constructor(details: string) {
    super("The machine does not wait for an input.", {
      details,
      remedy: "Run it to its first accepted yield first; after a rejection or exception, go on with a fork.",
    });
  }
}

/** The input or query is longer than the machine's receive buffer. */
export class InputTooLongError extends CartenixError {
  readonly code: ErrorCode = "INPUT_TOO_LONG";

  constructor(length: number, limit: number) {
    super("The input does not fit the machine.", { details: `${length} bytes, of at most ${limit}` });
  }
}

/** The program inside the machine broke the yield protocol; every emulator sees the same, so it is a result of the input. */
export class GuestProtocolError extends CartenixError {
  readonly code: ErrorCode = "GUEST_PROTOCOL";

  constructor(details: string) {
    super("The machine broke the rollup protocol.", { details });
  }
}
