import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeSigningKey, parseSigningKey, type SigningKey } from "../../substituter/index.ts";
import { CacheKeyError } from "../cliErrors.ts";
import { defaultConfigPath } from "../config/configFile.ts";

const OTHERS = 0o077;

/** `cartenix/cache.key` in the user's configuration folder. */
export function defaultCacheKeyPath(environment: NodeJS.ProcessEnv): string {
  return join(dirname(defaultConfigPath(environment)), "cache.key");
}

/**
 * Reads the secret key that signs what this computer's substituter serves, and makes one where there is none.
 *
 * @throws {CacheKeyError} when it cannot be read or made, or others may read it.
 */
export async function openCacheKey(path: string): Promise<SigningKey> {
  return (await readCacheKey(path)) ?? (await makeCacheKey(path));
}

async function readCacheKey(path: string): Promise<SigningKey | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0) {
      throw new CacheKeyError(`others may read the secret key ${path}`, {
        remedy: `chmod 600 ${path}, or remove it to have a new one made`,
      });
    }
    return parseSigningKey(await readFile(path, "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw cause instanceof CacheKeyError
      ? cause
      : new CacheKeyError(`cannot use the secret key ${path}`, { cause, details: (cause as Error).message });
  }
}

/** Another process may make one at the same time: the first one stays. */
async function makeCacheKey(path: string): Promise<SigningKey> {
  const made = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(made, `${makeSigningKey(`cartenix-${randomBytes(4).toString("hex")}`)}\n`, {
      flag: "wx",
      mode: 0o600,
    });
    await chmod(made, 0o600);
    await link(made, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") {
        throw error;
      }
    });
  } catch (cause) {
    throw new CacheKeyError(`cannot make the secret key ${path}`, {
      cause,
      details: (cause as Error).message,
    });
  } finally {
    await rm(made, { force: true });
  }
  return (await readCacheKey(path))!;
}
