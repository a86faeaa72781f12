import schema from "ponder:schema";
import type { GraphQLSchema } from "graphql";
import type { Question } from "../rest/route.ts";
import { buildDataLoaderCache, buildGraphQLSchema, graphql } from "./ponderGraphQL.ts";
import { questionFields } from "./questionFields.ts";
import { withTableLookups } from "./tableLookups.ts";

const { GraphQLObjectType, GraphQLSchema: Schema } = graphql;

/** The schema of all that can be asked: Ponder's tables, and beside them the questions that go beyond a table. */
export function createWholeSchema(questions: readonly Question[]): GraphQLSchema {
  const { types, query, ...tables } = buildGraphQLSchema({ schema }).toConfig();
  const { fields, ...config } = query!.toConfig();
  return new Schema({
    ...tables,
    types: types.filter(({ name }) => name !== config.name),
    query: new GraphQLObjectType({
      ...config,
      fields: { ...withTableLookups(fields), ...questionFields(questions) },
    }),
  });
}

/** What the fields of tables read from, for one request. */
export function createTablesContext(): unknown {
  const { PONDER_DATABASE } = globalThis as unknown as { PONDER_DATABASE: { readonlyQB: unknown } };
  const qb = PONDER_DATABASE.readonlyQB;
  return { qb, getDataLoader: buildDataLoaderCache(qb) };
}
