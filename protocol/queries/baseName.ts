import { MalformedQueryError } from "../protocolErrors.ts";
import { quote } from "./quote.ts";

const STORE_PREFIX = "/nix/store/";
/** Nix's own rules, as one regular expression: the machine checks thousands of paths at a time. */
const BASE_NAME = /^[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]{1,211}$/;

/** A store path without `/nix/store/`. @throws {MalformedQueryError} when it is not a store path. */
export function toBaseName(path: string): string {
  const name = path.startsWith(STORE_PREFIX) ? path.slice(STORE_PREFIX.length) : "";
  if (!BASE_NAME.test(name)) {
    throw new MalformedQueryError(`not a store path: ${quote(path)}`);
  }
  return name;
}

/** The store path of a base name. @throws {MalformedQueryError} when there is none. */
export function fromBaseName(name: string): string {
  const path = STORE_PREFIX + name;
  toBaseName(path);
  return path;
}
