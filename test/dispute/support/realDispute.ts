import { type Address, bytesToHex, type Hex, hexToBytes, parseEventLogs } from "viem";
import { inputBoxAbi } from "../../../abi/index.ts";
import {
  callOf,
  type DisputesQuery,
  dueActions,
  type EpochTrace,
  encodeMove,
  NothingToDisputeError,
  nextMove,
  openEpochTrace,
  proveTemplate,
  readDisputes,
  readGame,
} from "../../../machine/dispute/index.ts";
import type { Emulator } from "../../../machine/emulator/index.ts";
import { startDispute } from "../../contracts/dispute/support/startDispute.ts";

/** A real chain with Cartesi's contracts and the dispute's, and a sealed epoch over the real machine. */
export async function openRealEpoch(template: Emulator, payloads: readonly Hex[]) {
  const dispute = await startDispute({}, "StepVerifier20");
  const { chain, consensus, inputBox } = dispute;
  const templateHash = await template.rootHash();
  const { address: application } = await dispute.makeApplication({ templateHash });
  await consensus.write.register([application, bytesToHex(await proveTemplate(template))]);
  const inputs: Hex[] = [];
  for (const payload of payloads) {
    const hash = await inputBox.write.addInput([application, payload]);
    const { logs } = await chain.client.getTransactionReceipt({ hash });
    inputs.push(parseEventLogs({ abi: inputBoxAbi, logs, eventName: "InputAdded" })[0]!.args.input);
  }
  await consensus.write.seal([application]);
  return { ...dispute, application, inputs };
}

export type RealEpoch = Awaited<ReturnType<typeof openRealEpoch>>;

/** The trace of the epoch from a machine, which may be a liar's. */
export function traceOf(machine: Emulator, inputs: readonly Hex[]) {
  return openEpochTrace({
    machine,
    inputs: inputs.length,
    readInput: async (input) => hexToBytes(inputs[input]!),
  });
}

/** A transaction that a player sent. */
export interface Played {
  by: Address;
  kind: string;
  gas: bigint;
}

/** Sends a transaction, or throws what it reverts with. */
export async function send(
  { chain }: RealEpoch,
  by: Address,
  kind: string,
  { to, data, value }: { to: Address; data: Hex; value?: bigint },
): Promise<Played> {
  const transaction = { account: by, to, data, value: value ?? 0n };
  const hash = await chain.wallets[0]!.sendTransaction({ ...transaction, gas: 16_000_000n });
  const { gasUsed, status } = await chain.client.getTransactionReceipt({ hash });
  if (status !== "success") {
    await chain.client.call(transaction);
    throw new Error(`${kind} reverted`);
  }
  return { by, kind, gas: gasUsed };
}

/** Does the most urgent thing that is due for an honest player; `undefined` if nothing is. */
export async function playHonestly(
  epoch: RealEpoch,
  address: Address,
  trace: EpochTrace,
): Promise<Played | undefined> {
  const { chain, consensus, terms } = epoch;
  const query = await queryOf(epoch);
  const disputes = await readDisputes(chain.client, query);
  const [action] = dueActions(disputes, { address, state: await trace.stateAfter(trace.inputs) });
  if (action === undefined) {
    return undefined;
  }
  const openTrace = async () => trace;
  const call = await callOf(action, { client: chain.client, query, bond: terms.bond, openTrace });
  return send(epoch, address, action.kind, { ...call, to: consensus.address });
}

/**
 * Makes the move of a side in a game, as its trace says; `undefined` if it cannot: the game has ended, the other side agrees, or
 * the chain computes something else.
 */
export async function playMove(
  epoch: RealEpoch,
  gameId: Hex,
  by: Address,
  trace: EpochTrace,
): Promise<Played | undefined> {
  const game = await readGame(epoch.chain.client, { ...(await queryOf(epoch)), gameId });
  if (!game.position || game[game.mover] !== by) {
    return undefined;
  }
  try {
    const move = await nextMove(game.position, trace);
    return await send(epoch, by, move.kind, { to: epoch.consensus.address, data: encodeMove(gameId, move) });
  } catch (error) {
    if (error instanceof NothingToDisputeError || /SameEnd|WrongInput/.test(String(error))) {
      return undefined;
    }
    throw error;
  }
}

export async function queryOf({
  chain,
  consensus,
  inputBox,
  application,
}: RealEpoch): Promise<DisputesQuery> {
  const blockNumber = await chain.client.getBlockNumber({ cacheTime: 0 });
  return {
    consensus: consensus.address,
    application,
    inputBox: inputBox.address,
    fromBlock: 0n,
    blockNumber,
  };
}
