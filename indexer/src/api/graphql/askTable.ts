import {
  type ASTNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFieldResolver,
  Kind,
  print,
  visit,
} from "graphql";
import { askPonder } from "./askPonder.ts";

/** Lets Ponder answer a field at the top, with all below it. */
export const askTable: GraphQLFieldResolver<unknown, unknown> = async (_source, _args, _context, info) => {
  const { fieldNodes, fragments, operation, variableValues, path } = info;
  const used = whatIsUsed(fieldNodes, fragments);
  const query = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        ...operation,
        variableDefinitions: (operation.variableDefinitions ?? []).filter(({ variable }) =>
          used.variables.has(variable.name.value),
        ),
        selectionSet: { kind: Kind.SELECTION_SET, selections: fieldNodes },
      },
      ...used.fragments,
    ],
  } as const;
  const variables = Object.fromEntries(
    Object.entries(variableValues).filter(([name]) => used.variables.has(name)),
  );
  const answer = JSON.parse(await askPonder({ query: print(query), variables })) as ExecutionResult;
  const [error] = answer.errors ?? [];
  if (error) {
    throw new GraphQLError(error.message);
  }
  return answer.data?.[path.key];
};

/** Fields below have Ponder's answer, whose keys are the aliases. */
export const readAnswer: GraphQLFieldResolver<unknown, unknown> = (source, _args, _context, { path }) =>
  (source as Record<string, unknown>)[path.key];

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

function whatIsUsed(nodes: readonly ASTNode[], known: Fragments) {
  const variables = new Set<string>();
  const fragments = new Set<FragmentDefinitionNode>();
  const look = (node: ASTNode): void => {
    visit(node, {
      Variable: ({ name }) => {
        variables.add(name.value);
      },
      FragmentSpread: ({ name }) => {
        const fragment = known[name.value]!;
        if (!fragments.has(fragment)) {
          fragments.add(fragment);
          look(fragment);
        }
      },
    });
  };
  nodes.forEach(look);
  return { variables, fragments };
}
