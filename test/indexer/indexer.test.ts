import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  zeroAddress,
} from "viem";
import { hardhat } from "viem/chains";
import { applicationAbi, authorityAbi, inputBoxAbi, outputsAbi } from "../../abi/index.ts";
import { deployLocal, type LocalChain, startLocalChain } from "../../deploy/index.ts";
import { type Indexer, startIndexer } from "../../indexer/index.ts";
import { formatDeployment, type VotedDeployment } from "../../protocol/deployments/index.ts";
import { encodeBuild, encodeRebuild, recordAbi } from "../../protocol/index.ts";
import { outputsTree } from "./support/outputsTree.ts";
import { untilEqual } from "./support/untilEqual.ts";

const hash = (digit: string) => digit.repeat(32);
const drvPath = `/nix/store/${hash("0")}-greet-1.0.drv`;
const storePath = `/nix/store/${hash("1")}-greet-1.0`;
const toolchain = `/nix/store/${hash("2")}-toolchain`;
const templateHash: Hex = `0x${"5e".repeat(32)}`;
const greet = {
  storePath,
  drvPath,
  outputName: "out",
  narHash: `0x${"01".repeat(32)}` as Hex,
  narSize: 4_096n,
  inputsHash: `0x${"02".repeat(32)}` as Hex,
  references: [toolchain],
};
const narHashOf = ({ narHash }: { narHash: Hex }) =>
  `sha256-${Buffer.from(narHash.slice(2), "hex").toString("base64")}`;
const narHash = narHashOf(greet);

describe("the indexer", function () {
  this.timeout(300_000);
  let chain: LocalChain;
  let record: VotedDeployment;
  let indexer: Indexer;
  let folder: string;
  const chainClients = () => {
    const transport = http(chain.rpcUrl);
    const publicClient = createPublicClient({ chain: hardhat, transport, pollingInterval: 50 });
    const wallet = (account: Hex) => createWalletClient({ chain: hardhat, transport, account });
    return { publicClient, wallet };
  };
  const accounts = () => createWalletClient({ chain: hardhat, transport: http(chain.rpcUrl) }).getAddresses();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-indexer-"));
    chain = await startLocalChain();
    record = await deployLocal({ rpcUrl: chain.rpcUrl, templateHash, epochLength: 1 });
    indexer = await startIndexer({
      settings: {
        chains: [{ rpcUrls: [chain.rpcUrl], deployments: [formatDeployment(record)], pollingInterval: 100 }],
        database: { kind: "pglite", directory: join(folder, "pglite") },
      },
    });
  });

  after(async () => {
    await indexer?.stop();
    await chain?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("follows a build request to its claim and its executed voucher", async () => {
    const { publicClient, wallet } = chainClients();
    const account = wallet(record.claimer);
    const mined = async (transaction: Promise<Hex>) =>
      publicClient.waitForTransactionReceipt({ hash: await transaction });
    const payload = encodeBuild({ bundle: `0x${"00".repeat(32)}`, drvPath });
    const added = await mined(
      account.writeContract({
        address: record.inputBox,
        abi: inputBoxAbi,
        functionName: "addInput",
        args: [record.application, payload],
      }),
    );
    await untilEqual(
      () => requests(indexer),
      [{ inputIndex: "0", kind: "build", drvPath, status: "submitted" }],
    );

    const voucher = recordVoucher(record.registry, 0n);
    const { root, proofs } = outputsTree([voucher]);
    await mined(
      account.writeContract({
        address: record.consensus,
        abi: authorityAbi,
        functionName: "submitClaim",
        args: [record.application, added.blockNumber, root],
      }),
    );
    await untilEqual(
      () => requests(indexer),
      [{ inputIndex: "0", kind: "build", drvPath, status: "accepted" }],
    );

    await mined(
      account.writeContract({
        address: record.application,
        abi: applicationAbi,
        functionName: "executeOutput",
        args: [voucher, proofs[0]!],
      }),
    );
    await untilEqual(
      () => requests(indexer),
      [{ inputIndex: "0", kind: "build", drvPath, status: "executed" }],
    );
  });

  it("serves the recorded hash of a store path, and which application recorded it", async () => {
    const query = `query ($storePath: String) { outputs(where: { storePath: $storePath }) { items {
        narHash narSize drvPath outputName name confirmations conflicts
        application { address origin templateHash consensus owner consensusDetails { kind owner } }
        references request { inputIndex } voucher { outputIndex } } } }`;
    await untilEqual(
      () => outputs(indexer, query, { storePath }),
      [
        {
          narHash,
          narSize: "4096",
          drvPath,
          outputName: "out",
          name: "greet-1.0",
          confirmations: 0,
          conflicts: 0,
          application: {
            address: record.application.toLowerCase(),
            origin: "factory",
            templateHash,
            consensus: record.consensus.toLowerCase(),
            owner: zeroAddress,
            consensusDetails: { kind: "authority", owner: record.claimer.toLowerCase() },
          },
          references: [toolchain],
          request: { inputIndex: "0" },
          voucher: { outputIndex: "0" },
        },
      ],
    );
  });

  it("counts confirmations, and each conflicting hash once, of any caller of the registry", async () => {
    const { publicClient, wallet } = chainClients();
    const [, stranger] = await accounts();
    const other = { ...greet, narHash: `0x${"03".repeat(32)}` as Hex };
    for (const recorded of [greet, greet, other, other]) {
      await publicClient.waitForTransactionReceipt({
        hash: await wallet(stranger!).writeContract({
          address: record.registry,
          abi: recordAbi,
          functionName: "record",
          args: [0n, [recorded]],
        }),
      });
    }
    const query = `query ($stranger: String) {
      outputs(where: { applicationAddress: $stranger }) { items { narHash confirmations conflicts
        application { origin templateHash } otherHashes { items { narHash } }
        observations(orderBy: "blockNumber") { items { verdict } } } } }`;
    const verdicts = ["confirmed", "conflicted", "conflicted"];
    await untilEqual(
      () => outputs(indexer, query, { stranger: stranger!.toLowerCase() }),
      [
        {
          narHash,
          confirmations: 1,
          conflicts: 1,
          application: { origin: "unknown", templateHash: null },
          otherHashes: { items: [{ narHash: narHashOf(other) }] },
          observations: { items: verdicts.map((verdict) => ({ verdict })) },
        },
      ],
    );
  });

  it("follows a rebuild request to the voucher that confirms the record", async () => {
    const { publicClient, wallet } = chainClients();
    const account = wallet(record.claimer);
    const mined = async (transaction: Promise<Hex>) =>
      publicClient.waitForTransactionReceipt({ hash: await transaction });
    const added = await mined(
      account.writeContract({
        address: record.inputBox,
        abi: inputBoxAbi,
        functionName: "addInput",
        args: [record.application, encodeRebuild({ drvPath })],
      }),
    );
    const first = recordVoucher(record.registry, 0n);
    const again = recordVoucher(record.registry, 1n);
    const { root, proofs } = outputsTree([first, again]);
    await mined(
      account.writeContract({
        address: record.consensus,
        abi: authorityAbi,
        functionName: "submitClaim",
        args: [record.application, added.blockNumber, root],
      }),
    );
    await mined(
      account.writeContract({
        address: record.application,
        abi: applicationAbi,
        functionName: "executeOutput",
        args: [again, proofs[1]!],
      }),
    );
    await untilEqual(async () => (await requests(indexer))[1], {
      inputIndex: "1",
      kind: "rebuild",
      drvPath,
      status: "executed",
    });
    const query = `query ($application: String) { outputs(where: { applicationAddress: $application }) { items {
        confirmations request { inputIndex } voucher { outputIndex } } } }`;
    await untilEqual(
      () => outputs(indexer, query, { application: record.application.toLowerCase() }),
      [{ confirmations: 1, request: { inputIndex: "0" }, voucher: { outputIndex: "0" } }],
    );
  });

  it("shows an input that is not a request as one of unknown kind", async () => {
    const { wallet } = chainClients();
    await wallet(record.claimer).writeContract({
      address: record.inputBox,
      abi: inputBoxAbi,
      functionName: "addInput",
      args: [record.application, "0xdeadbeef"],
    });
    await untilEqual(async () => (await requests(indexer))[2], {
      inputIndex: "2",
      kind: "unknown",
      drvPath: null,
      status: "submitted",
    });
  });
});

async function requests(indexer: Indexer): Promise<unknown[]> {
  const { requests: page } = await indexer.query<{ requests: { items: unknown[] } }>(
    `{ requests(orderBy: "inputIndex") { items { inputIndex kind drvPath status } } }`,
  );
  return page.items;
}

async function outputs(
  indexer: Indexer,
  query: string,
  variables: Record<string, unknown>,
): Promise<unknown[]> {
  const { outputs: page } = await indexer.query<{ outputs: { items: unknown[] } }>(query, variables);
  return page.items;
}

function recordVoucher(registry: Address, inputIndex: bigint): Hex {
  const payload = encodeFunctionData({ abi: recordAbi, functionName: "record", args: [inputIndex, [greet]] });
  return encodeFunctionData({ abi: outputsAbi, functionName: "Voucher", args: [registry, 0n, payload] });
}
