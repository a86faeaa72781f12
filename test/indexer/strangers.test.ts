import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import hre from "hardhat";
import { after, before, describe, it } from "mocha";
import { type Address, concatHex, type Hex, pad, zeroAddress } from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  authorityAbi,
  authorityFactoryAbi,
  buildRegistryCreationCode,
  inputBoxAbi,
  registryAddress,
} from "../../abi/index.ts";
import { deployWithCreate2, placeCreate2Deployer } from "../../deploy/create2.ts";
import { type Indexer, startIndexer } from "../../indexer/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import {
  encodeBuild,
  encodeOutput,
  encodeRecord,
  formatNarHash,
  type RegistryOutput,
} from "../../protocol/index.ts";
import { helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import { outputsTree } from "./support/outputsTree.ts";
import { type Rollup, startRollup, TEMPLATE_HASH } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

/** A contract that calls the address in its first word with the bytes after it. */
const FORWARDER_CODE: Hex = "0x602036038060206000376000600091600060006000355af1601f57600080fd5b00";
const FORWARDER: Address = "0x00000000000000000000000000000000000f0f0f";

describe("the indexer among strangers", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let indexer: Indexer;
  let folder: string;
  let stranger: Address;
  const early = helloOutput("early");

  before(async () => {
    await hre.tasks.getTask("build").run({ quiet: true });
    folder = await mkdtemp(join(tmpdir(), "cartenix-indexer-"));
    rollup = await startRollup();
    stranger = rollup.accounts[5]!;
    await placeCreate2Deployer(rollup.client);
    await deployWithCreate2(rollup.client, buildRegistryCreationCode);
    await rollup.record(stranger, registryAddress(), [early]);
    deployment = await rollup.deploy();
    indexer = await startIndexer({
      settings: {
        chains: [
          {
            rpcUrls: [rollup.chain.rpcUrl],
            deployments: [formatDeployment(deployment)],
            pollingInterval: 100,
          },
        ],
        database: { kind: "pglite", directory: join(folder, "pglite") },
      },
    });
  });

  after(async () => {
    await indexer?.stop();
    await rollup?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const rows = async (query: string, variables: Record<string, unknown> = {}): Promise<unknown[]> => {
    const [page] = Object.values(await indexer.query<Record<string, { items: unknown[] }>>(query, variables));
    return page!.items;
  };

  it("knows what they recorded before the first deployment, and confirm after it", async () => {
    await rollup.record(stranger, deployment.registry, [early]);
    await untilEqual(
      () =>
        rows(
          `query ($by: String) { outputs(where: { applicationAddress: $by }) { items { storePath narHash confirmations } } }`,
          {
            by: stranger.toLowerCase(),
          },
        ),
      [{ storePath: early.storePath, narHash: formatNarHash(early.narHash), confirmations: 1 }],
    );
  });

  it("does not believe the claim of a real Authority of theirs that names our application", async () => {
    const payload = encodeBuild({ bundle: `0x${"00".repeat(32)}`, drvPath: early.drvPath });
    const { blockNumber } = await rollup.write(stranger, {
      address: deployment.inputBox,
      abi: inputBoxAbi,
      functionName: "addInput",
      args: [deployment.application, payload],
    });
    const foreign = await makeAuthority(stranger, 1n);
    await rollup.write(stranger, {
      address: foreign,
      abi: authorityAbi,
      functionName: "submitClaim",
      args: [deployment.application, blockNumber, `0x${"bad0".repeat(16)}`],
    });
    await settle();
    await untilEqual(
      () => rows("{ requests { items { status claimId acceptedClaimId } } }"),
      [{ status: "submitted", claimId: null, acceptedClaimId: null }],
    );
    await untilEqual(() => rows("{ claims { items { consensus } } }"), []);
  });

  it("shows a contract with our template hash that records as one of unknown origin", async () => {
    const { abi, bytecode } = await hre.artifacts.readArtifact("FakeApplication");
    const { contractAddress } = await rollup.mined(
      rollup.client.deployContract({
        account: stranger,
        abi,
        bytecode: bytecode as Hex,
        args: [deployment.templateHash, deployment.consensus],
      }),
    );
    const fake = contractAddress!;
    await rollup.record(fake, deployment.registry, [helloOutput("fake")]);
    await untilEqual(
      () => applications(fake),
      [
        {
          origin: "unknown",
          templateHash: null,
          consensus: null,
          owner: null,
          consensusChanges: { items: [] },
        },
      ],
    );
    await untilEqual(
      () =>
        rows(
          `query ($by: String) { outputs(where: { applicationAddress: $by }) { items { application { origin } } } }`,
          { by: fake.toLowerCase() },
        ),
      [{ application: { origin: "unknown" } }],
    );
  });

  it("shows the consensuses and owners that an application had", async () => {
    const first = await makeAuthority(stranger, 2n);
    const second = await makeAuthority(stranger, 3n);
    const address = await makeApplication(first, stranger, 1n);
    await rollup.write(stranger, {
      address,
      abi: applicationAbi,
      functionName: "migrateToOutputsMerkleRootValidator",
      args: [second],
    });
    await rollup.write(stranger, {
      address,
      abi: applicationAbi,
      functionName: "renounceOwnership",
      args: [],
    });
    const consensuses = [first, second].map((consensus) => ({ consensus: consensus.toLowerCase() }));
    await untilEqual(
      () => applications(address),
      [
        {
          origin: "factory",
          templateHash: TEMPLATE_HASH,
          consensus: second.toLowerCase(),
          owner: zeroAddress,
          consensusChanges: { items: consensuses },
        },
      ],
    );
    await untilEqual(() => owners(address), [stranger.toLowerCase(), zeroAddress]);
  });

  it("shows the owners that an Authority had", async () => {
    const next = rollup.accounts[6]!;
    const address = await makeAuthority(stranger, 4n);
    await rollup.write(stranger, {
      address,
      abi: authorityAbi,
      functionName: "transferOwnership",
      args: [next],
    });
    await untilEqual(
      () =>
        rows(
          `query ($address: String) { consensuss(where: { address: $address }) { items { kind owner } } }`,
          { address: address.toLowerCase() },
        ),
      [{ kind: "authority", owner: next.toLowerCase() }],
    );
    await untilEqual(() => owners(address), [stranger.toLowerCase(), next.toLowerCase()]);
  });

  it("finds a path by a further derivation that confirms it", async () => {
    const drvPath = storePath("other", "hello-2.10.drv");
    await rollup.record(stranger, deployment.registry, [{ ...early, drvPath }]);
    await untilEqual(
      () =>
        rows(
          `query ($drvPath: String) { otherDerivations(where: { drvPath: $drvPath }) { items { outputName output { storePath confirmations } } } }`,
          { drvPath },
        ),
      [{ outputName: "out", output: { storePath: early.storePath, confirmations: 2 } }],
    );
  });

  it("shows a derivation for which an application recorded two paths", async () => {
    const other = { ...early, storePath: storePath("elsewhere", "hello-2.10") };
    await rollup.record(stranger, deployment.registry, [other]);
    await untilEqual(
      () =>
        rows(
          "{ derivationConflicts { items { inputIndex output { storePath } firstOutput { storePath } } } }",
        ),
      [
        {
          inputIndex: "0",
          output: { storePath: other.storePath },
          firstOutput: { storePath: early.storePath },
        },
      ],
    );
  });

  it("believes no call of record that the registry did not receive", async () => {
    const consensus = await makeAuthority(stranger, 5n);
    const application = await makeApplication(consensus, stranger, 2n);
    await rollup.client.setCode({ address: FORWARDER, bytecode: FORWARDER_CODE });
    const known = helloOutput("delegated");
    const recorded = encodeOutput({
      type: "DelegateCallVoucher",
      destination: FORWARDER,
      payload: concatHex([pad(deployment.registry), encodeRecord({ inputIndex: 0n, outputs: [known] })]),
    });
    const forged: RegistryOutput = { ...known, drvPath: "NUL \0", outputName: "\0", references: ["\0"] };
    const pretended = encodeOutput({
      type: "Voucher",
      destination: stranger,
      value: 0n,
      payload: encodeRecord({ inputIndex: 0n, outputs: [forged] }),
    });
    await execute(consensus, application, [recorded, pretended]);
    await settle();
    await untilEqual(
      () =>
        rows(
          `query ($by: String) { outputs(where: { applicationAddress: $by }) { items { narHash storePath drvPath } } }`,
          { by: application.toLowerCase() },
        ),
      [{ narHash: formatNarHash(known.narHash), storePath: null, drvPath: null }],
    );
  });

  /** Waits until the indexer has seen everything that happened. */
  async function settle(): Promise<void> {
    const marker = helloOutput(`marker ${Math.random()}`);
    await rollup.record(rollup.accounts[7]!, deployment.registry, [marker]);
    await untilEqual(
      () =>
        rows(
          `query ($storePath: String) { outputs(where: { storePath: $storePath }) { items { storePath } } }`,
          { storePath: marker.storePath },
        ),
      [{ storePath: marker.storePath }],
    );
  }

  function applications(address: Address): Promise<unknown[]> {
    return rows(
      `query ($address: String) { applications(where: { address: $address }) { items {
         origin templateHash consensus owner consensusChanges(orderBy: "blockNumber") { items { consensus } } } } }`,
      { address: address.toLowerCase() },
    );
  }

  async function owners(address: Address): Promise<unknown[]> {
    const items = await rows(
      `query ($address: String) { ownerships(where: { address: $address }, orderBy: "blockNumber") { items { owner } } }`,
      { address: address.toLowerCase() },
    );
    return items.map((item) => (item as { owner: string }).owner);
  }

  async function makeAuthority(owner: Address, salt: bigint): Promise<Address> {
    const args = [owner, 1n, pad(`0x${salt.toString(16).padStart(2, "0")}`)] as const;
    const factory = { address: deployment.authorityFactory, abi: authorityFactoryAbi };
    await rollup.write(stranger, { ...factory, functionName: "newAuthority", args });
    return rollup.client.readContract({ ...factory, functionName: "calculateAuthorityAddress", args });
  }

  async function makeApplication(consensus: Address, owner: Address, salt: bigint): Promise<Address> {
    const args = [
      consensus,
      owner,
      TEMPLATE_HASH,
      "0x",
      pad(`0x${salt.toString(16).padStart(2, "0")}`),
    ] as const;
    const factory = { address: deployment.applicationFactory, abi: applicationFactoryAbi };
    await rollup.write(stranger, { ...factory, functionName: "newApplication", args });
    return rollup.client.readContract({ ...factory, functionName: "calculateApplicationAddress", args });
  }

  /** Has a consensus of a stranger accept any outputs, and executes them. */
  async function execute(consensus: Address, application: Address, outputs: readonly Hex[]): Promise<void> {
    const { root, proofs } = outputsTree(outputs);
    const block = await rollup.client.getBlockNumber();
    const claim = { address: consensus, abi: authorityAbi, functionName: "submitClaim" } as const;
    await rollup.write(stranger, { ...claim, args: [application, block - 1n, root] });
    for (const [index, output] of outputs.entries()) {
      const args = [output, proofs[index]!] as const;
      await rollup.write(stranger, {
        address: application,
        abi: applicationAbi,
        functionName: "executeOutput",
        args,
      });
    }
  }
});
