import { setTimeout as sleep } from "node:timers/promises";
import { MAX_SILENT_SECONDS } from "../limits.ts";
import { Connection } from "./connection.ts";
import { handshake } from "./handshake.ts";
import { plain, readToEnd } from "./messages.ts";
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

/** How `BUILD_PATHS_WITH_RESULTS` builds. */
const BUILD_WHAT_IS_MISSING = 0;
const BUILD_AND_COMPARE = 2;

/** What `COLLECT_GARBAGE` does. */
const DELETE_THESE = 3;
const DELETE_TRIES = 10;
const DELETE_PAUSE_MS = 20;

const NAR_FRAME = 64 * 1024;

export const BUILT = 0;
export const NOT_DETERMINISTIC = 12;

/** How a build ended. */
export interface BuildResult {
  /** As Nix numbers it. */
  readonly status: number;
  /** Empty when it ended well. */
  readonly message: string;
}

/**
 * A conversation with a nix-daemon over its socket, in Nix's worker protocol. The daemon has to trust us (root does), since
 * it believes the references that we give. One operation at a time.
 */
export class NixSession {
  readonly #connection: Connection;

  /** @throws NixProtocolError when there is no daemon, or not one that we can use. */
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

  /** Every path that the store has. */
  async queryAllValidPaths(): Promise<string[]> {
    this.#connection.send(new WireWriter().number(QUERY_ALL_VALID_PATHS).parts());
    await this.#work();
    return this.#connection.receive((reader) => reader.texts());
  }

  async queryPathInfo(path: string): Promise<PathInfo | undefined> {
    this.#connection.send(new WireWriter().number(QUERY_PATH_INFO).text(path).parts());
    await this.#work();
    return this.#connection.receive((reader) => (reader.number() === 0 ? undefined : readPathInfo(reader)));
  }

  /** The NAR of a valid path, in pieces. @param narSize the length that `queryPathInfo` gives. */
  async *narFromPath(path: string, narSize: number): AsyncGenerator<Uint8Array, void, void> {
    this.#connection.send(new WireWriter().number(NAR_FROM_PATH).text(path).parts());
    await this.#work();
    for (let left = narSize; left > 0; ) {
      const piece = await this.#connection.take(left);
      left -= piece.length;
      yield piece;
    }
  }

  /**
   * Puts paths into the store, each after those that it refers to. Nix hashes each NAR again; references it believes.
   *
   * @throws NixRefusedError
   */
  async addPaths(paths: readonly AddedPath[]): Promise<void> {
    const send = (parts: readonly Uint8Array[]) => this.#connection.send(parts);
    send(new WireWriter().number(ADD_MULTIPLE_TO_STORE).number(false).number(true).parts());
    send(new WireWriter().number(paths.length).frame());
    for (const path of paths) {
      send(writePathInfo(path).frame());
      for (let start = 0; start < path.nar.length; start += NAR_FRAME) {
        send(new WireWriter().raw(path.nar.subarray(start, start + NAR_FRAME)).frame());
      }
    }
    send(new WireWriter().number(0).parts());
    await this.#work();
  }

  /** Builds those outputs of a derivation that are not there. A build that fails is a result, not an error. */
  build(drvPath: string): Promise<BuildResult> {
    return this.#build(drvPath, BUILD_WHAT_IS_MISSING);
  }

  /**
   * Builds a derivation whose outputs are all there once more, and compares. The first output that came out otherwise is
   * left beside the one of the store, as `<path>.check`; for it and those that would come behind it the status is
   * `NOT_DETERMINISTIC`.
   */
  async buildAgain(drvPath: string): Promise<BuildResult> {
    await this.#setOptions({ keepFailed: true, overrides: {} });
    return this.#build(drvPath, BUILD_AND_COMPARE);
  }

  /**
   * Deletes paths, with all that refer to them.
   *
   * @throws NixRefusedError when something else still needs one of them.
   */
  async deletePaths(paths: readonly string[]): Promise<void> {
    await this.#setOptions({ keepFailed: false, overrides: { "keep-derivations": "false" } });
    for (let tries = DELETE_TRIES; ; tries -= 1) {
      try {
        return await this.#delete(paths);
      } catch (error) {
        // the daemon of a session that was closed a moment ago may not have ended yet
        const isHeld = error instanceof NixRefusedError && error.message.includes("still alive");
        if (!isHeld || tries === 1) {
          throw error;
        }
        await sleep(DELETE_PAUSE_MS);
      }
    }
  }

  close(): void {
    this.#connection.close();
  }

  async #delete(paths: readonly string[]): Promise<void> {
    const request = new WireWriter().number(COLLECT_GARBAGE).number(DELETE_THESE).texts(paths).number(false);
    const noMatterHowMuch = Number.MAX_SAFE_INTEGER;
    this.#connection.send(request.number(noMatterHowMuch).number(0).number(0).number(0).parts());
    await this.#work();
    await this.#connection.receive((reader) => {
      reader.texts(); // what was deleted
      reader.number(); // bytes
      reader.skip();
    });
  }

  /** Sets this session's options: what this operation cannot leave out is as in `formatNixConfig`. */
  async #setOptions({ keepFailed, overrides }: SessionOptions): Promise<void> {
    const request = new WireWriter().number(SET_OPTIONS).number(keepFailed);
    request.number(false).number(false); // keep-going, fallback
    request.number(0).number(1).number(MAX_SILENT_SECONDS); // verbosity, max-jobs, max-silent-time
    request.number(0).number(1).number(0).number(0); // obsolete, lines of the log, obsolete
    request.number(1).number(false); // cores, substitute
    request.number(Object.keys(overrides).length);
    for (const [name, value] of Object.entries(overrides)) {
      request.text(name).text(value);
    }
    this.#connection.send(request.parts());
    await this.#work();
  }

  async #build(drvPath: string, mode: number): Promise<BuildResult> {
    this.#connection.send(
      new WireWriter().number(BUILD_PATHS_WITH_RESULTS).texts([drvPath]).number(mode).parts(),
    );
    await this.#work();
    const [result] = await this.#connection.receive((reader) => reader.list(() => readBuildResult(reader)));
    if (!result) {
      throw new NixProtocolError("a build without a result");
    }
    return result;
  }

  #work(): Promise<void> {
    return this.#connection.receive(readToEnd);
  }
}

interface SessionOptions {
  readonly keepFailed: boolean;
  readonly overrides: Readonly<Record<string, string>>;
}

function readBuildResult(reader: WireReader): BuildResult {
  reader.text(); // what was asked for
  return { status: reader.number(), message: plain(reader.text()) };
}
