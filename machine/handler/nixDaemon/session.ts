import { setTimeout as sleep } from "node:timers/promises";
import { MAX_SILENT_SECONDS } from "../limits.ts";
import { Connection } from "./connection.ts";
import { handshake } from "./handshake.ts";
import { readMessages, stripColors } from "./messages.ts";
import { NixProtocolError, NixRefusedError } from "./nixDaemonErrors.ts";
import { type AddedPath, type PathInfo, readPathInfo, writePathInfo } from "./pathInfo.ts";
import type { WireReader } from "./wireReader.ts";
import { WireWriter } from "./wireWriter.ts";

const SET_OPTIONS = 19;
const COLLECT_GARBAGE = 20;
const QUERY_ALL_VALID_PATHS = 23;
const QUERY_PATH_INFO = 26;
const NAR_FROM_PATH = 38;
const ADD_MULTIPLE_TO_STORE = 44;
const BUILD_PATHS_WITH_RESULTS = 46;

/** Modes of `BUILD_PATHS_WITH_RESULTS`. */
const BUILD_MODE_NORMAL = 0;
const BUILD_MODE_CHECK = 2;

/** The action of `COLLECT_GARBAGE` that deletes the given paths. */
const DELETE_SPECIFIC = 3;
const DELETE_TRIES = 10;
const DELETE_RETRY_MS = 20;

const NAR_FRAME_BYTES = 64 * 1024;

/** Statuses of a {@link BuildResult}, as Nix numbers them. */
export const BUILT = 0;
export const NOT_DETERMINISTIC = 12;

/** How a build ended. */
export interface BuildResult {
  /** In Nix's numbering; {@link BUILT} on success. */
  readonly status: number;
  /** Empty on success. */
  readonly message: string;
}

/**
 * A session with a nix-daemon over its socket, in Nix's worker protocol. The daemon must trust this process (it trusts
 * root), since it does not check references. One operation at a time.
 */
export class NixSession {
  readonly #connection: Connection;

  /** @throws {NixProtocolError} when there is no daemon, or one that is too old. */
  static async open(socketPath: string): Promise<NixSession> {
    const connection = await Connection.open(socketPath);
    try {
      await handshake(connection);
      return new NixSession(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** All paths in the store. */
  async queryAllValidPaths(): Promise<string[]> {
    this.#connection.send(new WireWriter().number(QUERY_ALL_VALID_PATHS).parts());
    await this.#waitForWork();
    return this.#connection.receive((reader) => reader.texts());
  }

  async queryPathInfo(path: string): Promise<PathInfo | undefined> {
    this.#connection.send(new WireWriter().number(QUERY_PATH_INFO).text(path).parts());
    await this.#waitForWork();
    return this.#connection.receive((reader) => (reader.number() === 0 ? undefined : readPathInfo(reader)));
  }

  /**
   * The NAR of a valid path, in pieces.
   *
   * @param narSize as `queryPathInfo` returns it.
   */
  async *narFromPath(path: string, narSize: number): AsyncGenerator<Uint8Array, void, void> {
    this.#connection.send(new WireWriter().number(NAR_FROM_PATH).text(path).parts());
    await this.#waitForWork();
    for (let left = narSize; left > 0; ) {
      const piece = await this.#connection.read(left);
      left -= piece.length;
      yield piece;
    }
  }

  /**
   * Adds paths to the store, each after those that it refers to. Nix checks the hash of each NAR, but no references.
   *
   * @throws {NixRefusedError} when a NAR is malformed or has another hash.
   */
  async addPaths(paths: readonly AddedPath[]): Promise<void> {
    const send = (parts: readonly Uint8Array[]) => this.#connection.send(parts);
    send(new WireWriter().number(ADD_MULTIPLE_TO_STORE).number(false).number(true).parts());
    send(new WireWriter().number(paths.length).frame());
    for (const path of paths) {
      send(writePathInfo(path).frame());
      for (let start = 0; start < path.nar.length; start += NAR_FRAME_BYTES) {
        send(new WireWriter().raw(path.nar.subarray(start, start + NAR_FRAME_BYTES)).frame());
      }
    }
    send(new WireWriter().number(0).parts());
    await this.#waitForWork();
  }

  /** Builds the missing outputs of a derivation. A failed build is a result, not an error. */
  build(drvPath: string): Promise<BuildResult> {
    return this.#build(drvPath, BUILD_MODE_NORMAL);
  }

  /**
   * Builds a derivation again whose outputs are all in the store, and compares. If an output differs, the status is
   * {@link NOT_DETERMINISTIC}, and the first one that does is left beside the original, as `<path>.check`.
   */
  async buildAgain(drvPath: string): Promise<BuildResult> {
    await this.#setOptions({ keepFailed: true, overrides: {} });
    return this.#build(drvPath, BUILD_MODE_CHECK);
  }

  /**
   * Deletes paths.
   *
   * @throws {NixRefusedError} when another path still needs one of them.
   */
  async deletePaths(paths: readonly string[]): Promise<void> {
    await this.#setOptions({ keepFailed: false, overrides: { "keep-derivations": "false" } });
    for (let tries = DELETE_TRIES; ; tries -= 1) {
      try {
        return await this.#delete(paths);
      } catch (error) {
        // the daemon's process of a session closed just before may still hold them
        const isHeld = error instanceof NixRefusedError && error.message.includes("still alive");
        if (!isHeld || tries === 1) {
          throw error;
        }
        await sleep(DELETE_RETRY_MS);
      }
    }
  }

  close(): void {
    this.#connection.close();
  }

  async #delete(paths: readonly string[]): Promise<void> {
    const request = new WireWriter()
      .number(COLLECT_GARBAGE)
      .number(DELETE_SPECIFIC)
      .texts(paths)
      .number(false);
    const unlimited = Number.MAX_SAFE_INTEGER;
    this.#connection.send(request.number(unlimited).number(0).number(0).number(0).parts());
    await this.#waitForWork();
    await this.#connection.receive((reader) => {
      reader.texts(); // deleted paths
      reader.number(); // freed bytes
      reader.skip();
    });
  }

  /** Sets the session's options. The operation has mandatory ones, which repeat `formatNixConfig`. */
  async #setOptions({ keepFailed, overrides }: SessionOptions): Promise<void> {
    const request = new WireWriter().number(SET_OPTIONS).number(keepFailed);
    request.number(false).number(false); // keep-going, fallback
    request.number(0).number(1).number(MAX_SILENT_SECONDS); // verbosity, max-jobs, max-silent-time
    request.number(0).number(1).number(0).number(0); // obsolete, log lines, obsolete
    request.number(1).number(false); // cores, substitute
    request.number(Object.keys(overrides).length);
    for (const [name, value] of Object.entries(overrides)) {
      request.text(name).text(value);
    }
    this.#connection.send(request.parts());
    await this.#waitForWork();
  }

  async #build(drvPath: string, mode: number): Promise<BuildResult> {
    this.#connection.send(
      new WireWriter().number(BUILD_PATHS_WITH_RESULTS).texts([drvPath]).number(mode).parts(),
    );
    await this.#waitForWork();
    const [result] = await this.#connection.receive((reader) => reader.list(() => readBuildResult(reader)));
    if (!result) {
      throw new NixProtocolError("nix-daemon returned no result of the build");
    }
    return result;
  }

  #waitForWork(): Promise<void> {
    return this.#connection.receive(readMessages);
  }
}

interface SessionOptions {
  readonly keepFailed: boolean;
  readonly overrides: Readonly<Record<string, string>>;
}

function readBuildResult(reader: WireReader): BuildResult {
  reader.text(); // the requested path
  return { status: reader.number(), message: stripColors(reader.text()) };
}
