import { z } from "@hono/zod-openapi";
import { type AnyPgColumn, sql } from "ponder";
import { RequestError } from "../limits/requestError.ts";

export const MAX_PAGE = 200;
const DEFAULT_PAGE = 20;
/** Of a column of four bytes. */
const MAX_INTEGER = 2 ** 31 - 1;
const MAX_CURSOR_LENGTH = 1_024;

export const paging = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE)
    .default(DEFAULT_PAGE)
    .openapi({ description: "how many to return" }),
  after: z
    .string()
    .max(MAX_CURSOR_LENGTH)
    .optional()
    .openapi({ description: "`next` of the page before this one" }),
};

export function pageOf<Item extends z.ZodTypeAny>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().openapi({ description: "`after` of the next page; null on the last one" }),
  });
}

/** How rows follow one another: these columns, all in one direction, tell each row from every other. */
export interface Order {
  columns: readonly AnyPgColumn[];
  direction: "asc" | "desc";
  /** What the columns are in a row, in their order. */
  keyOf(row: never): readonly unknown[];
}

/** The rows behind a cursor. */
export function behind({ columns, direction }: Order, after: string | undefined) {
  if (after === undefined) {
    return undefined;
  }
  const values = decodeCursor(after, columns);
  const left = sql.join(
    columns.map((column) => sql`${column}`),
    sql`, `,
  );
  const right = sql.join(
    values.map((value, place) => sql`${sql.param(value, columns[place])}`),
    sql`, `,
  );
  return direction === "asc" ? sql`(${left}) > (${right})` : sql`(${left}) < (${right})`;
}

export function orderBy({ columns, direction }: Order) {
  return columns.map((column) => (direction === "asc" ? sql`${column} asc` : sql`${column} desc`));
}

/** A page of at most `limit` rows, of which one more was asked for. */
export function makePage<Row, Item>(
  { keyOf }: Pick<Order, "keyOf">,
  rows: readonly Row[],
  limit: number,
  format: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(format), next: last === undefined ? null : encodeCursor(keyOf(last as never)) };
}

export function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values.map(String))).toString("base64url");
}

/** @throws {RequestError} when it is not a cursor of this list. */
export function decodeCursor(cursor: string, columns: readonly AnyPgColumn[]): unknown[] {
  const values = parseTexts(Buffer.from(cursor, "base64url").toString());
  if (values?.length !== columns.length) {
    throw wrongCursor();
  }
  return values.map((text, place) => parseValue(columns[place]!, text));
}

function parseTexts(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseValue({ dataType, columnType }: AnyPgColumn, text: string): unknown {
  if (dataType === "bigint" && /^-?[0-9]{1,78}$/.test(text)) {
    return BigInt(text);
  }
  if (dataType === "number" && /^-?[0-9]+$/.test(text) && Math.abs(Number(text)) <= MAX_INTEGER) {
    return Number(text);
  }
  const isHex = columnType === "PgHex";
  if (dataType === "string" && (isHex ? /^0x[0-9a-f]*$/.test(text) : !text.includes("\0"))) {
    return text;
  }
  throw wrongCursor();
}

function wrongCursor(): RequestError {
  return new RequestError(400, "after is not a cursor of this list", {
    remedy: "send `next` of the page before, with the same other parameters",
  });
}
