import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  visit,
} from "graphql";

/** Deeper than any bound, and no danger to the stack. */
const MAX_JSON_DEPTH = 100;

export interface QueryShape {
  /** How deep its fields are nested. */
  depth: number;
  /** How deep the objects and lists of its arguments and variables are nested. */
  filterDepth: number;
  aliases: number;
}

/** Measures the form of a query, whose fragments must not refer to themselves. */
export function measureShape(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): QueryShape {
  let aliases = 0;
  let filterDepth = depthOfJson(variables);
  visit(document, {
    Field: ({ alias, arguments: args }) => {
      aliases += alias === undefined ? 0 : 1;
      filterDepth = Math.max(filterDepth, ...(args ?? []).map(({ value }) => depthOfValue(value)));
    },
    VariableDefinition: ({ defaultValue }) => {
      filterDepth = Math.max(filterDepth, defaultValue ? depthOfValue(defaultValue) : 0);
    },
  });
  return { depth: depthOf(operation.selectionSet, fragmentsOf(document)), filterDepth, aliases };
}

type Fragments = Map<string, FragmentDefinitionNode & { depth?: number }>;

function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, { ...fragment }]));
}

function depthOf({ selections }: SelectionSetNode, fragments: Fragments): number {
  const depths = selections.map((selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return 1 + (selection.selectionSet ? depthOf(selection.selectionSet, fragments) : 0);
      case Kind.INLINE_FRAGMENT:
        return depthOf(selection.selectionSet, fragments);
      case Kind.FRAGMENT_SPREAD: {
        const fragment = fragments.get(selection.name.value)!;
        fragment.depth ??= depthOf(fragment.selectionSet, fragments);
        return fragment.depth;
      }
      default:
        return selection satisfies never;
    }
  });
  return Math.max(0, ...depths);
}

function depthOfValue(value: ValueNode): number {
  switch (value.kind) {
    case Kind.OBJECT:
      return 1 + Math.max(0, ...value.fields.map((field) => depthOfValue(field.value)));
    case Kind.LIST:
      return 1 + Math.max(0, ...value.values.map(depthOfValue));
    default:
      return 0;
  }
}

/** How deep a value of JSON is nested. */
export function depthOfJson(value: unknown, level = 0): number {
  if (typeof value !== "object" || value === null || level > MAX_JSON_DEPTH) {
    return 0;
  }
  return 1 + Math.max(0, ...Object.values(value).map((item) => depthOfJson(item, level + 1)));
}
