import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
} from "graphql";
import { type ComplexityEstimatorArgs, getComplexity } from "graphql-query-complexity";
import { RequestError } from "./requestError.ts";

export interface QueryCost {
  rows: number;
  lists: number;
  topLists: number;
  introspectionFields: number;
  /** Whether each list at the top is found by a column that few rows share, and no question is a search. */
  isLookup: boolean;
}

export interface MeasuredQuery {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Record<string, unknown>;
  /** The fields at the top that are no tables, and whether each is a search. */
  questions: ReadonlyMap<string, { isSearch: boolean }>;
}

/** The rows that a question counts as, whatever it asks. */
const QUESTION_ROWS = 500;

/** What Ponder returns when no limit is asked for. */
export const DEFAULT_LIMIT = 50;

/** Columns of each table that have an index and whose values few rows share. */
export const SELECTIVE_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  output: ["pathKey", "derivationKey", "storePath", "hashPart", "drvPath", "narHash"],
  conflict: ["narHash"],
  otherDerivation: ["drvPath"],
  request: ["drvPath"],
  release: ["storePath"],
  gateEvent: ["storePath"],
};

/** How many entries the lists of GraphQL's own types have here on average, roughly. */
const INTROSPECTION_ENTRIES: Readonly<Record<string, number>> = {
  "__Schema.types": 80,
  "__Schema.directives": 5,
  "__Type.fields": 6,
  "__Type.inputFields": 25,
  "__Type.enumValues": 2,
  "__Type.possibleTypes": 1,
  "__Type.interfaces": 1,
  "__Field.args": 2,
  "__Directive.args": 2,
};

/** Columns that hold as much as many others. */
const WIDE_COLUMNS: Readonly<Record<string, number>> = { references: 10 };

/** Measures a valid query before it runs. It reads nothing but the query. */
export function measureQuery(query: MeasuredQuery): QueryCost {
  const top: ComplexityEstimatorArgs[] = [];
  const rows = measure(query, (field) => {
    if (isQuestion(query, field)) {
      top.push(field);
      return QUESTION_ROWS;
    }
    if (isPage(field) && field.type.name === "Query") {
      top.push(field);
    }
    if (isPage(field)) {
      return limitOf(field) * (1 + field.childComplexity);
    }
    return field.childComplexity + (isRow(field) ? 1 : (WIDE_COLUMNS[field.field.name] ?? 0));
  });
  const lists = measure(query, (field) => {
    if (isPage(field)) {
      return 1 + limitOf(field) * field.childComplexity;
    }
    return field.childComplexity + (field.field.name === "totalCount" ? 1 : 0);
  });
  const introspectionFields = measure(query, ({ type, field, childComplexity }) => {
    const isOfSchema = type.name.startsWith("__") || field.name === "__schema" || field.name === "__type";
    const entries = INTROSPECTION_ENTRIES[`${type.name}.${field.name}`] ?? 1;
    return isOfSchema ? entries * (1 + childComplexity) : childComplexity;
  });
  return {
    ...{ rows, lists, introspectionFields, topLists: top.length },
    isLookup: introspectionFields === 0 && top.every((field) => isQuick(query, field)),
  };
}

function measure(
  { schema, document, operation, variables }: MeasuredQuery,
  estimator: (field: ComplexityEstimatorArgs) => number,
): number {
  return getComplexity({
    schema,
    query: document,
    variables,
    ...(operation.name ? { operationName: operation.name.value } : {}),
    estimators: [estimator],
  });
}

/** A list of rows: Ponder wraps each into a page. */
function isPage({ field }: ComplexityEstimatorArgs): boolean {
  return getNamedType(field.type).name.endsWith("Page");
}

/** A single row, as a relation or looked up by its key. */
function isRow({ field }: ComplexityEstimatorArgs): boolean {
  const type = getNamedType(field.type);
  return isObjectType(type) && !/^__|Info$/.test(type.name) && field.name !== "items";
}

/** @throws {RequestError} when the limit is negative, which would make a query look cheap. */
function limitOf({ args, field }: ComplexityEstimatorArgs): number {
  if (args.limit < 0) {
    throw new RequestError(400, `the limit of ${field.name} is negative`, {
      remedy: "set a limit of 0 to 1000 rows",
    });
  }
  return args.limit ?? DEFAULT_LIMIT;
}

function isQuestion({ questions }: MeasuredQuery, { type, field }: ComplexityEstimatorArgs): boolean {
  return type.name === "Query" && questions.has(field.name);
}

function isQuick(query: MeasuredQuery, field: ComplexityEstimatorArgs): boolean {
  return isQuestion(query, field) ? !query.questions.get(field.field.name)!.isSearch : isSelective(field);
}

function isSelective({ field, args }: ComplexityEstimatorArgs): boolean {
  const table = getNamedType(field.type).name.slice(0, -"Page".length);
  const where: Record<string, unknown> = args.where ?? {};
  return ["id", ...(SELECTIVE_COLUMNS[table] ?? [])].some((column) => typeof where[column] === "string");
}
