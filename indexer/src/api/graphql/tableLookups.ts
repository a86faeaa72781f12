import { db } from "ponder:api";
import schema from "ponder:schema";
import type { FieldNode, GraphQLFieldConfig, GraphQLFieldConfigMap, SelectionSetNode } from "graphql";
import { asc, eq, sql } from "ponder";
import { DEFAULT_LIMIT, SELECTIVE_COLUMNS } from "../limits/queryCost.ts";

type TableName = keyof typeof SELECTIVE_COLUMNS;
type Fields = GraphQLFieldConfigMap<unknown, unknown>;

/** Finds rows by the value of one column. */
type Lookup = (value: string) => Promise<object[]>;

/**
 * Lets the fields of tables answer lookups, columns of the few rows with a value in a selective column, with statements made once for each
 * query: Ponder makes one for each request, of all columns, which takes longer than all else. What is not so simple is left to Ponder.
 */
export function withTableLookups(fields: Fields): Fields {
  const found = (Object.keys(SELECTIVE_COLUMNS) as TableName[]).map((name) => {
    const primaryKey = Object.keys(fields[name]!.args!);
    return [`${name}s`, withLookups(fields[`${name}s`]!, name, primaryKey)] as const;
  });
  return { ...fields, ...Object.fromEntries(found) };
}

function withLookups(
  field: GraphQLFieldConfig<unknown, unknown>,
  name: TableName,
  primaryKey: readonly string[],
): GraphQLFieldConfig<unknown, unknown> {
  // a query that is sent again is the same object
  const known = new WeakMap<FieldNode, Map<string, Lookup | undefined>>();

  function lookupOf(node: FieldNode, column: string): Lookup | undefined {
    const lookups = known.get(node) ?? new Map<string, Lookup | undefined>();
    known.set(node, lookups);
    if (!lookups.has(column)) {
      const selected = node.selectionSet && columnsOf(node.selectionSet);
      lookups.set(column, selected && prepareLookup({ name, column, selected, primaryKey }));
    }
    return lookups.get(column);
  }

  return {
    ...field,
    async resolve(source, args, context, info) {
      const asked = soleText(name, args);
      const [node, ...others] = info.fieldNodes;
      const lookup = asked && others.length === 0 ? lookupOf(node!, asked.column) : undefined;
      return lookup ? { items: await lookup(asked!.value) } : field.resolve!(source, args, context, info);
    },
  };
}

/** The selective column, and its value, that are all that a query's arguments say. */
function soleText(name: TableName, args: { where?: object }): { column: string; value: string } | undefined {
  const [condition, ...others] = Object.entries({ ...args.where });
  if (Object.keys(args).length !== 1 || condition === undefined || others.length > 0) {
    return undefined;
  }
  const [column, value] = condition as [string, unknown];
  return SELECTIVE_COLUMNS[name]!.includes(column) && typeof value === "string"
    ? { column, value }
    : undefined;
}

/** The columns that a query of a table selects, when it selects nothing else. */
function columnsOf({ selections }: SelectionSetNode): string[] | undefined {
  const columns: string[] = [];
  for (const page of selections) {
    if (page.kind !== "Field" || page.name.value !== "items") {
      return undefined;
    }
    for (const item of page.selectionSet!.selections) {
      if (item.kind !== "Field" || item.selectionSet !== undefined) {
        return undefined;
      }
      columns.push(item.name.value);
    }
  }
  return columns.filter((column) => column !== "__typename");
}

function prepareLookup(asked: {
  name: TableName;
  column: string;
  selected: readonly string[];
  primaryKey: readonly string[];
}): Lookup {
  const table = schema[asked.name as "output"];
  const columnOf = (name: string) => table[name as "storePath"];
  const { column, selected, primaryKey } = asked;
  const statement = db
    .select(Object.fromEntries([...selected, column].map((name) => [name, columnOf(name)])))
    .from(table)
    .where(eq(columnOf(column), sql.param(sql.placeholder("value"), columnOf(column))))
    .orderBy(...primaryKey.map((name) => asc(columnOf(name))))
    .limit(DEFAULT_LIMIT)
    // without a name, which each connection to Postgres would keep for ever
    .prepare("");
  return (value) => statement.execute({ value });
}
