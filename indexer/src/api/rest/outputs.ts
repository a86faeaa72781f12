import { db } from "ponder:api";
import { otherDerivation, output } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, eq, inArray, or, sql } from "ponder";
import { derivationKeyOf, pathKeyOf } from "../../../../trust/index.ts";
import { RequestError } from "../limits/requestError.ts";
import { formatOutput, MOST_CONFIRMED_FIRST, NEWEST_FIRST, outputShape } from "./outputRows.ts";
import { behind, decodeCursor, makePage, orderBy, pageOf, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, drvPath, hashPart, key, name, narHash, storePath } from "./shapes.ts";

type Condition = ReturnType<typeof and>;

const SELECTORS = ["storePath", "pathKey", "hashPart", "drvPath", "narHash", "package", "name"] as const;
/** Names consist of ASCII characters below this one. */
const BEHIND_NAMES = "\u{7f}";
const MAX_OTHER_DERIVATIONS = 1_000;

const query = {
  chainId: chainId.optional(),
  application: address.optional(),
  storePath: storePath.optional(),
  pathKey: key.optional().openapi({ description: "keccak256 of the store path" }),
  hashPart: hashPart.optional(),
  drvPath: drvPath.optional(),
  outputName: name.optional().openapi({ description: "only with drvPath" }),
  narHash: narHash
    .optional()
    .openapi({ description: "recorded first; those that came later are at /v1/conflicts?narHash=" }),
  package: name.optional().openapi({ description: "the name without the version, as Nix splits it: hello" }),
  version: name.optional().openapi({ description: "only with package: 2.10" }),
  name: name.optional().openapi({ description: "the beginning of the store path's name: hello-2" }),
  order: z
    .enum(["latest", "confirmations"])
    .default("latest")
    .openapi({ description: "by name where `name` is given" }),
  ...paging,
};

type Query = z.output<z.ZodObject<typeof query>>;

export function addOutputs(api: Api): void {
  addRoute(
    api,
    {
      path: "/outputs",
      question: "findOutputs",
      tag: "outputs",
      summary: "Recorded outputs",
      description: `All, or those found by one of ${SELECTORS.join(", ")}.`,
      query,
      answer: pageOf(outputShape),
    },
    async (asked) => {
      refuseContradictions(asked);
      return asked.name === undefined ? findOutputs(asked) : findByName({ ...asked, name: asked.name });
    },
  );
}

function refuseContradictions(asked: Query): void {
  const given = SELECTORS.filter((selector) => asked[selector] !== undefined);
  if (given.length > 1) {
    throw new RequestError(400, `${given.join(" and ")} were given, and one of them at most can be`, {
      remedy: "ask for each in a request of its own",
    });
  }
  for (const [detail, of] of [
    ["outputName", "drvPath"],
    ["version", "package"],
  ] as const) {
    if (asked[detail] !== undefined && asked[of] === undefined) {
      throw new RequestError(400, `${detail} was given without ${of}`, { remedy: `add ${of}` });
    }
  }
}

async function findOutputs(asked: Query) {
  const order = asked.order === "latest" ? NEWEST_FIRST : MOST_CONFIRMED_FIRST;
  const rows = await db
    .select()
    .from(output)
    .where(and(...(await selectedBy(asked)), ...scopeOf(asked), behind(order, asked.after)))
    .orderBy(...orderBy(order))
    .limit(asked.limit + 1);
  return makePage(order, rows, asked.limit, formatOutput);
}

function scopeOf({ chainId: chain, application }: Query): Condition[] {
  return [
    chain === undefined ? undefined : eq(output.chainId, chain),
    application === undefined ? undefined : eq(output.applicationAddress, application),
  ];
}

async function selectedBy(asked: Query): Promise<Condition[]> {
  if (asked.storePath !== undefined) {
    // the key is known even where the text is not
    return [eq(output.pathKey, pathKeyOf(asked.storePath))];
  }
  if (asked.drvPath !== undefined) {
    return [await ofDerivation(asked.drvPath, asked.outputName)];
  }
  return [
    asked.pathKey === undefined ? undefined : eq(output.pathKey, asked.pathKey as `0x${string}`),
    asked.hashPart === undefined ? undefined : eq(output.hashPart, asked.hashPart),
    asked.narHash === undefined ? undefined : eq(output.narHash, asked.narHash),
    asked.package === undefined ? undefined : eq(output.packageName, asked.package),
    asked.version === undefined ? undefined : eq(output.version, asked.version),
  ];
}

/** Outputs first recorded with a derivation, and those that it led to later. */
async function ofDerivation(drv: string, outputName: string | undefined): Promise<Condition> {
  const others = await db
    .select({ pathKey: otherDerivation.pathKey })
    .from(otherDerivation)
    .where(
      and(
        eq(otherDerivation.drvPath, drv),
        outputName === undefined ? undefined : eq(otherDerivation.outputName, outputName),
      ),
    )
    .limit(MAX_OTHER_DERIVATIONS);
  const first =
    outputName === undefined
      ? eq(output.drvPath, drv)
      : eq(output.derivationKey, derivationKeyOf(drv, outputName));
  return others.length === 0
    ? first
    : or(
        first,
        inArray(
          output.pathKey,
          others.map(({ pathKey }) => pathKey),
        ),
      );
}

/** By name, as the index compares: byte for byte. */
async function findByName(asked: Query & { name: string }) {
  const start = asked.name;
  const columns = [output.name, output.chainId, output.applicationAddress, output.pathKey] as const;
  const cursor = asked.after === undefined ? undefined : decodeCursor(asked.after, columns);
  const [lastName, ...lastKey] = cursor ?? [];
  const [chain, application, path] = lastKey.map((value, place) => sql.param(value, columns[place + 1]));
  const rest =
    cursor === undefined
      ? undefined
      : sql`(${output.name} ~>~ ${lastName} or (${output.name} = ${lastName} and
          (${output.chainId}, ${output.applicationAddress}, ${output.pathKey}) > (${chain}, ${application}, ${path})))`;
  const rows = await db
    .select()
    .from(output)
    .where(
      and(
        sql`${output.name} ~>=~ ${lastName ?? start} and ${output.name} ~<~ ${start + BEHIND_NAMES}`,
        rest,
        ...scopeOf(asked),
      ),
    )
    .orderBy(
      sql`${output.name} using ~<~`,
      ...[output.chainId, output.applicationAddress, output.pathKey].map((column) => sql`${column} asc`),
    )
    .limit(asked.limit + 1);
  const keyOf = (row: (typeof rows)[number]) => [row.name, row.chainId, row.applicationAddress, row.pathKey];
  return makePage({ keyOf }, rows, asked.limit, formatOutput);
}
