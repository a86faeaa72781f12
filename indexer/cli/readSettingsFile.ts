import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { parseDeployment } from "../../protocol/deployments/index.ts";
import type { CartenixError } from "../../support/index.ts";
import { IndexerError } from "../indexerError.ts";
import { type IndexerSettingsJson, parseSettings } from "../settings.ts";
import type { CliOptions } from "./parseOptions.ts";

/** Only what names files; the rest is checked once they are read. */
const settingsFile = z
  .object({
    chains: z.array(z.object({ deployments: z.array(z.string()) }).passthrough()),
    database: z.object({ directory: z.string().optional() }).passthrough().optional(),
    substituter: z
      .object({ directory: z.string(), signingKeyFile: z.string().optional() })
      .passthrough()
      .optional(),
    webhooks: z
      .object({
        directory: z.string(),
        endpoints: z.array(z.object({ secretFile: z.string() }).passthrough()),
      })
      .passthrough()
      .optional(),
  })
  .passthrough();

/**
 * Reads a settings file: the settings as JSON, with the paths of deployment files instead of their texts. Paths are relative to the
 * settings file. The database of the command line or the environment comes before the file's.
 *
 * @throws {IndexerError} naming what is wrong, and where.
 */
export function readSettingsFile({ settingsFile: file, databaseUrl, data }: CliOptions): IndexerSettingsJson {
  const parsed = settingsFile.safeParse(parseJson(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new IndexerError(`${file} is not a settings file: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { chains, database, substituter, webhooks, ...rest } = parsed.data;
  const at = (path: string) => resolve(dirname(file), path);
  const settings = {
    ...rest,
    chains: chains.map((chain) => ({
      ...chain,
      deployments: chain.deployments.map((path) => readDeployment(at(path))),
    })),
    database: databaseUrl
      ? { kind: "postgres", connectionString: databaseUrl }
      : database
        ? { ...database, ...(database.directory && { directory: at(database.directory) }) }
        : { kind: "pglite", directory: resolve(data) },
    ...(substituter && {
      substituter: {
        ...substituter,
        directory: at(substituter.directory),
        ...(substituter.signingKeyFile && { signingKeyFile: at(substituter.signingKeyFile) }),
      },
    }),
    ...(webhooks && {
      webhooks: {
        ...webhooks,
        directory: at(webhooks.directory),
        endpoints: webhooks.endpoints.map((item) => ({ ...item, secretFile: at(item.secretFile) })),
      },
    }),
  };
  parseSettings(settings);
  return settings as IndexerSettingsJson;
}

function readDeployment(file: string): string {
  const text = readText(file);
  try {
    parseDeployment(text);
  } catch (error) {
    const { shortMessage, details } = error as CartenixError;
    throw new IndexerError(
      `${file} is not a deployment file: ${[shortMessage, details].filter(Boolean).join(": ")}`,
    );
  }
  return text;
}

function parseJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IndexerError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new IndexerError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
