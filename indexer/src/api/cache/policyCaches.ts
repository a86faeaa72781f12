import { readFile } from "node:fs/promises";
import { type Context, Hono } from "hono";
import { isAddress } from "viem";
import {
  cacheNars,
  createSubstituter,
  machineNars,
  openNarFiles,
  parseSigningKey,
} from "../../../../substituter/index.ts";
import { IndexerError } from "../../../indexerError.ts";
import type { ChainSettings, SubstituterSettings } from "../../../settings.ts";
import { withinTime } from "../limits/lanes.ts";
import { RequestError } from "../limits/requestError.ts";
import { findPolicy, type Terms } from "../rest/policyTerms.ts";
import { findAccepted } from "./findAccepted.ts";
import { findLog } from "./findLog.ts";
import { limitTransfers } from "./limitTransfers.ts";

interface PolicyCaches {
  Variables: { terms: Terms };
}

/**
 * A binary cache for each policy, at `/<chain id>/<policy>/`.
 *
 * @throws {IndexerError} when the signing key cannot be read.
 * @throws {SigningKeyFormatError}
 */
export async function createPolicyCaches(
  { directory, maxBytes, caches, signingKeyFile }: SubstituterSettings,
  chains: readonly ChainSettings[],
): Promise<Hono<PolicyCaches>> {
  const key = signingKeyFile === undefined ? undefined : parseSigningKey(await readSecret(signingKeyFile));
  const nodes = chains.flatMap((chain) => chain.nodes);
  const app = new Hono<PolicyCaches>();
  app.use(limitTransfers);
  app.use("/:chainId/:policy/*", async (context, next) => {
    context.set("terms", await findTerms(context.req.param()));
    return next();
  });
  app.route(
    "/:chainId/:policy",
    createSubstituter({
      findAccepted: (hashPart, context) => withinTime(findAccepted(termsOf(context), hashPart)),
      findLog: (drvPath, context) => findLog(termsOf(context), drvPath),
      // anybody can make a policy that accepts anything: a key that signed for all of them would say nothing
      findSigningKey: (context) => key?.deriveFor(nameOf(termsOf(context))),
      sources: [
        ...caches.map((url) => cacheNars(url)),
        ...nodes.map(({ url, application }) => machineNars({ nodeUrl: url, application })),
      ],
      files: await openNarFiles(directory, { maxBytes }),
      onError: (message) => console.warn(message),
    }),
  );
  return app;
}

async function readSecret(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new IndexerError("the substituter's signing key cannot be read", {
      details: String(cause),
      remedy: "write one with nix key generate-secret, or leave signingKeyFile out",
      cause,
    });
  }
}

async function findTerms({ chainId, policy }: { chainId: string; policy: string }): Promise<Terms> {
  const address = policy.toLowerCase();
  if (!/^[1-9][0-9]{0,14}$/.test(chainId) || !isAddress(address)) {
    throw new RequestError(404, "there is no such cache", {
      remedy: "the address of a policy's cache is /cache/<chain id>/<address of the policy>",
    });
  }
  return withinTime(findPolicy(Number(chainId), address));
}

function termsOf(context: Context): Terms {
  return context.get("terms");
}

function nameOf({ chainId, address }: Terms): string {
  return `${chainId}-${address}`;
}
