/** Whether a parsed JSON value is what a field may hold. */
export type Check = (value: unknown) => boolean;

/** The checks of all fields of an object, which has no others. */
export type Shape<T> = { readonly [Field in keyof T]-?: Check };

export const isText: Check = (value) => typeof value === "string";
export const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
/** 64 hexadecimal digits. */
export const isSha256: Check = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

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
