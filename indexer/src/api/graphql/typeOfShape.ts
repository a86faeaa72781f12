import { z } from "@hono/zod-openapi";
import type { GraphQLInputType, GraphQLObjectType, GraphQLOutputType, GraphQLScalarType } from "graphql";
import { graphql } from "./ponderGraphQL.ts";

const { GraphQLBoolean, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLString } = graphql;

/** What has no type of its own, as the arguments of some call. */
const anyValue = new graphql.GraphQLScalarType({ name: "AnyValue", description: "a value of JSON" });

/** Makes GraphQL types of the shapes that describe REST's answers. Each shape with a name becomes one type. */
export function createTypes() {
  const known = new Map<string, GraphQLObjectType>();

  function typeOf(shape: z.ZodTypeAny, place: string): GraphQLOutputType {
    const inner = unwrap(shape);
    const type =
      inner instanceof z.ZodArray
        ? new GraphQLList(typeOf(inner.element, place))
        : inner instanceof z.ZodObject
          ? objectOf(inner, place)
          : scalarOf(inner);
    return shape.isOptional() || shape.isNullable() ? type : new GraphQLNonNull(type);
  }

  function objectOf(shape: z.AnyZodObject, place: string): GraphQLObjectType {
    const name = metadataOf(shape)._internal?.refId ?? place;
    const type =
      known.get(name) ??
      new graphql.GraphQLObjectType({
        name,
        fields: Object.fromEntries(
          Object.entries<z.ZodTypeAny>(shape.shape).map(([field, value]) => [
            field,
            {
              type: typeOf(value, name + field[0]!.toUpperCase() + field.slice(1)),
              description: descriptionOf(value),
            },
          ]),
        ),
      });
    known.set(name, type);
    return type;
  }

  return typeOf;
}

/** The type of a parameter. */
export function inputTypeOf(shape: z.ZodTypeAny): GraphQLInputType {
  const type = scalarOf(unwrap(shape)) as typeof GraphQLString;
  return shape.isOptional() ? type : new GraphQLNonNull(type);
}

function scalarOf(shape: z.ZodTypeAny): GraphQLScalarType {
  if (shape instanceof z.ZodNumber) {
    return GraphQLInt;
  }
  if (shape instanceof z.ZodBoolean) {
    return GraphQLBoolean;
  }
  return shape instanceof z.ZodUnknown ? anyValue : GraphQLString;
}

/** Without what says that a value may be missing, or how it is checked and changed. */
function unwrap(shape: z.ZodTypeAny): z.ZodTypeAny {
  if (shape instanceof z.ZodOptional || shape instanceof z.ZodNullable) {
    return unwrap(shape.unwrap());
  }
  if (shape instanceof z.ZodDefault) {
    return unwrap(shape.removeDefault());
  }
  if (shape instanceof z.ZodEffects) {
    return unwrap(shape.innerType());
  }
  if (shape instanceof z.ZodUnion) {
    const options = shape.options as z.ZodTypeAny[];
    return unwrap(options.find((option) => !(option instanceof z.ZodNull))!);
  }
  return shape;
}

/** In words, for the reader of the schema. */
export function descriptionOf(shape: z.ZodTypeAny): string | undefined {
  return metadataOf(shape).metadata?.description;
}

/** What `.openapi()` says of a shape. */
interface Metadata {
  _internal?: { refId?: string };
  metadata?: { description?: string };
}

function metadataOf(shape: z.ZodTypeAny): Metadata {
  return (shape._def as { openapi?: Metadata }).openapi ?? {};
}
