import { type Address, type Hex, isAddress, isAddressEqual } from "viem";
import { CODES, JsonRpcError } from "./jsonRpc.ts";

/** The name of the node's only application; callers may use its address instead. */
export const APPLICATION_NAME = "cartenix";

export const DEFAULT_LIMIT = 50n;
const MAX_LIMIT = 10_000n;
const MAX_INDEX = 2n ** 63n - 1n;

/** The parameters of one call, by name or by position. */
export class Params {
  readonly #values: Record<string, unknown>;

  constructor(params: unknown, positions: readonly string[]) {
    if (params === undefined || params === null) {
      this.#values = {};
    } else if (Array.isArray(params)) {
      if (params.length > positions.length) {
        throw invalid("Invalid parameters");
      }
      this.#values = Object.fromEntries(params.map((value, position) => [positions[position], value]));
    } else if (typeof params === "object") {
      this.#values = { ...params };
    } else {
      throw invalid("Invalid parameters");
    }
  }

  /**
   * Checks that the call names our application.
   *
   * @throws {JsonRpcError} when it names another one.
   */
  application(ours: Address): void {
    const given = this.#values.application;
    if (typeof given !== "string") {
      throw invalid("Invalid application identifier");
    }
    if (given === APPLICATION_NAME) {
      return;
    }
    if (isAddress(given, { strict: false }) && isAddressEqual(given, ours)) {
      return;
    }
    throw notFound("Application");
  }

  index(name: string): bigint {
    const index = this.optionalIndex(name);
    if (index === undefined) {
      throw invalid(`Invalid ${name}`);
    }
    return index;
  }

  optionalIndex(name: string): bigint | undefined {
    const given = this.#values[name];
    if (given === undefined || given === null) {
      return undefined;
    }
    if (typeof given !== "string" || !/^0x[0-9a-fA-F]{1,16}$/.test(given) || BigInt(given) > MAX_INDEX) {
      throw invalid(`Invalid ${name}`);
    }
    return BigInt(given);
  }

  optionalAddress(name: string): Address | undefined {
    const given = this.#values[name];
    if (given === undefined || given === null) {
      return undefined;
    }
    if (typeof given !== "string" || !isAddress(given, { strict: false })) {
      throw invalid(`Invalid ${name}`);
    }
    return given;
  }

  /** Bytes of a fixed length, in hex. */
  optionalBytes(name: string, length: number): Hex | undefined {
    const given = this.#values[name];
    if (given === undefined || given === null) {
      return undefined;
    }
    if (typeof given !== "string" || !new RegExp(`^0x[0-9a-fA-F]{${2 * length}}$`).test(given)) {
      throw invalid(`Invalid ${name}`);
    }
    return given as Hex;
  }

  optionalOneOf<const T extends string>(name: string, values: readonly T[]): T | undefined {
    const given = this.#values[name];
    if (given === undefined || given === null) {
      return undefined;
    }
    const found = values.find((value) => value === given);
    if (found === undefined) {
      throw invalid(`Invalid ${name}`);
    }
    return found;
  }

  page(): Page {
    const { descending = false } = this.#values;
    if (typeof descending !== "boolean") {
      throw invalid("Invalid descending");
    }
    const limit = this.#count("limit");
    return {
      limit: limit === 0n ? DEFAULT_LIMIT : limit > MAX_LIMIT ? MAX_LIMIT : limit,
      offset: this.#count("offset"),
      descending,
    };
  }

  #count(name: string): bigint {
    const given = this.#values[name] ?? 0;
    if (typeof given !== "number" || !Number.isSafeInteger(given) || given < 0) {
      throw invalid(`Invalid ${name}`);
    }
    return BigInt(given);
  }
}

/** The part of a list that a call requests. */
export interface Page {
  limit: bigint;
  offset: bigint;
  descending: boolean;
}

export function notFound(what: string): JsonRpcError {
  return new JsonRpcError(CODES.notFound, `${what} not found`);
}

function invalid(message: string): JsonRpcError {
  return new JsonRpcError(CODES.invalidParams, message);
}
