import { connect, type Socket } from "node:net";
import { NixProtocolError } from "./nixDaemonErrors.ts";
import { INCOMPLETE, WireReader } from "./wireReader.ts";

const NOTHING = Buffer.alloc(0);
const READ_BYTES = 256 * 1024;

/** A connection to the daemon's socket, with a buffer of received bytes that were not read yet. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer = NOTHING;
  #failure: Error | undefined;
  #notify: () => void = () => {};

  static open(socketPath: string): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(socketPath, () => resolve(connection));
      connection.#notify = () => reject(connection.#failure);
    });
  }

  private constructor(socketPath: string, connected: () => void) {
    // Node's streams would cost 200,000 cycles of the machine each time something arrives.
    const onread = {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (length: number, buffer: Uint8Array) => this.#append(buffer.subarray(0, length)),
    };
    this.#socket = connect({ path: socketPath, onread }, connected);
    this.#socket.on("error", (error) =>
      this.#fail(new NixProtocolError(`the connection to nix-daemon failed: ${error.message}`)),
    );
    this.#socket.on("close", () => this.#fail(new NixProtocolError("nix-daemon closed the connection")));
  }

  send(parts: readonly Uint8Array[]): void {
    this.#socket.cork();
    for (const part of parts) {
      this.#socket.write(part);
    }
    this.#socket.uncork();
  }

  /** Reads one value and waits until it is complete; until then `decode` starts again after its last commit. */
  async receive<T>(decode: (reader: WireReader) => T): Promise<T> {
    for (;;) {
      const reader = new WireReader(this.#received);
      try {
        const value = decode(reader);
        reader.commit();
        return value;
      } catch (error) {
        if (error !== INCOMPLETE) {
          throw error;
        }
      } finally {
        this.#received = this.#received.subarray(reader.committed);
      }
      await this.#waitForMore();
    }
  }

  /** Reads between 1 and `length` bytes, whatever arrives first. */
  async read(length: number): Promise<Uint8Array> {
    while (this.#received.length === 0) {
      await this.#waitForMore();
    }
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(bytes.length);
    return bytes;
  }

  close(): void {
    this.#socket.destroy();
  }

  #append(bytes: Uint8Array): boolean {
    this.#received = Buffer.concat([this.#received, bytes]);
    this.#notify();
    return true;
  }

  #waitForMore(): Promise<void> {
    if (this.#failure) {
      return Promise.reject(this.#failure);
    }
    return new Promise((resolve, reject) => {
      this.#notify = () => (this.#failure ? reject(this.#failure) : resolve());
    });
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#notify();
  }
}
