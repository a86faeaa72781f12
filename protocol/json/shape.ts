/** Whether a parsed JSON value is what a field may hold. */
export type Check = (value: unknown) => boolean;

/** The checks of all fields of an object, which has no others. */
export type Shape<T> = { readonly [Field in keyof T]-?: Check };

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** A whole number, not negative. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** 64 hexadecimal digits. */
export function isSha256(value: unknown): value is string {
  return isText(value) && /^[0-9a-f]{64}$/.test(value);
}

export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

export function hasShape(value: unknown, shape: Readonly<Record<string, Check>>): boolean {
  return (
    isObject(value) &&
    Object.keys(value).every((field) => Object.hasOwn(shape, field)) &&
    Object.entries(shape).every(([field, check]) => check(value[field]))
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
