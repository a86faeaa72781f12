import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import {
  MAX_ALIASES,
  MAX_DEPTH,
  MAX_FILTER_DEPTH,
  MAX_INTROSPECTION_FIELDS,
  MAX_LISTS,
  MAX_LOOKUP_ROWS,
  MAX_ROWS,
  MAX_TOKENS,
  MAX_TOP_LISTS,
} from "./bounds.ts";
import { type MeasuredQuery, measureQuery, type QueryCost } from "./queryCost.ts";
import { depthOfJson, measureShape, type QueryShape } from "./queryShape.ts";
import { RequestError } from "./requestError.ts";

export interface GraphQLRequest {
  query: string;
  operationName?: string;
  variables: Record<string, unknown>;
}

/** How many queries are kept: programs send the same few with other variables. */
const MAX_KNOWN = 500;
const MAX_KNOWN_LENGTH = 4_096;

type Bound = Exclude<keyof QueryCost, "isLookup"> | keyof QueryShape;

/** What a query may cost, in words for its author. */
const BOUNDS: Readonly<Record<Bound, { max: number; counts: string; remedy: string }>> = {
  depth: {
    ...{ max: MAX_DEPTH, counts: "levels of fields" },
    remedy: "ask for what lies deeper in a request of its own",
  },
  filterDepth: {
    ...{ max: MAX_FILTER_DEPTH, counts: "levels of objects and lists in its arguments or variables" },
    remedy: "write the filter with fewer nested AND and OR",
  },
  aliases: { max: MAX_ALIASES, counts: "aliases", remedy: "send several requests" },
  rows: {
    ...{ max: MAX_ROWS, counts: "rows, nested lists multiplied" },
    remedy: "set smaller limits (50 where none is set), and page with after: pageInfo.endCursor",
  },
  lists: {
    ...{ max: MAX_LISTS, counts: "lists and counts, one of each nested list for every row" },
    remedy: "set a smaller limit for the outer list, or ask for the inner lists separately",
  },
  topLists: { max: MAX_TOP_LISTS, counts: "lists at its top", remedy: "send several requests" },
  introspectionFields: {
    ...{ max: MAX_INTROSPECTION_FIELDS, counts: "fields of the schema" },
    remedy: "send the usual introspection query, or read indexer/schema.graphql",
  },
};

export interface CheckedQuery extends Pick<QueryCost, "isLookup"> {
  document: DocumentNode;
}

/** Checks queries against a schema, and keeps those that it has parsed and measured. */
export function createQueryCheck(schema: GraphQLSchema, questions: MeasuredQuery["questions"]) {
  const known = new Map<string, DocumentNode>();
  const measured = new Map<string, CheckedQuery>();

  /**
   * Measures a query.
   *
   * @returns the parsed query, and whether it is a lookup, which reads few rows.
   * @throws {RequestError} when it is wrong, or asks for more than the bounds allow.
   */
  return (request: GraphQLRequest): CheckedQuery => {
    requireWithin({ filterDepth: depthOfJson(request.variables) });
    const key = keyOf(request);
    const checked = measured.get(key) ?? check(request);
    remember(measured, key, checked);
    return checked;
  };

  function check({ query, operationName, variables }: GraphQLRequest): CheckedQuery {
    const document = known.get(query) ?? parseQuery(schema, query);
    remember(known, query, document);
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      throw new RequestError(400, "the document does not name one operation to run", {
        remedy: "send a single query, or its operationName",
      });
    }
    // what is too deep must not reach GraphQL's own functions, which recurse
    requireWithin(measureShape(document, operation, variables));
    const { isLookup, ...cost } = measure(() =>
      measureQuery({ schema, document, operation, variables, questions }),
    );
    requireWithin(cost);
    return { document, isLookup: isLookup && cost.rows <= MAX_LOOKUP_ROWS };
  }
}

/** What the cost of a request follows from: all but the texts in its variables. */
function keyOf({ query, operationName, variables }: GraphQLRequest): string {
  const shape = JSON.stringify(variables, (_, value: unknown) => (typeof value === "string" ? "" : value));
  return JSON.stringify([query, operationName, shape]);
}

function requireWithin(measured: Partial<Record<Bound, number>>): void {
  for (const [name, actual] of Object.entries(measured) as [Bound, number][]) {
    const { max, counts, remedy } = BOUNDS[name];
    if (actual > max) {
      throw new RequestError(422, `the query has ${actual} ${counts}, and at most ${max} are allowed`, {
        remedy,
        docs: "docs/indexer.md#bounds",
      });
    }
  }
}

function parseQuery(schema: GraphQLSchema, query: string): DocumentNode {
  const document = measure(() => parse(query, { maxTokens: MAX_TOKENS, noLocation: true }));
  const [error] = validate(schema, document, specifiedRules, { maxErrors: 1 });
  if (error) {
    throw wrongQuery(error);
  }
  return document;
}

/** What GraphQL's own functions throw is about the query. */
function measure<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof RequestError ? error : wrongQuery(error as Error);
  }
}

function wrongQuery({ message }: Error): RequestError {
  return new RequestError(400, "the query is not valid", {
    details: message,
    remedy: "compare it with the schema, indexer/schema.graphql",
  });
}

function remember<Value>(known: Map<string, Value>, key: string, value: Value): void {
  if (key.length > MAX_KNOWN_LENGTH) {
    return;
  }
  known.delete(key);
  known.set(key, value);
  if (known.size > MAX_KNOWN) {
    known.delete(known.keys().next().value!);
  }
}
