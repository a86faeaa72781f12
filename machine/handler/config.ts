import { readFileSync } from "node:fs";
import { type Address, isAddress } from "viem";

/** The configuration that the template holds for its handler: `/opt/cartenix/config.json`. */
export interface HandlerConfig {
  /** The destination of vouchers: the build registry, which has the same address on every chain. */
  readonly registry: Address;
}

/** @throws {Error} as {@link parseConfig}. */
export function readConfig(file: string): HandlerConfig {
  return parseConfig(readFileSync(file, "utf8"));
}

/**
 * Parses the configuration strictly: a template with a wrong one must not start.
 *
 * @throws {Error} when it is not a JSON object of exactly the known fields.
 */
export function parseConfig(text: string): HandlerConfig {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) {
    throw new Error("config: not a JSON object");
  }
  const { registry, ...others } = value as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new Error(`config: unknown field ${JSON.stringify(unknown.slice(0, 80))}`);
  }
  if (typeof registry !== "string" || !isAddress(registry)) {
    throw new Error("config: registry is not an address");
  }
  return { registry };
}
