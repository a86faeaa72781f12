import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isAddress } from "viem";
import { z } from "zod";
import { CartenixError } from "../../support/index.ts";
import { parseAuthority } from "../../trust/index.ts";
import { ConfigError } from "../cliErrors.ts";

const httpUrl = z
  .string()
  .url()
  .regex(/^https?:/, "is not an address of HTTP")
  .transform((text) => text.replace(/\/+$/, ""));

const network = z
  .object({
    /** HTTP JSON-RPC endpoints; where there are several, all must answer the same. */
    rpcUrls: z.array(httpUrl).min(1),
    chainId: z.number().int().positive().optional(),
    registry: z
      .string()
      .refine((text) => isAddress(text), "is not an address")
      .optional(),
    /** A deployment file: chain, registry, InputBox and application. */
    deployment: z.string().min(1).optional(),
    /** Whom to believe, as `parseAuthority` reads it. */
    trust: z.string().superRefine(checkAuthority).optional(),
    node: httpUrl.optional(),
    indexer: httpUrl.optional(),
  })
  .strict();

const configFile = z
  .object({
    /** The network that is used where none is named. */
    network: z.string().min(1).optional(),
    networks: z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), network).default({}),
    /** Binary caches of Nix whose bytes may be used, whoever signed them. */
    caches: z.array(httpUrl).optional(),
  })
  .strict()
  .refine((file) => file.network === undefined || Object.hasOwn(file.networks, file.network), {
    path: ["network"],
    message: "is not among the networks",
  });

export type NetworkConfig = z.output<typeof network>;
export type ConfigFile = z.output<typeof configFile>;

/** `cartenix/config.json` in the user's configuration folder. */
export function defaultConfigPath(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_CONFIG_HOME || join(homedir(), ".config"), "cartenix", "config.json");
}

/**
 * Reads a configuration file; paths in it are relative to its folder.
 *
 * @param mayBeMissing Whether a file that is not there is an empty one.
 * @throws {ConfigError} naming what is wrong, and where.
 */
export async function readConfigFile(path: string, mayBeMissing: boolean): Promise<ConfigFile> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" && mayBeMissing) {
      return "{}";
    }
    throw new ConfigError(`cannot read the configuration file ${path}`, { cause, details: cause.message });
  });
  const parsed = configFile.safeParse(parseJson(path, text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${path}: ${issue?.path.join(".") || "the file"}: ${issue?.message}`, {
      docs: "docs/cartenix.md#configuration",
    });
  }
  for (const one of Object.values(parsed.data.networks)) {
    if (one.deployment !== undefined) {
      one.deployment = resolve(dirname(path), one.deployment);
    }
  }
  return parsed.data;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path} is not JSON`, { cause, details: (cause as Error).message });
  }
}

function checkAuthority(text: string, context: z.RefinementCtx): void {
  try {
    parseAuthority(text);
  } catch (error) {
    if (!(error instanceof CartenixError)) {
      throw error;
    }
    context.addIssue({ code: "custom", message: error.shortMessage });
  }
}
