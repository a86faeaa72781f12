import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import {
  buildClientSchema,
  type GraphQLOutputType,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isObjectType,
  printSchema,
} from "graphql";
import { after, before, describe, it } from "mocha";
import { type Address, type Hex, keccak256, stringToBytes, zeroAddress, zeroHash } from "viem";
import {
  applicationAbi,
  authorityAbi,
  Contradictions,
  inputBoxAbi,
  trustPolicyAbi,
  Verdict,
} from "../../abi/index.ts";
import { type Indexer, startIndexer } from "../../indexer/index.ts";
import { SELECTIVE_COLUMNS } from "../../indexer/src/api/limits/queryCost.ts";
import { formatDeployment, type VotedDeployment } from "../../protocol/deployments/index.ts";
import {
  encodeBuild,
  encodeOutput,
  encodeRecord,
  formatNarHash,
  type RegistryOutput,
} from "../../protocol/index.ts";
import { hashOf, helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import {
  createPolicyMaker,
  member,
  named,
  type PolicyMaker,
  type Terms,
} from "./support/createPolicyMaker.ts";
import { outputsTree } from "./support/outputsTree.ts";
import { createRestClient, type RestClient } from "./support/restClient.ts";
import { type Rollup, startRollup, TEMPLATE_HASH } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

const HASHES = ["a", "b", "c"].map(hashOf) as [Hex, Hex, Hex];
const CLOSURE = 1_000;

describe("the indexer's REST API", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: VotedDeployment;
  let indexer: Indexer;
  let rest: RestClient;
  let folder: string;
  let operator: Address;
  let maker: PolicyMaker;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-rest-"));
    rollup = await startRollup();
    operator = rollup.accounts[0];
    deployment = await rollup.deploy();
    maker = createPolicyMaker(rollup, deployment);
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
    rest = await createRestClient(indexer.url);
  });

  after(async () => {
    await indexer?.stop();
    await rollup?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A busy computer needs its time to index a thousand outputs. */
  async function untilIndexed(): Promise<void> {
    const head = Number(await rollup.client.getBlockNumber({ cacheTime: 0 }));
    const read = async () => {
      const status = await (await fetch(`${indexer.url}/status`)).json();
      return (status as { chain31337?: { block: { number: number } } }).chain31337?.block.number ?? 0;
    };
    const deadline = performance.now() + 180_000;
    while ((await read()) < head) {
      assert.ok(performance.now() < deadline, "the indexer does not reach the chain's head");
      await pause(200);
    }
  }

  interface VerdictAnswer {
    verdict: string;
    narHash: string | null;
    votes: { application: string; narHash: string | null; counts: boolean }[];
    check: { to: Address; calldata: Hex };
  }

  const pathOf = (policy: Address, path: string) =>
    `/v1/chains/31337/policies/${policy}/verdicts/${path.slice("/nix/store/".length)}`;

  /** The contract's verdict and votes, in the API's words. */
  async function askContract(policy: Address, path: string) {
    const contract = { address: policy, abi: trustPolicyAbi };
    const [[narHashes, verdicts], votes] = await Promise.all([
      rollup.client.readContract({
        ...{ ...contract, functionName: "acceptedHashesAt", args: [[keccak256(stringToBytes(path))]] },
      }),
      rollup.client.readContract({ ...contract, functionName: "votesOf", args: [path] }),
    ]);
    const verdict = Object.keys(Verdict)[verdicts[0]!]!;
    return {
      verdict: verdict[0]!.toLowerCase() + verdict.slice(1),
      narHash: formatted(narHashes[0]!),
      votes: votes.map(({ application, narHash, counts }) => ({
        ...{ application: application.toLowerCase(), narHash: formatted(narHash), counts },
      })),
    };
  }

  async function askIndexer(policy: Address, path: string) {
    const { verdict, narHash, votes } = await rest.get<VerdictAnswer>(pathOf(policy, path));
    return {
      verdict,
      narHash,
      votes: votes.map((vote) => ({
        ...{ application: vote.application, narHash: vote.narHash, counts: vote.counts },
      })),
    };
  }

  describe("a policy's verdict", () => {
    let applications: Address[];
    let policies: Address[];
    let authority: Address;
    let foreign: Address;
    let run = 0;

    before(async () => {
      const { makeAuthority, makeQuorum, makeApplication, makePolicy, renounce } = maker;
      const made = await makeAuthority();
      authority = made.authority;
      applications = [];
      for (let count = 0; count < 4; count++) {
        applications.push(await makeApplication(authority, made.consensusOrigin));
      }
      // an application has an owner, too, but is not a consensus of Cartesi's factories
      foreign = await makeApplication(authority, made.consensusOrigin);
      applications.push(await makeApplication(foreign, named));
      const [a, b, c, d, e] = applications as [Address, Address, Address, Address, Address];
      const { quorum, consensusOrigin } = await makeQuorum([operator, rollup.accounts[5]!]);
      const f = await makeApplication(quorum, consensusOrigin);
      const g = await makeApplication(authority, made.consensusOrigin);
      await renounce(f);
      await renounce(g);
      applications.push(f, g);
      const { Refuse, Any } = Contradictions;
      const one = { threshold: 1, contradictions: Refuse };
      const threeOf = [member(a), member(b), member(c)];
      const terms: Terms[] = [
        { ...one, members: [member(a)] },
        { ...one, contradictions: Any, members: [member(a)] },
        ...[1, 2, 3].flatMap((threshold) =>
          [Refuse, Any].map((contradictions) => ({ threshold, contradictions, members: threeOf })),
        ),
        { ...one, threshold: 2, members: [member(a), member(d, { claimer: operator })] },
        { ...one, members: [member(d, { consensus: authority, templateHash: TEMPLATE_HASH })] },
        { ...one, contradictions: Any, members: [member(e, { consensus: foreign, claimer: operator })] },
        { ...one, ownerRenounced: true, members: [member(f, { consensus: quorum })] },
        {
          ...one,
          ownerRenounced: true,
          threshold: 2,
          members: [member(f), member(g, { claimer: operator })],
        },
        { ...one, threshold: 2, members: [member(a), member(f), member(g)] },
        { ...one, members: [member(b), member(e, { consensus: foreign, claimer: operator })] },
      ];
      policies = [];
      for (const item of terms) {
        policies.push(await makePolicy(item));
      }
      await untilIndexed();
    });

    /** Lets each application record these hashes for some paths, and compares all policies' verdicts with the contracts'. */
    async function recordAndCompare(records: Hex[][][]): Promise<void> {
      run += 1;
      const outputs = records.map((_, place) => helloOutput(`verdict ${run} ${place}`));
      for (const [index, application] of applications.entries()) {
        const recorded = records.flatMap((byApplication, place) =>
          byApplication[index]!.map((narHash) => ({ ...outputs[place]!, narHash })),
        );
        if (recorded.length > 0) {
          await rollup.record(application, deployment.registry, recorded);
        }
      }
      await compareAll(outputs);
    }

    async function compareAll(outputs: RegistryOutput[]): Promise<void> {
      await untilIndexed();
      for (const policy of policies) {
        for (const { storePath: path } of outputs) {
          await untilEqual(() => askIndexer(policy, path), await askContract(policy, path));
        }
      }
    }

    const hashes = fc.array(fc.constantFrom(...HASHES), { maxLength: 3 });

    it("is the contract's, for any records", async () => {
      const byApplication = fc.array(hashes, {
        ...{ minLength: applications.length, maxLength: applications.length },
      });
      const records = fc.array(byApplication, { minLength: 4, maxLength: 4 });
      await fc.assert(fc.asyncProperty(records, recordAndCompare), { numRuns: 3, endOnFailure: true });
    });

    it("is the contract's after applications migrate and Authorities change hands, and back again", async () => {
      const outputs = ["migrates 1", "migrates 2"].map((seed) => helloOutput(seed));
      for (const application of applications) {
        await rollup.record(application, deployment.registry, outputs);
      }
      await compareAll(outputs);
      const [, , , d] = applications as [Address, Address, Address, Address];
      const migrate = (to: Address) =>
        rollup.write(operator, {
          ...{
            address: d,
            abi: applicationAbi,
            functionName: "migrateToOutputsMerkleRootValidator",
            args: [to],
          },
        });
      await migrate(foreign);
      await compareAll(outputs);
      await migrate(authority);
      const hand = (address: Address, from: Address, to: Address) =>
        rollup.write(from, { address, abi: authorityAbi, functionName: "transferOwnership", args: [to] });
      for (const address of [authority, foreign]) {
        await hand(address, operator, rollup.accounts[5]!);
      }
      await compareAll(outputs);
      for (const address of [authority, foreign]) {
        await hand(address, rollup.accounts[5]!, operator);
      }
      await compareAll(outputs);
    });

    it("names the call that asks the chain the same", async () => {
      const { storePath: path } = helloOutput("migrates 1");
      const { check, narHash } = await rest.get<VerdictAnswer>(pathOf(policies[0]!, path));
      const { data } = await rollup.client.call({ to: check.to, data: check.calldata });
      assert.equal(formatted(data!.slice(0, 66) as Hex), narHash);
    });

    it("is given for no other contract, chain or path", async () => {
      const { storePath: path } = helloOutput("migrates 1");
      assert.match((await rest.refuses(pathOf(authority, path), 404)).message, /is not a policy/);
      await rest.refuses(pathOf(policies[0]!, path).replace("31337", "1"), 404);
      const { message, remedy } = await rest.refuses(pathOf(policies[0]!, "/nix/store/short"), 400);
      assert.match(message, /is not a store path/);
      assert.ok(remedy.length > 0);
    });

    it("is listed with its policy's terms and the standing of the members", async () => {
      const listed = await everyItem<{ address: string }>("/v1/policies?limit=5");
      assert.deepEqual(listed.map(({ address }) => address).toSorted(), policies.toSorted());
      const policy = await rest.get<{ members: { meetsTerms: boolean }[] }>(
        `/v1/chains/31337/policies/${policies[0]}`,
      );
      assert.deepEqual(
        policy.members.map(({ meetsTerms }) => meetsTerms),
        [true],
      );
    });

    it("comes with its derivation's disagreement", async () => {
      const [a, b] = applications as [Address, Address];
      const output = helloOutput("differs");
      await rollup.record(a, deployment.registry, [output]);
      await rollup.record(b, deployment.registry, [{ ...output, narHash: HASHES[1] }]);
      const drv = output.drvPath.slice("/nix/store/".length);
      const read = async () => {
        const { groups } = await rest.get<{ groups: { applications: { application: string }[] }[] }>(
          `/v1/agreements/${drv}/out`,
        );
        return groups.map((group) => group.applications.map(({ application }) => application)).toSorted();
      };
      await untilEqual(read, [[a.toLowerCase()], [b.toLowerCase()]].toSorted());
      await untilIndexed();
      const differences = await everyItem<{ drvPath: string | null }>("/v1/differences?limit=3");
      assert.ok(differences.some(({ drvPath }) => drvPath === output.drvPath));
    });
  });

  async function everyItem<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let after: string | null = null;
    do {
      const page: { items: Item[]; next: string | null } = await rest.get(
        after === null ? path : `${path}${path.includes("?") ? "&" : "?"}after=${after}`,
      );
      items.push(...page.items);
      after = page.next;
    } while (after !== null);
    return items;
  }

  describe("outputs", () => {
    const recorder = () => rollup.accounts[4]!;
    const seeds = ["one", "two", "three", "four", "five"];
    const named = (seed: string) => {
      const name = `${seed}-1.2`;
      return helloOutput(seed, { storePath: storePath(seed, name), drvPath: storePath(seed, `${name}.drv`) });
    };

    before(async () => {
      await rollup.record(recorder(), deployment.registry, seeds.map(named));
      await rollup.record(recorder(), deployment.registry, [named("one"), named("one"), named("two")]);
      await rollup.record(recorder(), deployment.registry, [{ ...named("three"), narHash: HASHES[2] }]);
      await rollup.record(recorder(), deployment.registry, [
        { ...named("four"), drvPath: storePath("another", "four-1.2.drv") },
      ]);
      const address = recorder().toLowerCase();
      await untilEqual(
        async () => (await everyItem(`/v1/outputs?application=${address}&limit=2`)).length,
        seeds.length,
      );
      await untilEqual(async () => (await find("package=one"))[0]?.confirmations, 2);
    });

    interface Found {
      storePath: string;
      confirmations: number;
      conflicts: number;
      narHash: string;
      check: { to: Address; calldata: Hex };
    }

    const find = async (selector: string) =>
      (await rest.get<{ items: Found[] }>(`/v1/outputs?${selector}`)).items;
    const isFound = async (selector: string, seed: string) => {
      await untilEqual(
        async () => (await find(selector)).map((item) => item.storePath),
        [named(seed).storePath],
      );
    };

    it("are found by path, hash part, derivation, name and version, and NAR hash", async () => {
      const one = named("one");
      await isFound(`storePath=${encodeURIComponent(one.storePath)}`, "one");
      await isFound(`pathKey=${keccak256(stringToBytes(one.storePath))}`, "one");
      await isFound(`hashPart=${one.storePath.slice(11, 43)}`, "one");
      await isFound(`drvPath=${one.drvPath.slice(11)}`, "one");
      await isFound(`drvPath=${one.drvPath.slice(11)}&outputName=out`, "one");
      await isFound("package=one&version=1.2", "one");
      await isFound("name=one-", "one");
      await isFound(`narHash=${encodeURIComponent(formatNarHash(one.narHash))}`, "one");
    });

    it("are found by a derivation that led to a known path later", async () => {
      await isFound(`drvPath=${storePath("another", "four-1.2.drv").slice(11)}`, "four");
      await isFound(`drvPath=${storePath("another", "four-1.2.drv").slice(11)}&outputName=out`, "four");
    });

    it("are looked up over GraphQL by one column as they are with a filter of many", async () => {
      const query = `query ($where: outputFilter) { outputs(where: $where) { items {
        __typename recorder: applicationAddress pathKey derivationKey storePath hashPart drvPath narHash narSize references inputIndex
      } } }`;
      const lookUp = async (where: object) =>
        (await indexer.query<{ outputs: { items: Record<string, string>[] } }>(query, { where })).outputs
          .items;
      const { storePath: path } = named("looked-up");
      for (const account of [8, 7, 9]) {
        await rollup.record(rollup.accounts[account]!, deployment.registry, [named("looked-up")]);
      }
      await untilEqual(async () => (await lookUp({ AND: [{ storePath: path }] })).length, 3);
      const [known] = await lookUp({ AND: [{ storePath: path }] });
      for (const column of SELECTIVE_COLUMNS.output!) {
        const where = { [column]: known![column] };
        const found = await lookUp(where);
        assert.ok(found.length >= 3, column);
        assert.deepEqual(found, await lookUp({ AND: [where] }), column);
      }
      const pathKey = known!.pathKey!.toUpperCase().replace("0X", "0x");
      assert.deepEqual(await lookUp({ pathKey }), await lookUp({ AND: [{ pathKey }] }));
      assert.deepEqual(await lookUp({ storePath: "\0" }), []);
      const nothing = await lookUp({ storePath: null });
      assert.deepEqual(nothing, await lookUp({ AND: [{ storePath: null }] }));
    });

    it("come page by page, each once, by age, confirmations or name", async () => {
      const application = recorder().toLowerCase();
      for (const order of ["latest", "confirmations"]) {
        const found = await everyItem<Found>(`/v1/outputs?application=${application}&order=${order}&limit=2`);
        assert.equal(new Set(found.map((item) => item.storePath)).size, seeds.length);
        if (order === "confirmations") {
          assert.deepEqual(
            found.slice(0, 2).map((item) => item.confirmations),
            [2, 1],
          );
        }
      }
      const byName = await everyItem<Found>(`/v1/outputs?application=${application}&name=f&limit=1`);
      assert.deepEqual(
        byName.map((item) => item.storePath),
        [named("five").storePath, named("four").storePath],
      );
    });

    it("show their conflicts, also by the hash that is not the first", async () => {
      const hash = encodeURIComponent(formatNarHash(HASHES[2]));
      const application = recorder().toLowerCase();
      const conflicts = await everyItem<{ storePath: string; firstNarHash: string }>(
        `/v1/conflicts?narHash=${hash}&application=${application}`,
      );
      assert.deepEqual(
        conflicts.map((item) => [item.storePath, item.firstNarHash]),
        [[named("three").storePath, formatNarHash(named("three").narHash)]],
      );
    });

    it("name the call that asks the chain the same", async () => {
      const [{ check, narHash }] = (await find("package=one")) as [Found];
      const { data } = await rollup.client.call({ to: check.to, data: check.calldata });
      assert.equal(formatted(data!.slice(0, 66) as Hex), narHash);
    });

    it("are refused with wrong parameters, saying which", async () => {
      for (const [parameters, why] of [
        ["limit=1000", /^limit: /],
        ["limit=0", /^limit: /],
        ["hashPart=x", /^hashPart: is not the hash part/],
        ["drvPath=x", /^drvPath: is not a store path/],
        ["outputName=out", /outputName was given without drvPath/],
        [`package=a&name=b`, /package and name were given/],
        ["colour=red", /Unrecognized key/],
        ["after=x", /after is not a cursor/],
        [`after=${Buffer.from('["1","2"]').toString("base64url")}`, /after is not a cursor/],
        ["application=0x12", /^application: is not an address/],
      ] as const) {
        const { message, remedy } = await rest.refuses(`/v1/outputs?${parameters}`, 400);
        assert.match(message, why);
        assert.ok(remedy.length > 0);
      }
    });
  });

  describe("a closure", () => {
    const packageOf = (place: number) => storePath(`closure ${place}`, `package-${place}`);

    before(async () => {
      // each refers to the next two, so that all are reached on many ways
      const outputs = Array.from({ length: CLOSURE }, (_, place) =>
        helloOutput(`closure ${place}`, {
          storePath: packageOf(place),
          references: [place + 1, place + 2].filter((next) => next <= CLOSURE).map(packageOf),
        }),
      );
      for (let first = 0; first < CLOSURE; first += 50) {
        await rollup.record(rollup.accounts[6]!, deployment.registry, outputs.slice(first, first + 50));
      }
      await untilIndexed();
    });

    const pathIn = (kind: string, place: number) =>
      `/v1/chains/31337/applications/${rollup.accounts[6]!}/${kind}/${packageOf(place).slice(11)}`;

    it("of a thousand members is one quick request, each member with its status", async () => {
      const read = () =>
        rest.get<{ members: { storePath: string; status: string }[]; check: { to: Address; calldata: Hex } }>(
          pathIn("closures", 0),
        );
      const { members, check } = await read();
      assert.equal(members[0]!.storePath, packageOf(0));
      assert.equal(members.length, CLOSURE + 1);
      assert.equal(members.filter(({ status }) => status === "recorded").length, CLOSURE);
      assert.equal(members.find(({ storePath: path }) => path === packageOf(CLOSURE))!.status, "notRecorded");
      assert.ok(await rollup.client.call({ to: check.to, data: check.calldata }));
      const times: number[] = [];
      for (let count = 0; count < 5; count++) {
        const start = performance.now();
        await fetch(`${indexer.url}${pathIn("closures", 0)}`).then((response) => response.text());
        times.push(performance.now() - start);
      }
      const best = Math.min(...times);
      assert.ok(best < 1_000, `${best} ms`);
    });

    it("has what depends on a member", async () => {
      const found = await rest.get<{ items: { storePath: string }[] }>(pathIn("dependents", 10));
      assert.deepEqual(
        found.items.map((item) => item.storePath).toSorted(),
        [packageOf(8), packageOf(9)].toSorted(),
      );
    });
  });

  describe("a request", () => {
    it("is followed from its block to the executed voucher, each step with its transaction and a check", async () => {
      const application = deployment.application.toLowerCase();
      const path = `/v1/chains/31337/applications/${application}/requests`;
      const output = helloOutput("requested");
      const added = await rollup.write(deployment.claimer, {
        address: deployment.inputBox,
        abi: inputBoxAbi,
        functionName: "addInput",
        args: [deployment.application, encodeBuild({ bundle: zeroHash, drvPath: output.drvPath })],
      });
      const steps = async () => {
        const response = await fetch(`${indexer.url}${path}/0`);
        return response.ok
          ? (await rest.get<{ steps: { step: string; transactionHash: string }[] }>(`${path}/0`)).steps.map(
              ({ step, transactionHash }) => [step, transactionHash],
            )
          : [];
      };
      const submitted = ["submitted", added.transactionHash];
      await untilEqual(steps, [submitted]);
      const voucher = encodeOutput({
        ...{ type: "Voucher", destination: deployment.registry, value: 0n },
        payload: encodeRecord({ inputIndex: 0n, outputs: [output] }),
      });
      const { root, proofs } = outputsTree([voucher]);
      const claimed = await rollup.write(deployment.claimer, {
        address: deployment.consensus,
        abi: authorityAbi,
        functionName: "submitClaim",
        args: [deployment.application, added.blockNumber, root],
      });
      const executed = await rollup.write(deployment.claimer, {
        address: deployment.application,
        abi: applicationAbi,
        functionName: "executeOutput",
        args: [voucher, proofs[0]!],
      });
      await untilEqual(steps, [
        submitted,
        ["claimed", claimed.transactionHash],
        ["accepted", claimed.transactionHash],
        ["executed", executed.transactionHash],
      ]);
      const whole = await rest.get<{
        epoch: { lastBlock: string };
        outputs: { storePath: string }[];
        steps: { blockNumber: string; check: { to: Address; calldata: Hex } }[];
        node: unknown;
      }>(`${path}/0`);
      assert.equal(whole.node, null);
      assert.equal(whole.epoch.lastBlock, String(added.blockNumber));
      assert.deepEqual(
        whole.outputs.map((item) => item.storePath),
        [output.storePath],
      );
      assert.deepEqual(
        whole.steps.map(({ blockNumber }) => blockNumber),
        [added, claimed, claimed, executed].map(({ blockNumber }) => String(blockNumber)),
      );
      for (const { check } of whole.steps) {
        const { data } = await rollup.client.call({ to: check.to, data: check.calldata });
        assert.notEqual(BigInt(data!), 0n);
      }
      assert.equal((await everyItem(path)).length, 1);
      const claims = await everyItem<{ acceptedIn: string }>(
        `/v1/chains/31337/applications/${application}/claims`,
      );
      assert.deepEqual(
        claims.map(({ acceptedIn }) => acceptedIn),
        [claimed.transactionHash],
      );
      await rest.refuses(`${path}/1`, 404);
    });
  });

  describe("its documents", () => {
    it("has a GraphQL schema that changes only on purpose: UPDATE_GRAPHQL_SCHEMA=1 accepts the new one", async () => {
      const served = buildClientSchema(await indexer.query<IntrospectionQuery>(getIntrospectionQuery()));
      const file = new URL("../../indexer/schema.graphql", import.meta.url);
      if (process.env.UPDATE_GRAPHQL_SCHEMA) {
        await writeFile(file, printSchema(served));
      }
      assert.equal(printSchema(served), await readFile(file, "utf8"));
    });

    it("answers over GraphQL what it answers over REST", async () => {
      const served = buildClientSchema(await indexer.query<IntrospectionQuery>(getIntrospectionQuery()));
      const ask = async (question: string, args: object): Promise<unknown> => {
        const { type } = served.getQueryType()!.getFields()[question]!;
        const list = JSON.stringify(args)
          .slice(1, -1)
          .replaceAll(/"(\w+)":/g, "$1:");
        const field = `${question}${list && `(${list})`} ${everyField(type)}`;
        return (await indexer.query<Record<string, unknown>>(`{ ${field} }`))[question];
      };
      const policy = (await everyItem<{ address: string }>("/v1/policies"))[0]!.address;
      const migrates = helloOutput("migrates 1");
      const application = rollup.accounts[6]!.toLowerCase();
      const package0 = storePath("closure 980", "package-980");
      for (const [question, args, path] of [
        [
          "verdict",
          { address: policy, storePath: migrates.storePath },
          "policies/{address}/verdicts/{storePath}",
        ],
        [
          "policyClosure",
          { address: policy, storePath: migrates.storePath },
          "policies/{address}/closures/{storePath}",
        ],
        ["policyStanding", { address: policy }, "policies/{address}"],
        [
          "closure",
          { address: application, storePath: package0 },
          "applications/{address}/closures/{storePath}",
        ],
        [
          "dependents",
          { address: application, storePath: package0, limit: 1 },
          "applications/{address}/dependents/{storePath}?limit=1",
        ],
        [
          "requestLife",
          { address: deployment.application, inputIndex: "0" },
          "applications/{address}/requests/{inputIndex}",
        ],
      ] as const) {
        const filled = Object.entries(args).reduce(
          (text, [name, value]) => text.replace(`{${name}}`, String(value).replace("/nix/store/", "")),
          path as string,
        );
        const overRest = await rest.get(`/v1/chains/31337/${filled}`);
        assert.deepEqual(await ask(question, { chainId: 31337, ...args }), overRest, question);
      }
      for (const [question, args, path] of [
        ["feed", { limit: 3 }, "feed?limit=3"],
        ["findOutputs", { name: "hello-2", limit: 3 }, "outputs?name=hello-2&limit=3"],
        ["differences", { limit: 3 }, "differences?limit=3"],
        [
          "agreement",
          { drvPath: migrates.drvPath, outputName: "out" },
          `agreements/${migrates.drvPath.slice(11)}/out`,
        ],
      ] as const) {
        assert.deepEqual(await ask(question, args), await rest.get(`/v1/${path}`), question);
      }
    });

    it("answers the documentation's example", async () => {
      const page = await readFile(new URL("../../docs/indexer.md", import.meta.url), "utf8");
      const [, example] = /```graphql\n([^`]*)```/.exec(page)!;
      const policy = (await everyItem<{ address: string }>("/v1/policies"))[0]!.address;
      const asked = { chainId: 31337, policy, storePath: helloOutput("migrates 1").storePath };
      const { verdict, outputs } = await indexer.query<{
        verdict: { votes: unknown[] };
        outputs: { items: unknown[] };
      }>(example!, asked);
      assert.ok(verdict.votes.length > 0 && outputs.items.length > 0);
    });

    it("answers several questions and tables at once, and says which question was wrong", async () => {
      const response = await fetch(`${indexer.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          query: `query Both($path: String!) {
            ...Known
            wrong: verdict(chainId: 31337, address: "0x12", storePath: $path) { verdict }
          }
          fragment Known on Query { outputs(where: { storePath: $path }, limit: 1) { items { narHash } } }`,
          variables: { path: helloOutput("migrates 1").storePath },
        }),
      });
      const { data, errors } = (await response.json()) as {
        data: { outputs: { items: unknown[] }; wrong: null };
        errors: { message: string; path: string[]; extensions: { code: string } }[];
      };
      assert.equal(data.outputs.items.length, 1);
      assert.equal(data.wrong, null);
      assert.deepEqual(
        errors.map(({ message, path, extensions: { code } }) => ({ message, path, code })),
        [{ message: "address: is not an address", path: ["wrong"], code: "BAD_REQUEST" }],
      );
    });

    it("answers about releases and gates of which there are none, and has no path that is not tested here", async () => {
      assert.deepEqual(await everyItem("/v1/releases"), []);
      await rest.get("/v1/feed");
      assert.deepEqual(await everyItem(`/v1/chains/31337/gates/${zeroAddress}/events`), []);
      const policy = (await everyItem<{ address: string }>("/v1/policies"))[0]!.address;
      const path = helloOutput("migrates 1").storePath.slice("/nix/store/".length);
      const { members } = await rest.get<{ members: { verdict: string }[] }>(
        `/v1/chains/31337/policies/${policy}/closures/${path}`,
      );
      assert.equal(members.length, 2);
      assert.deepEqual(rest.unasked(), []);
    });
  });
});

/** Asks for all that a type has. */
function everyField(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) {
    return "";
  }
  const fields = Object.values(named.getFields()).map((field) => `${field.name} ${everyField(field.type)}`);
  return `{ ${fields.join(" ")} }`;
}

/** Zero stands for none. */
function formatted(narHash: Hex): string | null {
  return narHash === zeroHash ? null : formatNarHash(narHash);
}
