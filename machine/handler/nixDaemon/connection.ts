import { connect, type Socket } from "node:net";
import { NixProtocolError } from "./nixDaemonErrors.ts";
import { incomplete, WireReader } from "./wireReader.ts";

const NOTHING = Buffer.alloc(0);
const READ_BYTES = 256 * 1024;

/** Bytes to and from the daemon's socket, with what came but was not read yet kept in between. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer = NOTHING;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  static open(socketPath: string): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(socketPath, () => resolve(connection));
      connection.#wake = () => reject(connection.#failure);
    });
  }

  private constructor(socketPath: string, connected: () => void) {
    // Node's streams would take 200,000 cycles of the machine for each time that something comes.
    const onread = {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (length: number, buffer: Uint8Array) => this.#arrived(buffer.subarray(0, length)),
    };
    this.#socket = connect({ path: socketPath, onread }, connected);
    this.#socket.on("error", (error) => this.#fail(new NixProtocolError(`Nix's daemon: ${error.message}`)));
    this.#socket.on("close", () => this.#fail(new NixProtocolError("Nix's daemon ended the connection")));
  }

  send(parts: readonly Uint8Array[]): void {
    this.#socket.cork();
    for (const part of parts) {
      this.#socket.write(part);
    }
    this.#socket.uncork();
  }

  /** Reads one value, waiting until all of it came: until then `read` starts again behind its last commit. */
  async receive<T>(read: (reader: WireReader) => T): Promise<T> {
    for (;;) {
      const reader = new WireReader(this.#received);
      try {
        const value = read(reader);
        reader.commit();
        return value;
      } catch (error) {
        if (error !== incomplete) {
          throw error;
        }
      } finally {
        this.#received = this.#received.subarray(reader.committed);
      }
      await this.#more();
    }
  }

  /** Takes between 1 and `length` bytes as they come. */
  async take(length: number): Promise<Uint8Array> {
    while (this.#received.length === 0) {
      await this.#more();
    }
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(bytes.length);
    return bytes;
  }

  close(): void {
    this.#socket.destroy();
  }

  #arrived(bytes: Uint8Array): boolean {
    this.#received = Buffer.concat([this.#received, bytes]);
    this.#wake();
    return true;
  }

  #more(): Promise<void> {
    if (this.#failure) {
      return Promise.reject(this.#failure);
    }
    return new Promise((resolve, reject) => {
      this.#wake = () => (this.#failure ? reject(this.#failure) : resolve());
    });
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#wake();
  }
}
