import type { Derivation } from "../../../nix/index.ts";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The attributes are not what Nix takes; the message goes on behind the derivation's name. */
export class UnreadableAttributesError extends CartenixError {
  readonly code: ErrorCode = "UNREADABLE_ATTRIBUTES";
}

/** What a derivation says to Nix itself, wherever it says it. */
export interface Attributes {
  /** Whether they are structured: said in JSON, in the variable `__json`, and nowhere else. */
  readonly structured: boolean;
  has(name: string): boolean;
  /** Whether something is switched on. */
  flag(name: string): boolean;
  words(name: string): string[];
}

/**
 * Reads the attributes as Nix does.
 *
 * @throws UnreadableAttributesError for a `__json` that is no JSON object, and, in `words`, for what is no list of strings.
 */
export function parseAttributes({ env }: Derivation): Attributes {
  const variables = new Map(env);
  const json = variables.get("__json");
  if (json !== undefined) {
    return structuredAttributes(json);
  }
  const has = (name: string) => variables.has(name);
  const flag = (name: string) => variables.get(name) === "1";
  const words = (name: string) =>
    (variables.get(name) ?? "").split(/[ \t\n\r]+/).filter((word) => word !== "");
  return { structured: false, has, flag, words };
}

function structuredAttributes(json: string): Attributes {
  const attributes = parseObject(json);
  if (!attributes) {
    throw new UnreadableAttributesError("has structured attributes that are no JSON object");
  }
  const attribute = (name: string) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined);
  const has = (name: string) => attribute(name) !== undefined;
  const flag = (name: string) => has(name) && attribute(name) !== false;
  const words = (name: string) => {
    const value = attribute(name) ?? [];
    if (Array.isArray(value) && value.every((word) => typeof word === "string")) {
      return value;
    }
    throw new UnreadableAttributesError(`has a ${name} that is no list of strings`);
  };
  return { structured: true, has, flag, words };
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && !Array.isArray(value) && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
