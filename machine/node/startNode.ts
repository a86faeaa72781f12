import { createRequire } from "node:module";
import { join } from "node:path";
import { getAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { DEFAULT_MAX_CYCLES } from "../emulator/index.ts";
import { createMachineSupervisor } from "./advancer/machineSupervisor.ts";
import type { CartenixNode, NodeOptions } from "./cartenixNode.ts";
import { ApplicationError, EndpointError } from "./chain/chainErrors.ts";
import { connectToChain } from "./chain/connectToChain.ts";
import { describeFault } from "./chain/describeFault.ts";
import { readApplicationInfo } from "./chain/readApplicationInfo.ts";
import { createBackoff } from "./claimer/backoff.ts";
import { NoKeyError } from "./claimer/claimerErrors.ts";
import { executeOutput } from "./claimer/executeOutputs.ts";
import { createSender } from "./claimer/sender.ts";
import { createMutex } from "./concurrency/mutex.ts";
import { createNotifier } from "./concurrency/notifier.ts";
import { silentLog } from "./log/log.ts";
import { runLoops } from "./loops/runLoops.ts";
import type { ApplicationInfo } from "./model/applicationInfo.ts";
import { addGauges } from "./monitor/addGauges.ts";
import { createMonitor } from "./monitor/createMonitor.ts";
import { healthOf } from "./monitor/health.ts";
import type { NodeStatus } from "./monitor/nodeStatus.ts";
import { createInspector } from "./server/inspector.ts";
import { createMethods } from "./server/methods.ts";
import { startServer } from "./server/startServer.ts";
import { readApplicationState, recordApplication } from "./store/applicationTable.ts";
import { cyclesOf, inputCount, machineHashAfter, processedInputCount } from "./store/inputsTable.ts";
import { lockDirectory } from "./store/lockDirectory.ts";
import { openOrRecreateStore, quarantineDatabase } from "./store/openOrRecreateStore.ts";
import { DatabaseDamagedError } from "./store/storageErrors.ts";

const DEFAULT_POLL_MILLISECONDS = 1_000;
const DEFAULT_RAISE_MILLISECONDS = 60_000;
const DEFAULT_SNAPSHOT_CYCLES = 20_000_000_000n;

/**
 * Starts a rollup node for one application on this computer: it follows the chain, runs the machine, submits claims
 * and executes vouchers when it has a key, and serves what it knows. Resolves when the machine is up.
 *
 * @throws EndpointError, ApplicationError, TemplateMismatchError, DataDirectoryLockedError, DatabaseError, DiskFullError
 */
export async function startNode(options: NodeOptions): Promise<CartenixNode> {
  const { log = silentLog, maxCycles = DEFAULT_MAX_CYCLES } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const abort = () => controller.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener("abort", abort, { once: true });
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => options.signal?.removeEventListener("abort", abort));

  const client = connectToChain(options.rpcUrl, { timeoutMs: options.rpcTimeoutMs, signal });
  const application = await readApplicationInfo(client, getAddress(options.application)).catch((error) => {
    if (error instanceof ApplicationError) {
      throw error;
    }
    throw new EndpointError(describeFault(error, options.rpcUrl));
  });
  const directory = join(options.dataDirectory, folderOf(application));
  cleanUp.use(lockDirectory(directory));
  const databasePath = join(directory, "node.sqlite");
  let damage: DatabaseDamagedError | undefined;
  cleanUp.defer(() => damage && quarantineDatabase(databasePath, damage, log));
  const store = openOrRecreateStore(databasePath, log);
  cleanUp.defer(() => store.close());
  recordApplication(store, application);

  const monitor = createMonitor();
  const supervisor = createMachineSupervisor({
    store,
    templateDirectory: options.templateDirectory,
    templateDigestFile: join(directory, "template.digest"),
    snapshotsDirectory: join(directory, "snapshots"),
    snapshotCycles: options.snapshotCycles ?? DEFAULT_SNAPSHOT_CYCLES,
    maxCycles,
    signal,
    monitor,
    log,
  });
  const inputNotifier = createNotifier();
  const onGone = () => void supervisor.discard().then(inputNotifier.wake);

  let current: NodeStatus["current"];
  const status = (): NodeStatus => {
    const processedInputs = processedInputCount(store);
    return {
      checkedBlock: readApplicationState(store).checkedBlock,
      inputs: inputCount(store),
      processedInputs,
      machineHash: machineHashAfter(store, processedInputs),
      current,
    };
  };
  const health = () => healthOf(monitor, status(), supervisor.running() !== undefined);
  addGauges(monitor.register, {
    store,
    directory,
    isHealthy: () => health().ok,
    processGroup: () => supervisor.running()?.processGroup,
  });
  const server = await startServer({
    port: options.port ?? 0,
    application: application.address,
    methods: createMethods({ store, application, maxCycles, version: packageVersion() }),
    inspector: createInspector(supervisor, onGone),
    status,
    health,
    metrics: () => monitor.register.metrics(),
    log,
  });
  cleanUp.defer(() => server.close());
  cleanUp.defer(() => supervisor.discard());
  log.info(
    { url: server.url, application: application.address, chainId: application.chainId, directory },
    "serving",
  );
  await supervisor.machine();
  log.info({ ...status() }, "the machine is up");

  const sender =
    options.claimerKey &&
    createSender({
      client,
      store,
      account: privateKeyToAccount(options.claimerKey),
      chainId: application.chainId,
      raiseAfterMs: options.raiseAfterMs ?? DEFAULT_RAISE_MILLISECONDS,
      monitor,
      log,
    });
  const settlement = sender && {
    context: { client, store, application, sender, backoff: createBackoff(), log },
    exclusive: createMutex(),
  };

  let inputStartedAt = 0;
  const loops = runLoops(
    {
      client,
      store,
      application,
      supervisor,
      machineTask: { inputIndex: undefined, interrupt() {} },
      inputNotifier,
      resultNotifier: createNotifier(),
      settlement,
      execute: options.execute ?? false,
      pollMs: options.pollMs ?? DEFAULT_POLL_MILLISECONDS,
      safeBlock: options.safeBlock ?? "latest",
      maxCycles,
      rpcUrl: options.rpcUrl,
      monitor,
      onProgress(progress) {
        if (progress?.inputIndex !== current?.inputIndex) {
          inputStartedAt = performance.now();
        }
        current = progress && { ...progress, milliseconds: Math.round(performance.now() - inputStartedAt) };
      },
      log,
    },
    controller,
  );
  const owned = cleanUp.move();
  const stopped = loops
    .catch((error) => {
      if (error instanceof DatabaseDamagedError) {
        damage = error;
      }
      throw error;
    })
    .finally(() => owned.disposeAsync());
  stopped.catch(() => {});
  return {
    url: server.url,
    status,
    cyclesOf: (inputIndex) => cyclesOf(store, inputIndex),
    async executeOutput(index) {
      if (settlement === undefined) {
        throw new NoKeyError();
      }
      return settlement.exclusive(() => executeOutput(settlement.context, index));
    },
    stopped,
    async stop() {
      controller.abort();
      await stopped.catch(() => {});
    },
  };
}

function folderOf({ chainId, genesisHash, address }: ApplicationInfo): string {
  return `${chainId}-${genesisHash.slice(2, 18)}-${address.toLowerCase()}`;
}

function packageVersion(): string {
  return (createRequire(import.meta.url)("../../package.json") as { version: string }).version;
}
