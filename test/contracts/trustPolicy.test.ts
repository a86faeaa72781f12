import assert from "node:assert/strict";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import { type Address, getAddress, type Hex, keccak256, toBytes, zeroAddress, zeroHash } from "viem";
import { authorityAbi, Contradictions, trustPolicyAbi, Verdict } from "../../abi/index.ts";
import { hashOf, helloOutput } from "./support/sampleOutputs.ts";
import { sortAddresses, startApplications, termsOf } from "./support/startApplications.ts";
import { TEMPLATE_HASH } from "./support/startRollup.ts";

describe("TrustPolicy", () => {
  let world: Awaited<ReturnType<typeof startApplications>>;
  let applications: Address[];

  before(async () => {
    world = await startApplications();
    applications = await world.makeApplications(8);
  });

  type Terms = ReturnType<typeof termsOf>;
  const makePolicy = (terms: Terms) =>
    world.chain.deploy("TrustPolicy", trustPolicyAbi, [world.registry.address, terms]);

  async function refuses(terms: Terms, error: string, args: unknown[]) {
    const { viem } = world.chain;
    const factory = { address: zeroAddress, abi: trustPolicyAbi };
    await viem.assertions.revertWithCustomErrorWithArgs(
      makePolicy(terms) as never,
      factory as never,
      error as never,
      args as never,
    );
  }

  describe("k of n", () => {
    /** Lets the first applications record these hashes for a new path, in order. */
    async function recordAll(seed: string, hashes: (Hex | Hex[] | undefined)[]) {
      const output = helloOutput(seed);
      for (const [index, recorded] of hashes.entries()) {
        for (const narHash of recorded ? [recorded].flat() : []) {
          await world.recordAs(applications[index]!, [{ ...output, narHash }]);
        }
      }
      return output.storePath;
    }

    const [a, b, c] = ["a", "b", "c"].map(hashOf) as [Hex, Hex, Hex];
    const cases: [string, number, (Hex | Hex[] | undefined)[], Hex, keyof typeof Verdict][] = [
      ["1 of 1, recorded", 1, [a], a, "Accepted"],
      ["1 of 1, not recorded", 1, [undefined], zeroHash, "NotRecorded"],
      ["1 of 1, contested", 1, [[a, b]], zeroHash, "Conflict"],
      ["1 of 1, recorded twice", 1, [[a, a]], a, "Accepted"],
      ["1 of 2, one recorded", 1, [undefined, a], a, "Accepted"],
      ["1 of 2, only the first recorded", 1, [a, undefined], a, "Accepted"],
      ["1 of 2, the same", 1, [a, a], a, "Accepted"],
      ["1 of 2, different", 1, [a, b], zeroHash, "Conflict"],
      ["1 of 2, one contested, the other not", 1, [[a, b], b], b, "Accepted"],
      ["2 of 2, one recorded", 2, [a, undefined], zeroHash, "TooFew"],
      ["2 of 2, the same", 2, [a, a], a, "Accepted"],
      ["2 of 2, different", 2, [a, b], zeroHash, "Conflict"],
      ["2 of 2, one contested", 2, [a, [a, b]], zeroHash, "Conflict"],
      ["2 of 3, none", 2, [undefined, undefined, undefined], zeroHash, "NotRecorded"],
      ["2 of 3, one dissents", 2, [a, b, b], b, "Accepted"],
      ["2 of 3, all differ", 2, [a, b, c], zeroHash, "Conflict"],
      ["2 of 3, two differ", 2, [a, b, undefined], zeroHash, "Conflict"],
      ["2 of 4, two against two", 2, [a, b, a, b], zeroHash, "Conflict"],
      ["5 of 8, five agree", 5, [a, b, a, c, a, a, [b, c], a], a, "Accepted"],
      ["5 of 8, four agree", 5, [a, undefined, a, undefined, a, a, undefined, undefined], zeroHash, "TooFew"],
      ["8 of 8, all agree", 8, [a, a, a, a, a, a, a, a], a, "Accepted"],
    ];

    for (const [name, threshold, hashes, expected, verdict] of cases) {
      it(`${name}: ${verdict}`, async () => {
        const policy = await makePolicy(termsOf(threshold, applications.slice(0, hashes.length)));
        const path = await recordAll(name, hashes);
        const answer = [expected, Verdict[verdict]] as const;
        assert.deepEqual(await policy.read.acceptedHash([path]), answer);
        const keys = [keccak256(toBytes(path)), hashOf("never")];
        assert.deepEqual(await policy.read.acceptedHashAt([keys[0]!]), answer);
        assert.deepEqual(await policy.read.acceptedHashesAt([keys]), [
          [expected, zeroHash],
          [Verdict[verdict], Verdict.NotRecorded],
        ]);
      });
    }

    it("agrees with a model for any records", async () => {
      const recorded = fc.array(fc.constantFrom(a, b, c), { maxLength: 2 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(recorded, { minLength: 1, maxLength: 5 }),
          fc.nat(),
          async (hashes, chosen) => {
            const threshold = 1 + (chosen % hashes.length);
            const path = await recordAll(`model ${++run}`, hashes);
            const policy = await makePolicy(termsOf(threshold, applications.slice(0, hashes.length)));
            assert.deepEqual(await policy.read.acceptedHash([path]), expectedVerdict(threshold, hashes));
          },
        ),
        { numRuns: 25 },
      );
    });

    it("shows each member's vote", async () => {
      const policy = await makePolicy(termsOf(1, applications.slice(0, 3)));
      const path = await recordAll("votes", [a, [b, a], undefined]);
      const shown = (await policy.read.votesOf([path])).map((vote) => ({ ...vote }));
      assert.deepEqual(shown, [
        { application: getAddress(applications[0]!), narHash: a, contested: false, counts: true },
        { application: getAddress(applications[1]!), narHash: b, contested: true, counts: false },
        { application: getAddress(applications[2]!), narHash: zeroHash, contested: false, counts: false },
      ]);
    });
  });

  it("reads each of eight members at its own place", async () => {
    const outputs = applications.map((_, place) => helloOutput("places", { narHash: hashOf(`${place}`) }));
    for (const [place, application] of applications.entries()) {
      await world.recordAs(application, [outputs[place]!]);
    }
    const policy = await makePolicy(termsOf(8, applications));
    const votes = await policy.read.votesOf([outputs[0]!.storePath]);
    assert.deepEqual(
      votes.map(({ application, narHash }) => [application, narHash]),
      applications.map((application, place) => [getAddress(application), outputs[place]!.narHash]),
    );
    assert.deepEqual(
      (await policy.read.members()).map(({ application }) => application),
      applications.map((application) => getAddress(application)),
    );
  });

  describe("its terms", () => {
    it("are shown, with each member's current state", async () => {
      const terms = termsOf(2, applications.slice(0, 2), Contradictions.Any);
      terms.members[0]!.templateHash = TEMPLATE_HASH;
      terms.members[1]!.consensus = getAddress(world.quorum);
      const policy = await makePolicy(terms);
      assert.deepEqual(await policy.read.terms(), {
        ...terms,
        members: terms.members.map((member) => ({ ...member, application: getAddress(member.application) })),
      });
      assert.deepEqual(
        await policy.read.members(),
        terms.members.map((member) => ({
          application: getAddress(member.application),
          templateHash: TEMPLATE_HASH,
          consensus: getAddress(world.quorum),
          claimer: zeroAddress,
          owner: zeroAddress,
          meetsTerms: true,
        })),
      );
      assert.equal(await policy.read.registry(), getAddress(world.registry.address));
      assert.equal(await policy.read.MAX_MEMBERS(), 8n);
    });

    it("are refused with no member, too many, or an impossible threshold", async () => {
      const ninth = await world.makeApplications(9);
      await refuses(termsOf(1, []), "WrongNumberOfMembers", [0n]);
      await refuses(termsOf(1, ninth), "WrongNumberOfMembers", [9n]);
      await refuses(termsOf(0, applications), "WrongThreshold", [0, 8n]);
      await refuses(termsOf(9, applications), "WrongThreshold", [9, 8n]);
    });

    it("are refused unless members ascend", async () => {
      const [first, second] = applications as [Address, Address];
      await refuses(termsOf(1, [second, first]), "MembersNotSorted", [getAddress(first)]);
      await refuses(termsOf(1, [first, first]), "MembersNotSorted", [getAddress(first)]);
      await refuses(termsOf(1, [zeroAddress]), "MembersNotSorted", [zeroAddress]);
    });

    it("are refused when a member has another template hash, another consensus, or an owner", async () => {
      const terms = termsOf(1, applications.slice(0, 1));
      const member = terms.members[0]!;
      const application = getAddress(member.application);
      await refuses(
        { ...terms, members: [{ ...member, templateHash: hashOf("other") }] },
        "WrongTemplateHash",
        [application, TEMPLATE_HASH],
      );
      await refuses({ ...terms, members: [{ ...member, consensus: applications[1]! }] }, "WrongConsensus", [
        application,
        getAddress(world.quorum),
      ]);
      const owned = await world.makeApplication({ isRenounced: false });
      const owner = getAddress(world.chain.wallets[0]!.account.address);
      await refuses(termsOf(1, [owned.address]), "OwnerNotRenounced", [getAddress(owned.address), owner]);
    });

    it("are refused when a member is not an application", async () => {
      const [stranger] = sortAddresses([world.chain.wallets[5]!.account.address]);
      await assert.rejects(makePolicy(termsOf(1, [stranger!])));
    });
  });

  describe("an application that migrates to another consensus", () => {
    it("keeps its votes when the terms name no consensus, and loses them when they do", async () => {
      const consensus = getAddress(await world.makeAuthority());
      const application = await world.makeApplication({ consensus, isRenounced: false });
      const open = { ...termsOf(1, [application.address]), ownerRenounced: false };
      const closed = { ...open, members: [{ ...open.members[0]!, consensus }] };
      const [lenient, strict] = [await makePolicy(open), await makePolicy(closed)];
      const output = helloOutput("migrates");
      await world.recordAs(application.address, [output]);
      for (const policy of [lenient, strict]) {
        assert.deepEqual(await policy.read.acceptedHash([output.storePath]), [
          output.narHash,
          Verdict.Accepted,
        ]);
      }

      const other = getAddress(await world.makeAuthority());
      await application.write.migrateToOutputsMerkleRootValidator([other]);
      assert.deepEqual(await lenient.read.acceptedHash([output.storePath]), [
        output.narHash,
        Verdict.Accepted,
      ]);
      assert.deepEqual(await strict.read.acceptedHash([output.storePath]), [zeroHash, Verdict.TooFew]);
      assert.deepEqual(
        (await strict.read.members()).map(({ consensus, meetsTerms }) => [consensus, meetsTerms]),
        [[other, false]],
      );
      assert.equal((await strict.read.votesOf([output.storePath]))[0]!.counts, false);

      await application.write.migrateToOutputsMerkleRootValidator([consensus]);
      assert.deepEqual(await strict.read.acceptedHash([output.storePath]), [
        output.narHash,
        Verdict.Accepted,
      ]);
    });

    it("loses its own vote and no other, whichever member it is", async () => {
      const owned = [];
      for (let count = 0; count < 3; count++) {
        owned.push(await world.makeApplication({ isRenounced: false }));
      }
      const members = sortAddresses(owned.map(({ address }) => address));
      const terms = { ...termsOf(3, members), ownerRenounced: false };
      for (const member of terms.members) {
        member.consensus = world.quorum;
      }
      const policy = await makePolicy(terms);
      const output = helloOutput("whichever");
      for (const member of members) {
        await world.recordAs(member, [output]);
      }
      const other = await world.makeAuthority();
      for (const address of members) {
        const migrating = owned.find((application) => application.address === address)!;
        await migrating.write.migrateToOutputsMerkleRootValidator([other]);
        assert.deepEqual(
          (await policy.read.votesOf([output.storePath])).map(({ counts }) => counts),
          members.map((member) => member !== address),
        );
        await migrating.write.migrateToOutputsMerkleRootValidator([world.quorum]);
      }
    });

    it("mixes members whose consensus matters and members whose does not", async () => {
      const application = await world.makeApplication({ isRenounced: false });
      const [first, second] = sortAddresses([application.address, applications[0]!]) as [Address, Address];
      const terms = { ...termsOf(2, [first, second]), ownerRenounced: false };
      const wanting = terms.members.find((member) => member.application === application.address)!;
      wanting.consensus = world.quorum;
      const policy = await makePolicy(terms);
      const output = helloOutput("mixes");
      for (const member of [first, second]) {
        await world.recordAs(member, [output]);
      }
      assert.deepEqual(await policy.read.acceptedHash([output.storePath]), [
        output.narHash,
        Verdict.Accepted,
      ]);
      await application.write.migrateToOutputsMerkleRootValidator([await world.makeAuthority()]);
      assert.deepEqual(await policy.read.acceptedHash([output.storePath]), [zeroHash, Verdict.TooFew]);
      assert.deepEqual(
        (await policy.read.votesOf([output.storePath])).map(({ counts }) => counts),
        [first, second].map((member) => member !== application.address),
      );
      const alone = helloOutput("mixes, alone");
      await world.recordAs(application.address, [alone]);
      assert.deepEqual(await policy.read.acceptedHash([alone.storePath]), [zeroHash, Verdict.TooFew]);
    });
  });

  describe("a claimer", () => {
    const claimer = () => getAddress(world.chain.wallets[0]!.account.address);
    const other = () => getAddress(world.chain.wallets[1]!.account.address);

    /** An application with an Authority of its own, and terms that name its claimer. */
    async function makeMember(isRenounced: boolean) {
      const authority = world.chain.contractAt(await world.makeAuthority(), authorityAbi);
      const application = await world.makeApplication({ consensus: authority.address, isRenounced });
      const terms = { ...termsOf(1, [application.address]), ownerRenounced: isRenounced };
      terms.members[0]!.claimer = claimer();
      const output = helloOutput(application.address);
      await world.recordAs(application.address, [output]);
      return { authority, application, terms, output };
    }

    it("must be named if owners must have renounced", async () => {
      const { application, terms } = await makeMember(true);
      await makePolicy(terms);
      for (const named of [zeroAddress, other()] as Address[]) {
        terms.members[0]!.claimer = named;
        await refuses(terms, "WrongClaimer", [getAddress(application.address), claimer()]);
      }
      await makePolicy({
        ...terms,
        ownerRenounced: false,
        members: [{ ...terms.members[0]!, claimer: zeroAddress }],
      });
    });

    it("cannot be named for a consensus without an owner", async () => {
      const terms = termsOf(1, applications.slice(0, 1));
      terms.members[0]!.claimer = claimer();
      await refuses(terms, "WrongClaimer", [getAddress(applications[0]!), zeroAddress]);
    });

    for (const isRenounced of [true, false]) {
      for (const isNamed of [true, false]) {
        const which = `${isRenounced ? "without an owner" : "with an owner"}, consensus ${isNamed ? "named" : "any"}`;
        it(`that hands the Authority over loses the member its vote: ${which}`, async () => {
          const { authority, terms, output } = await makeMember(isRenounced);
          if (isNamed) {
            terms.members[0]!.consensus = authority.address;
          }
          const policy = await makePolicy(terms);
          const answer = () => policy.read.acceptedHash([output.storePath]);
          assert.deepEqual(await answer(), [output.narHash, Verdict.Accepted]);
          await authority.write.transferOwnership([other()]);
          assert.deepEqual(await answer(), [zeroHash, Verdict.TooFew]);
          assert.equal(await policy.read.isAccepted([output.storePath, output.narHash]), false);
          const [state] = await policy.read.members();
          assert.deepEqual([state!.claimer, state!.meetsTerms], [other(), false]);
          await authority.write.transferOwnership([claimer()], { account: other() });
          assert.deepEqual(await answer(), [output.narHash, Verdict.Accepted]);
        });
      }
    }

    it("of another consensus is no claimer", async () => {
      const { application, terms, output } = await makeMember(false);
      const policy = await makePolicy(terms);
      await application.write.migrateToOutputsMerkleRootValidator([world.quorum]);
      assert.deepEqual(await policy.read.acceptedHash([output.storePath]), [zeroHash, Verdict.TooFew]);
    });
  });

  describe("contradictions within an application", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map(hashOf) as [Hex, Hex, Hex, Hex];
    const cases: [
      string,
      number,
      Hex[][],
      Hex[],
      [Hex, keyof typeof Verdict],
      [Hex, keyof typeof Verdict],
    ][] = [
      ["1 of 1", 1, [[a, b, c]], [a, b, c], [zeroHash, "Conflict"], [a, "Accepted"]],
      ["1 of 1, nothing", 1, [[]], [], [zeroHash, "NotRecorded"], [zeroHash, "NotRecorded"]],
      ["1 of 2", 1, [[a, b], [c]], [a, b, c], [c, "Accepted"], [a, "Accepted"]],
      [
        "2 of 2",
        2,
        [
          [a, b],
          [b, c],
        ],
        [b],
        [zeroHash, "Conflict"],
        [b, "Accepted"],
      ],
      ["2 of 2, one only", 2, [[a, b], []], [], [zeroHash, "Conflict"], [zeroHash, "TooFew"]],
      [
        "2 of 2, nothing in common",
        2,
        [
          [a, b],
          [c, d],
        ],
        [],
        [zeroHash, "Conflict"],
        [zeroHash, "Conflict"],
      ],
      [
        "2 of 2, in common only later",
        2,
        [
          [a, c],
          [b, c],
        ],
        [c],
        [zeroHash, "Conflict"],
        [zeroHash, "Conflict"],
      ],
      ["2 of 3", 2, [[a], [b, a], [c, a]], [a], [zeroHash, "Conflict"], [a, "Accepted"]],
      ["3 of 3, one dissents", 3, [[a], [b], [b]], [], [zeroHash, "Conflict"], [zeroHash, "Conflict"]],
      ["3 of 3, two agree", 3, [[a], [a], []], [], [zeroHash, "TooFew"], [zeroHash, "TooFew"]],
      [
        "8 of 8, all but the first",
        8,
        [[], ...new Array<Hex[]>(7).fill([a])],
        [],
        [zeroHash, "TooFew"],
        [zeroHash, "TooFew"],
      ],
    ];

    for (const [name, threshold, hashes, accepted, refused, any] of cases) {
      it(`${name}: refused, or each as true as the first`, async () => {
        const output = helloOutput(`contradictions ${name}`);
        for (const [index, recorded] of hashes.entries()) {
          for (const narHash of recorded) {
            await world.recordAs(applications[index]!, [{ ...output, narHash }]);
          }
        }
        const members = applications.slice(0, hashes.length);
        const strict = await makePolicy(termsOf(threshold, members, Contradictions.Refuse));
        const lenient = await makePolicy(termsOf(threshold, members, Contradictions.Any));
        const path = output.storePath;
        assert.deepEqual(await strict.read.acceptedHash([path]), [refused[0], Verdict[refused[1]]]);
        assert.deepEqual(await lenient.read.acceptedHash([path]), [any[0], Verdict[any[1]]]);
        for (const narHash of [a, b, c, d, zeroHash, `0x${"1".padStart(64, "0")}` as const]) {
          const isRefused = narHash === zeroHash || narHash !== refused[0];
          assert.equal(await strict.read.isAccepted([path, narHash]), !isRefused);
          assert.equal(await lenient.read.isAccepted([path, narHash]), accepted.includes(narHash));
          assert.equal(
            await lenient.read.isAcceptedAt([keccak256(toBytes(path)), narHash]),
            accepted.includes(narHash),
          );
        }
        const counts = (await lenient.read.votesOf([path])).map((vote) => vote.counts);
        assert.deepEqual(
          counts,
          hashes.map((recorded) => recorded.length > 0),
        );
      });
    }

    it("do not withdraw what was accepted, under terms that take any", async () => {
      const output = helloOutput("rebuilt by a stranger");
      const [member] = applications as [Address];
      const lenient = await makePolicy(termsOf(1, [member], Contradictions.Any));
      await world.recordAs(member, [output]);
      for (const seed of ["rebuild 1", "rebuild 2", "rebuild 3"]) {
        await world.recordAs(member, [{ ...output, narHash: hashOf(seed) }]);
        assert.deepEqual(await lenient.read.acceptedHash([output.storePath]), [
          output.narHash,
          Verdict.Accepted,
        ]);
        assert.equal(await lenient.read.isAccepted([output.storePath, output.narHash]), true);
        assert.equal(await lenient.read.isAccepted([output.storePath, hashOf(seed)]), true);
      }
    });
  });

  describe("a derivation's output", () => {
    const answer = (
      policy: Awaited<ReturnType<typeof makePolicy>>,
      { drvPath, outputName } = helloOutput(),
    ) => policy.read.acceptedHashOfDerivation([drvPath, outputName]);
    const keyOf = ({ storePath }: { storePath: string }) => keccak256(toBytes(storePath));

    it("leads to its path and hash", async () => {
      const output = helloOutput("derivation");
      const policy = await makePolicy(termsOf(2, applications.slice(0, 3)));
      assert.deepEqual(await answer(policy, output), [zeroHash, zeroHash, Verdict.NotRecorded]);
      await world.recordAs(applications[0]!, [output]);
      assert.deepEqual(await answer(policy, output), [zeroHash, zeroHash, Verdict.TooFew]);
      await world.recordAs(applications[1]!, [output]);
      assert.deepEqual(await answer(policy, output), [keyOf(output), output.narHash, Verdict.Accepted]);
      assert.deepEqual(await answer(policy, { ...output, outputName: "dev" }), [
        ...[zeroHash, zeroHash, Verdict.NotRecorded],
      ]);
      await world.recordAs(applications[1]!, [{ ...output, narHash: hashOf("other") }]);
      assert.deepEqual(await answer(policy, output), [keyOf(output), zeroHash, Verdict.Conflict]);
    });

    it("has no path while applications contradict each other or themselves about it", async () => {
      const output = helloOutput("two paths");
      const elsewhere = { ...output, storePath: helloOutput("elsewhere").storePath };
      const [first, second] = applications as [Address, Address];
      await world.recordAs(first, [output]);
      await world.recordAs(second, [elsewhere]);
      const both = await makePolicy(termsOf(2, [first, second]));
      assert.deepEqual(await answer(both, output), [zeroHash, zeroHash, Verdict.Conflict]);
      await world.recordAs(second, [output]);
      const alone = await makePolicy(termsOf(1, [second]));
      assert.deepEqual(await answer(alone, output), [zeroHash, zeroHash, Verdict.Conflict]);
      const any = await makePolicy(termsOf(1, [second], Contradictions.Any));
      assert.deepEqual(await answer(any, output), [keyOf(elsewhere), output.narHash, Verdict.Accepted]);
    });
  });

  it("reports its interface by ERC-165", async () => {
    const policy = await makePolicy(termsOf(1, applications.slice(0, 1)));
    assert.equal(await policy.read.supportsInterface(["0x01ffc9a7"]), true);
    assert.equal(await policy.read.supportsInterface(["0xffffffff"]), false);
  });
});

/** Each member's first hash is its vote, unless it recorded another one later. */
function expectedVerdict(threshold: number, hashes: Hex[][]): [Hex, number] {
  const votes = new Map<Hex, number>();
  let isContested = false;
  for (const recorded of hashes) {
    const [first] = recorded;
    if (!first) {
      continue;
    }
    if (recorded.some((hash) => hash !== first)) {
      isContested = true;
    } else {
      votes.set(first, (votes.get(first) ?? 0) + 1);
    }
  }
  const elected = [...votes].filter(([, count]) => count >= threshold).map(([hash]) => hash);
  if (elected.length === 1) {
    return [elected[0]!, Verdict.Accepted];
  }
  if (votes.size > 1 || isContested) {
    return [zeroHash, Verdict.Conflict];
  }
  return [zeroHash, votes.size === 1 ? Verdict.TooFew : Verdict.NotRecorded];
}
