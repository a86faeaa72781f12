import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CartesiPublicClient, createCartesiPublicClient } from "@cartesi/viem";
import {
  type Address,
  bytesToHex,
  createPublicClient,
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  type PublicClient,
} from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { inputBoxAbi } from "../../../abi/index.ts";
import { deployLocal, startLocalChain } from "../../../deploy/index.ts";
import { type CartenixNode, type NodeOptions, outputHash, startNode } from "../../../machine/node/index.ts";
import type { VotedDeployment } from "../../../protocol/deployments/index.ts";
import { encodeOutput } from "../../../protocol/index.ts";
import { plainRoot } from "./plainTree.ts";
import { script } from "./scriptGuest.ts";
import { storeScriptTemplate } from "./scriptTemplate.ts";

const MNEMONIC = "test test test test test test test test test test test junk";

/** A chain with everything deployed on it for a machine that runs {@link script}s, in this process. */
export interface World extends AsyncDisposable {
  rpcUrl: string;
  deployment: VotedDeployment;
  client: PublicClient;
  templateDirectory: string;
  /** A folder for this test alone. */
  folder: string;
  /** Account 0 claims; tests may use the others freely. */
  account(index: number): HDAccount;
  keyOf(index: number): Hex;
  /** Sends an input; `from` is an account's number. */
  send(payload: Uint8Array, from?: number): Promise<void>;
  /** Sends an input to another application of the same InputBox. */
  sendTo(application: Address, payload: Uint8Array, from?: number): Promise<void>;
  /** The script of an accepted input that sends these outputs; it contains the outputs root that results. */
  accepting(outputs: readonly Hex[], ...before: Uint8Array[]): Uint8Array;
  /** How many outputs were sent: what to return to when the chain is reorganised. */
  outputs(): number;
  forgetOutputsAfter(count: number): void;
  /** Sends ether. */
  sendEther(to: Hex, value: bigint): Promise<void>;
  /** Mines that many empty blocks. */
  mine(blocks: number): Promise<void>;
  /** Mines until the epoch of the newest block is over. */
  endEpoch(): Promise<void>;
  startNode(options?: Partial<NodeOptions>): Promise<CartenixNode>;
}

export const notice = (payload: Hex) => encodeOutput({ type: "Notice", payload });
export const voucher = (destination: Hex, payload: Hex, value = 0n) =>
  encodeOutput({ type: "Voucher", destination, value, payload });

export async function startWorld({ epochLength = 4 } = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "cartenix-node-"));
  const templateDirectory = join(folder, "template");
  const templateHash = await storeScriptTemplate(templateDirectory);
  const chain = await startLocalChain();
  const { rpcUrl } = chain;
  const deployment = await deployLocal({ rpcUrl, templateHash, epochLength });
  const transport = http(rpcUrl);
  const client = createPublicClient({ transport, pollingInterval: 20 });
  const miner = createTestClient({ mode: "hardhat", transport });
  const nodes: CartenixNode[] = [];
  const leaves: Hex[] = [];
  const account = (index: number) => mnemonicToAccount(MNEMONIC, { addressIndex: index });

  const world: World = {
    rpcUrl,
    deployment,
    client,
    templateDirectory,
    folder,
    account,
    keyOf: (index) => bytesToHex(account(index).getHdKey().privateKey!),
    send: (payload, from) => world.sendTo(deployment.application, payload, from),
    async sendTo(application, payload, from = 1) {
      const hash = await createWalletClient({ account: account(from), transport }).writeContract({
        chain: null,
        address: deployment.inputBox,
        abi: inputBoxAbi,
        functionName: "addInput",
        args: [application, bytesToHex(payload)],
      });
      await client.waitForTransactionReceipt({ hash });
    },
    accepting(outputs, ...before) {
      leaves.push(...outputs.map(outputHash));
      return script.of(...before, ...outputs.map(script.output), script.accept(plainRoot(leaves)));
    },
    outputs: () => leaves.length,
    forgetOutputsAfter: (count) => void leaves.splice(count),
    async sendEther(to, value) {
      const hash = await createWalletClient({ account: account(9), transport }).sendTransaction({
        chain: null,
        to,
        value,
      });
      await client.waitForTransactionReceipt({ hash });
    },
    async mine(blocks) {
      for (let block = 0; block < blocks; block++) {
        await miner.mine({ blocks: 1 });
      }
    },
    async endEpoch() {
      const newest = Number(await client.getBlockNumber());
      await world.mine(epochLength - (newest % epochLength) - 1);
    },
    async startNode(options = {}) {
      const node = await startNode({
        rpcUrl,
        application: deployment.application,
        templateDirectory,
        dataDirectory: join(folder, "data"),
        claimerKey: world.keyOf(0),
        pollMs: 50,
        ...options,
      });
      nodes.push(node);
      return node;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node.stop()));
      await chain.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** The client with which users read from a node. */
export function readerOf({ url }: Pick<CartenixNode, "url">): CartesiPublicClient {
  return createCartesiPublicClient({ transport: http(`${url}/rpc`) });
}
