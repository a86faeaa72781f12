import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as GraphQL from "graphql";

/** What Ponder serves GraphQL with. It exports no more than a server around it, which parses and validates each request again. */
interface PonderGraphQL {
  buildGraphQLSchema(options: { schema: object }): GraphQL.GraphQLSchema;
  buildDataLoaderCache(readonlyQB: unknown): unknown;
}

// as Node loads them: Vite would make copies of its own for the files here, and what one copy of GraphQL made works with no other
const require = createRequire(import.meta.url);
const cli = process.argv[1]!;

export const graphql = require("graphql") as typeof GraphQL;
export const { buildGraphQLSchema, buildDataLoaderCache } = require(
  join(dirname(cli), "../graphql/index.js"),
) as PonderGraphQL;
