import { join } from "node:path";
import { createMachineSupervisor } from "./advancer/machineSupervisor.ts";
import type { CartenixNode } from "./cartenixNode.ts";
import { connectToChain } from "./chain/connectToChain.ts";
import { defaultSafeBlock } from "./chain/defaultSafeBlock.ts";
import { createBatchLimit } from "./chain/followChain.ts";
import { identifyApplication } from "./chain/identifyApplication.ts";
import { NoKeyError } from "./claimer/claimerErrors.ts";
import { createClaimer } from "./claimer/createClaimer.ts";
import { forwardAbort } from "./concurrency/forwardAbort.ts";
import { createNotifier } from "./concurrency/notifier.ts";
import { provenOutputs } from "./gateway/provenOutputs.ts";
import { startGuard } from "./guard/startGuard.ts";
import { silentLog } from "./log/log.ts";
import { runLoops } from "./loops/runLoops.ts";
import type { NodeOptions } from "./model/nodeOptions.ts";
import { addGauges } from "./monitor/addGauges.ts";
import { createMonitor } from "./monitor/createMonitor.ts";
import { createProgress } from "./monitor/createProgress.ts";
import { healthOf } from "./monitor/health.ts";
import { readNodeStatus } from "./monitor/nodeStatus.ts";
import { createInspector } from "./server/inspector.ts";
import { createMethods } from "./server/methods.ts";
import { packageVersion } from "./server/packageVersion.ts";
import { startServer } from "./server/startServer.ts";
import { wrongClaims } from "./store/claimsTable.ts";
import { cyclesOf } from "./store/inputsTable.ts";
import { dataDirectoryName, openDataDirectory } from "./store/openDataDirectory.ts";
import { DatabaseDamagedError } from "./store/storageErrors.ts";
import { createWatch } from "./watch/createWatch.ts";
import { createWebhook } from "./watch/webhook.ts";

const DEFAULT_POLL_MS = 1_000;
const DEFAULT_RAISE_AFTER_MS = 60_000;
const DEFAULT_SNAPSHOT_CYCLES = 20_000_000_000n;

/**
 * Starts a rollup node for one application on this computer: it follows the chain, advances the machine, compares
 * claims with it, submits claims and executes vouchers if it has a key, and serves the results.
 *
 * @returns the node, once its machine is up.
 * @throws {EndpointError} when the RPC endpoint does not work.
 * @throws {ApplicationError} when there is no application at the address that this node can serve.
 * @throws {DataDirectoryLockedError} when another node uses the data directory.
 * @throws {DatabaseError} when the database belongs to another application or a newer program.
 * @throws {DiskFullError} when there is no space to open the database.
 * @throws {ListenError} when the port is taken.
 * @throws {NothingToGuardError} when the application that it shall guard has no disputes.
 * @throws {GuardFundsError} when the guard's account has too little for a claim and a challenge.
 * @throws {TemplateMismatchError} when the template is not the one that the application was deployed with.
 * @throws {TemplateDamagedError} when the template's files have changed.
 */
export async function startNode(options: NodeOptions): Promise<CartenixNode> {
  const { log = silentLog } = options;
  options.signal?.throwIfAborted();
  await using cleanUp = new AsyncDisposableStack();
  const controller = new AbortController();
  const { signal } = controller;
  cleanUp.defer(forwardAbort(options.signal, controller));

  const client = connectToChain(options.rpcUrl, { timeoutMs: options.rpcTimeoutMs, signal });
  const application = await identifyApplication(client, options);
  const isClaimer = options.claimerKey !== undefined;
  const safeBlock =
    options.safeBlock ?? (await defaultSafeBlock(client, { isClaimer, rpcUrl: options.rpcUrl, log }));
  const directory = join(options.dataDirectory, dataDirectoryName(application));
  const data = cleanUp.use(openDataDirectory(directory, application, log));
  const { store } = data;

  const monitor = createMonitor();
  const progress = createProgress();
  const recovery = {
    store,
    templateDirectory: options.templateDirectory,
    snapshotsDirectory: join(directory, "snapshots"),
    signal,
    log,
  };
  const supervisor = createMachineSupervisor({
    ...recovery,
    snapshotCycles: options.snapshotCycles ?? DEFAULT_SNAPSHOT_CYCLES,
    monitor,
  });
  const inputNotifier = createNotifier();
  const resultNotifier = createNotifier();
  const status = () => readNodeStatus(store, progress.current());
  const health = () =>
    healthOf(monitor, {
      status: status(),
      machineIsUp: supervisor.running() !== undefined,
      wrongClaims: wrongClaims(store),
    });
  addGauges(monitor.register, {
    store,
    directory,
    isHealthy: () => health().ok,
    processGroup: () => supervisor.running()?.processGroup,
  });

  const server = await startServer({
    port: options.port ?? 0,
    corsOrigin: options.corsOrigin,
    application: application.address,
    methods: createMethods({ store, application, version: packageVersion() }),
    inspector: createInspector(supervisor, () => void supervisor.discard().then(inputNotifier.wake)),
    findProvenOutputs: provenOutputs(store),
    status,
    health,
    metrics: () => monitor.register.metrics(),
    log,
  });
  cleanUp.defer(() => server.close());
  cleanUp.defer(() => supervisor.discard());
  const { address, chainId, consensusType, terms } = application;
  log.info(
    { url: server.url, application: address, chainId, consensusType, terms, safeBlock, directory },
    "serving",
  );
  await supervisor.machine();
  log.info({ ...status() }, "the machine is up");

  const { claimerKey: privateKey, raiseAfterMs = DEFAULT_RAISE_AFTER_MS } = options;
  const guard =
    options.guard && privateKey
      ? cleanUp.use(
          await startGuard({ ...recovery, client, application, privateKey, onReady: resultNotifier.wake }),
        )
      : undefined;
  const claimer =
    privateKey &&
    createClaimer({ client, store, application, privateKey, raiseAfterMs, guard, monitor, log });
  const loops = runLoops(
    {
      client,
      store,
      application,
      supervisor,
      machineTask: { inputIndex: undefined, interrupt() {} },
      inputNotifier,
      resultNotifier,
      claimer,
      execute: options.execute ?? false,
      watch: createWatch({
        store,
        application,
        webhook: options.webhook && createWebhook({ url: options.webhook, signal, monitor, log }),
        endsWithAlarm: options.watch ?? false,
        log,
      }),
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
      safeBlock,
      batchLimit: createBatchLimit(),
      rpcUrl: options.rpcUrl,
      monitor,
      onProgress: progress.report,
      log,
    },
    controller,
  );
  const owned = cleanUp.move();
  const stopped = loops
    .catch((error) => {
      if (error instanceof DatabaseDamagedError) {
        data.quarantineOnClose(error);
      }
      throw error;
    })
    .finally(() => owned.disposeAsync());
  stopped.catch(() => {}); // anyone awaiting `stopped` still sees the rejection
  return {
    url: server.url,
    status,
    cyclesOf: (inputIndex) => cyclesOf(store, inputIndex),
    async executeOutput(index) {
      if (claimer === undefined) {
        throw new NoKeyError();
      }
      return claimer.executeOutput(index);
    },
    stopped,
    async stop() {
      controller.abort();
      await stopped.catch(() => {});
    },
  };
}
