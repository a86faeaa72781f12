import { createAdaptorServer, type ServerType } from "@hono/node-server";
import type { Command } from "commander";
import type { Hono } from "hono";
import { createChainSubstituter, openNarFiles } from "../../substituter/index.ts";
import { CartenixError, cachePath } from "../../support/index.ts";
import { formatAuthority } from "../../trust/index.ts";
import { type ActionContext, defineAction, type Outcome } from "../action.ts";
import { ListenError } from "../cliErrors.ts";
import { addCacheOption, cachesOf } from "../config/cacheOption.ts";
import { machineOf } from "../config/machineOf.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireAuthority } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { openCacheKey } from "../substituter/cacheKey.ts";
import {
  addSubstituterOptions,
  type SubstituterCommandOptions,
  substituterUrl,
} from "../substituter/options.ts";
import { createServeLog } from "../substituter/serveLog.ts";

/** NARs that are kept, so that what broke off or another user of this computer needs not be downloaded again. */
const MAX_KEPT_BYTES = 10e9;

export function addServe(program: Command): void {
  const command = program
    .command("serve")
    .summary("a substituter for Nix that passes on only what the chain accepts")
    .description(
      `Runs a binary cache on this computer in front of others. It passes on only what the chain accepts, hashed, and signed by a key of your own.
It ends with Ctrl-C. Let Nix use it with \`cartenix use\`.`,
    )
    .addHelpText(
      "after",
      `
Examples:
  cartenix serve --network main
  cartenix serve --trust policy:0x5FbDB2315678afecb367f032d93F642f64180aa3 --cache https://cache.nixos.org https://cache.example`,
    );
  addConnectionOptions(command);
  addCacheOption(command);
  addSubstituterOptions(command);
  defineAction(command, serve);
}

async function serve({ signal, command, isJson }: ActionContext): Promise<Outcome> {
  const options = command.opts<SubstituterCommandOptions>();
  const settings = await resolveSettings(command);
  const authority = requireAuthority(settings);
  const key = await openCacheKey(options.cacheKeyFile);
  const { client, chainId } = await connect(settings, signal);
  const log = createServeLog(process.stdout, isJson);
  const app = createChainSubstituter({
    ...{ client, authority, registry: settings.registry.value, key, signal },
    caches: cachesOf(command, settings),
    machine: machineOf(settings),
    files: await openNarFiles(cachePath("nars"), { maxBytes: MAX_KEPT_BYTES }),
    ...{ onDecision: log.decision, onSent: log.sent, onError: log.problem },
  });
  app.onError((error, context) => {
    log.problem(error instanceof CartenixError ? error.message : String(error));
    return context.text("the chain or the caches cannot be asked\n", 503);
  });
  const server = await listen(app, options.port);
  const port = portOf(server);
  log.listening({
    url: substituterUrl({ port }),
    publicKey: key.publicKey,
    chainId,
    authority: formatAuthority(authority),
  });
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  await close(server);
  throw signal.reason;
}

async function listen(app: Hono, port: number): Promise<ServerType> {
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    throw new ListenError(`cannot listen at 127.0.0.1:${port}`, {
      cause,
      details: cause.message,
      remedy: "end what listens there, or give another --port",
    });
  });
  return server;
}

function portOf(server: ServerType): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function close(server: ServerType): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) {
      server.closeAllConnections();
    }
  });
}
