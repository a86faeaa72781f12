import { isAbsolute } from "node:path";
import { type Address, isAddress } from "viem";
import { z } from "zod";
import { parseDeployment, type VotedDeployment } from "../protocol/deployments/index.ts";
import { IndexerError } from "./indexerError.ts";

const address = z.string().refine((text): text is Address => isAddress(text), "is not an address");

const httpUrl = z
  .string()
  .url()
  .regex(/^https?:/, "is not an address of HTTP")
  .transform((text) => text.replace(/\/+$/, ""));

/** Ponder's process works in a folder of its own. */
const absolutePath = z.string().refine(isAbsolute, "is not an absolute path");

const deployment = z.string().transform((text, context): VotedDeployment => {
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message, fatal: true });
    return z.NEVER;
  };
  try {
    const parsed = parseDeployment(text);
    return "dispute" in parsed
      ? refuse(`claims of ${parsed.application} can be disputed, and this version does not follow disputes`)
      : parsed;
  } catch (error) {
    return refuse((error as Error).message);
  }
});

const chain = z
  .object({
    /** HTTP JSON-RPC of the chain; Ponder spreads its requests over several. */
    rpcUrls: z.array(z.string().url()).min(1),
    /** What was deployed there: the texts of deployment files. All have one registry. */
    deployments: z.array(deployment).min(1),
    /** In milliseconds. */
    pollingInterval: z.number().int().min(1).default(1_000),
    /** `ReleaseRegistry` contracts to follow. */
    releaseRegistries: z.array(address).default([]),
    /** `UpgradeGate` contracts to follow. */
    upgradeGates: z.array(address).default([]),
    /** Nodes, which know what is not on the chain. */
    nodes: z
      .array(z.object({ url: httpUrl, application: address }).strict())
      .refine(
        (nodes) => areDifferent(nodes.map(({ application }) => application.toLowerCase())),
        "an application has two nodes",
      )
      .default([]),
  })
  .strict()
  .refine(
    ({ deployments }) => isOne(deployments.map((item) => item.chainId)),
    "its deployments are on different chains",
  )
  .refine(
    ({ deployments }) => isOne(deployments.map((item) => item.genesisHash)),
    "its deployments are on chains with different genesis blocks",
  )
  .refine(
    ({ deployments }) => isOne(deployments.map(({ registry }) => registry.toLowerCase())),
    "its deployments have different registries",
  );

const webhooks = z
  .object({
    /** Where it is kept how far each has been told. */
    directory: z.string().min(1),
    endpoints: z
      .array(
        z
          .object({
            url: z
              .string()
              .url()
              .regex(/^https?:/, "is not an HTTP URL"),
            /** A file with `whsec_` and the base64 of the key that signs. */
            secretFile: z.string().min(1),
            /** All by default. */
            application: address.optional(),
            /** How many blocks have to be above an event's own: deeper reorganisations are not told of. */
            confirmations: z.number().int().min(0).max(100_000).default(12),
          })
          .strict(),
      )
      .min(1)
      .refine(
        (endpoints) => areDifferent(endpoints.map(({ url, application }) => `${url} ${application}`)),
        "an endpoint is there twice",
      ),
  })
  .strict();

const settings = z
  .object({
    chains: z
      .array(chain)
      .min(1)
      .refine(
        (chains) => areDifferent(chains.map(({ deployments }) => deployments[0]?.chainId)),
        "a chain is there twice",
      ),
    database: z.union([
      z.object({ kind: z.literal("pglite"), directory: absolutePath }).strict(),
      z.object({ kind: z.literal("postgres"), connectionString: z.string().min(1) }).strict(),
    ]),
    /** Whether `/sql` is served, which `@ponder/client` asks. */
    sql: z.boolean().default(false),
    /** Whether each policy is served as a binary cache for Nix, under `/cache`. */
    substituter: z
      .object({
        /** Keeps the NARs that were served. */
        directory: absolutePath,
        maxBytes: z.number().int().positive().default(20e9),
        /** Binary caches that may have the accepted content; they are asked before the nodes. */
        caches: z.array(httpUrl).default([]),
        /** Each policy's key is derived from the one in this file, as `nix key generate-secret` writes it. */
        signingKeyFile: absolutePath.optional(),
      })
      .strict()
      .optional(),
    /** Who is told of new records and conflicts. */
    webhooks: webhooks.optional(),
  })
  .strict()
  .refine(({ sql, database }) => !sql || database.kind === "postgres", {
    path: ["sql"],
    message: "is for Postgres only, since nothing can stop a statement of PGlite",
  });

/** What Ponder's process is told: chains, deployments and the database. */
export type IndexerSettings = z.output<typeof settings>;
export type WebhookSettings = NonNullable<IndexerSettings["webhooks"]>;
export type ChainSettings = IndexerSettings["chains"][number];
export type NodeSettings = ChainSettings["nodes"][number];
export type SubstituterSettings = NonNullable<IndexerSettings["substituter"]>;
/** The same as JSON. */
export type IndexerSettingsJson = z.input<typeof settings>;

/** The environment variable that holds {@link IndexerSettingsJson}. */
export const SETTINGS_VARIABLE = "CARTENIX_INDEXER_SETTINGS";

/**
 * Reads the settings from the environment of Ponder's process.
 *
 * @throws {IndexerError} naming what is missing or wrong.
 */
export function readSettings(environment: NodeJS.ProcessEnv): IndexerSettings {
  const text = environment[SETTINGS_VARIABLE];
  if (!text) {
    throw new IndexerError(`${SETTINGS_VARIABLE} is not set`, {
      remedy: "start the indexer with startIndexer()",
    });
  }
  return parseSettings(JSON.parse(text));
}

/**
 * Checks settings.
 *
 * @throws {IndexerError} naming what is wrong.
 */
export function parseSettings(value: unknown): IndexerSettings {
  const parsed = settings.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new IndexerError(`the indexer's settings are wrong: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  return parsed.data;
}

/** The deployment of an application, if it is a configured one. */
export function deploymentOf(
  { chains }: IndexerSettings,
  chainId: number,
  application: Address,
): VotedDeployment | undefined {
  return chains
    .flatMap(({ deployments }) => deployments)
    .find((item) => item.chainId === chainId && item.application.toLowerCase() === application.toLowerCase());
}

/** The node of an application, if one is configured. */
export function nodeOf(
  { chains }: IndexerSettings,
  chainId: number,
  application: Address,
): NodeSettings | undefined {
  return chains
    .find(({ deployments }) => deployments[0]?.chainId === chainId)
    ?.nodes.find((node) => node.application.toLowerCase() === application.toLowerCase());
}

function isOne(values: readonly unknown[]): boolean {
  return new Set(values).size === 1;
}

function areDifferent(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
