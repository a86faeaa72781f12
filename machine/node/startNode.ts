import { createRequire } from "node:module";
import { join } from "node:path";
import { getAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { DEFAULT_MAX_CYCLES } from "../emulator/index.ts";
import { connectToChain } from "./chain/connect.ts";
import { describeFault } from "./chain/describeFault.ts";
import { readApplication } from "./chain/readApplication.ts";
import type { ApplicationFacts } from "./chain/types.ts";
import { ApplicationError, DatabaseDamagedError, EndpointError, NoKeyError } from "./errors.ts";
import { lockDirectory } from "./lock.ts";
import { silentLog } from "./log.ts";
import { runLoops } from "./loops/runLoops.ts";
import { createExclusive } from "./machine/exclusive.ts";
import { createMachineKeeper } from "./machine/keeper.ts";
import { createMonitor } from "./monitor/createMonitor.ts";
import { addGauges } from "./monitor/gauges.ts";
import { healthOf } from "./monitor/health.ts";
import { createInspector } from "./server/inspect.ts";
import { createMethods } from "./server/methods.ts";
import { startServer } from "./server/startServer.ts";
import { executeOutput } from "./settlement/executeOutputs.ts";
import { createPatience } from "./settlement/patience.ts";
import { createSender } from "./settlement/sender.ts";
import { cyclesOf, inputCount, machineHashAfter, processedInputCount } from "./store/advances.ts";
import { readApplicationState, recordApplication } from "./store/application.ts";
import { openOrRemake, setAside } from "./store/openOrRemake.ts";
import type { CartenixNode, NodeOptions, NodeStatus } from "./types.ts";
import { createWakeUp } from "./wakeUp.ts";

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
  const facts = await readApplication(client, getAddress(options.application)).catch((error) => {
    if (error instanceof ApplicationError) {
      throw error;
    }
    throw new EndpointError(describeFault(error, options.rpcUrl));
  });
  const directory = join(options.dataDirectory, folderOf(facts));
  cleanUp.use(lockDirectory(directory));
  const databasePath = join(directory, "node.sqlite");
  let damage: DatabaseDamagedError | undefined;
  cleanUp.defer(() => damage && setAside(databasePath, damage, log));
  const store = openOrRemake(databasePath, log);
  cleanUp.defer(() => store.close());
  recordApplication(store, facts);

  const monitor = createMonitor();
  const keeper = createMachineKeeper({
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
  const machineWakeUp = createWakeUp();
  const onGone = () => void keeper.discard().then(machineWakeUp.wake);

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
  const health = () => healthOf(monitor, status(), keeper.running() !== undefined);
  addGauges(monitor.register, {
    store,
    directory,
    isHealthy: () => health().ok,
    processGroup: () => keeper.running()?.processGroup,
  });
  const server = await startServer({
    port: options.port ?? 0,
    application: facts.address,
    methods: createMethods({ store, facts, maxCycles, version: packageVersion() }),
    inspector: createInspector(keeper, onGone),
    status,
    health,
    metrics: () => monitor.register.metrics(),
    log,
  });
  cleanUp.defer(() => server.close());
  cleanUp.defer(() => keeper.discard());
  log.info({ url: server.url, application: facts.address, chainId: facts.chainId, directory }, "serving");
  await keeper.machine();
  log.info({ ...status() }, "the machine is up");

  const sender =
    options.claimerKey &&
    createSender({
      client,
      store,
      account: privateKeyToAccount(options.claimerKey),
      chainId: facts.chainId,
      raiseAfterMs: options.raiseAfterMs ?? DEFAULT_RAISE_MILLISECONDS,
      monitor,
      log,
    });
  const settlement = sender && {
    context: { client, store, facts, sender, patience: createPatience(), log },
    exclusive: createExclusive(),
  };

  let inputStartedAt = 0;
  const loops = runLoops(
    {
      client,
      store,
      facts,
      keeper,
      machineTask: { inputIndex: undefined, interrupt() {} },
      machineWakeUp,
      chainWakeUp: createWakeUp(),
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

function folderOf({ chainId, genesisHash, address }: ApplicationFacts): string {
  return `${chainId}-${genesisHash.slice(2, 18)}-${address.toLowerCase()}`;
}

function packageVersion(): string {
  return (createRequire(import.meta.url)("../../package.json") as { version: string }).version;
}
