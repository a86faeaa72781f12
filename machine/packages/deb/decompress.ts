import { spawn } from "node:child_process";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { hostTool } from "../host/hostTool.ts";
import { DebianFormatError } from "../packagesErrors.ts";
import type { DebContent } from "./decodeDeb.ts";

/**
 * Decompresses a package's archive.
 *
 * @param maxBytes beyond which it is refused.
 * @throws {DebianFormatError} when it is longer, or damaged.
 */
export async function decompress({ bytes, compression }: DebContent, maxBytes: number): Promise<Uint8Array> {
  switch (compression) {
    case "none":
      return bytes;
    case "gzip":
      return promisify(gunzip)(bytes, { maxOutputLength: maxBytes }).catch((error: Error) => {
        throw new DebianFormatError(error.message);
      });
    case "xz":
      return decompressXz(bytes, maxBytes);
    default:
      return compression satisfies never;
  }
}

async function decompressXz(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const child = spawn(await hostTool("xz", "xz-utils"), ["--decompress", "--stdout"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let complaint = "";
    child.stdout.on("data", (chunk: Uint8Array) => {
      length += chunk.length;
      if (length > maxBytes) {
        child.kill("SIGKILL");
        reject(new DebianFormatError(`the archive is longer than ${maxBytes} bytes`));
      } else {
        chunks.push(chunk);
      }
    });
    child.stderr.on("data", (chunk) => {
      complaint = (complaint + chunk).slice(-2_000);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) {
        resolve(Buffer.concat(chunks));
      } else {
        reject(new DebianFormatError(complaint.trim() || `xz exited with ${signal ?? code}`));
      }
    });
    child.stdin.on("error", () => undefined); // xz reports what is wrong
    child.stdin.end(bytes);
  });
}
