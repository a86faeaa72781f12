import {
  buildClientSchema,
  GraphQLObjectType,
  GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
} from "graphql";
import type { Question } from "../rest/route.ts";
import { askPonder } from "./askPonder.ts";
import { askTable } from "./askTable.ts";
import { questionFields } from "./questionFields.ts";

/** The schema of all that can be asked: Ponder's tables, and beside them the questions that go beyond a table. */
export async function createWholeSchema(questions: readonly Question[]): Promise<GraphQLSchema> {
  const answer = await askPonder({ query: getIntrospectionQuery(), variables: {} });
  const { types, ...tables } = buildClientSchema(
    (JSON.parse(answer) as { data: IntrospectionQuery }).data,
  ).toConfig();
  const { fields, ...query } = tables.query!.toConfig();
  const tableFields = Object.entries(fields).map(([name, field]) => [name, { ...field, resolve: askTable }]);
  return new GraphQLSchema({
    ...tables,
    types: types.filter(({ name }) => name !== query.name),
    query: new GraphQLObjectType({
      ...query,
      fields: { ...Object.fromEntries(tableFields), ...questionFields(questions) },
    }),
  });
}
