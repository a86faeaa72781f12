import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Address, getAddress } from "viem";
import {
  type Authority,
  AuthorityFormatError,
  contractsIn,
  formatAuthority,
  type Judgement,
  judge,
  judgeAuthority,
  parseAuthority,
  VERDICTS,
} from "../../trust/index.ts";

const [A, B, C, D] = ["aa", "bb", "cc", "dd"].map((digits) => getAddress(`0x${digits.repeat(20)}`)) as [
  Address,
  Address,
  Address,
  Address,
];

const application = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => getAddress(`0x${Buffer.from(bytes).toString("hex")}`));
const contract = fc.record(
  { kind: fc.constantFrom("application", "policy"), address: application },
  { noNullPrototype: true },
);
const authority = fc.letrec<{ any: Authority; threshold: Authority; contract: Authority }>((tie) => ({
  any: fc.oneof({ depthSize: "small", maxDepth: 4 }, tie("contract"), tie("threshold")),
  contract: contract as fc.Arbitrary<Authority>,
  threshold: fc
    .uniqueArray(tie("any"), { minLength: 1, maxLength: 4, selector: formatAuthority })
    .chain((of) =>
      fc
        .integer({ min: 1, max: of.length })
        .map((threshold): Authority => ({ kind: "threshold", threshold, of })),
    ),
})).any;

describe("authorities", () => {
  it("are read as they are written", () => {
    fc.assert(
      fc.property(authority, (value) => {
        assert.deepEqual(parseAuthority(formatAuthority(value)), value);
      }),
    );
  });

  it("may be spelled with any white space, and addresses in lower case", () => {
    assert.deepEqual(parseAuthority(` 1 of(${A.toLowerCase()},\n policy:${B} ) `), {
      kind: "threshold",
      threshold: 1,
      of: [
        { kind: "application", address: A.toLowerCase() },
        { kind: "policy", address: B },
      ],
    });
  });

  for (const [what, text, message] of [
    ["nothing", "", /it ends where an address/],
    ["a short address", "0x1234", /"0x1234" is not an address/],
    ["a wrong checksum", `0x${"aA".repeat(20)}`, /right checksum/],
    ["a policy without address", "policy:", /"" is not an address/],
    ["a threshold of none", `0 of (${A})`, /0 of 1 is not from 1 to 1/],
    ["a threshold above its parts", `3 of (${A}, ${B})`, /3 of 2 is not/],
    ["a threshold without parentheses", `1 of ${A}`, /stands where "\("/],
    ["an open parenthesis", `1 of (${A}`, /it ends where "\)"/],
    ["a stray end", `${A} ${B}`, /comes after the end/],
    ["one contract twice", `2 of (${A}, ${A.toLowerCase()})`, /named twice/],
    ["too many levels", "1 of (".repeat(20) + A + ")".repeat(20), /more than 8 thresholds/],
    ["a text without end", "1".repeat(20_000), /longer than 10000/],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(
        () => parseAuthority(text),
        (error) => error instanceof AuthorityFormatError && message.test(error.message),
      );
    });
  }

  it("refuse or read any text, without failing otherwise", () => {
    const pieces = fc.constantFrom("1", "2", " of ", "(", ")", ",", A, "policy:", "0x", "é", "\0");
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        try {
          parseAuthority(parts.join(""));
        } catch (error) {
          assert.ok(error instanceof AuthorityFormatError);
        }
      }),
    );
  });

  it("name each contract once", () => {
    assert.deepEqual(
      contractsIn(parseAuthority(`1 of (${A}, 2 of (${B}, ${A.toLowerCase()}))`)).map(
        ({ address }) => address,
      ),
      [A.toLowerCase(), B],
    );
  });
});

describe("an authority's verdict", () => {
  const accepted = (narHash: string): Judgement => ({ verdict: "accepted", narHash });
  const undecided = (verdict: Judgement["verdict"]): Judgement => ({ verdict, narHash: null });
  const judged = (text: string, said: Record<string, Judgement>) =>
    judgeAuthority(parseAuthority(text), ({ address }) => said[address] ?? undecided("notRecorded"));
  const TEXT = `2 of (${A}, ${B}, 1 of (${C}, ${D}))`;

  for (const [what, said, expected] of [
    ["accepts what two accept", { [A]: accepted("x"), [B]: accepted("x") }, accepted("x")],
    ["counts a threshold within as one", { [A]: accepted("x"), [D]: accepted("x") }, accepted("x")],
    ["counts it once", { [C]: accepted("x"), [D]: accepted("x") }, undecided("tooFew")],
    ["finds one too few", { [A]: accepted("x") }, undecided("tooFew")],
    ["finds that nobody recorded it", {}, undecided("notRecorded")],
    [
      "finds that two contradict each other",
      { [A]: accepted("x"), [B]: accepted("y") },
      undecided("conflict"),
    ],
    ["finds a conflict within", { [C]: accepted("x"), [D]: accepted("y") }, undecided("conflict")],
    [
      "outvotes one that differs",
      { [A]: accepted("x"), [B]: accepted("x"), [C]: accepted("y") },
      accepted("x"),
    ],
  ] as const) {
    it(what, () => {
      assert.deepEqual(judged(TEXT, said), expected);
    });
  }

  it("is that of a flat policy which refuses contradictions, where no threshold is within another", () => {
    const vote = fc.record({
      narHash: fc.option(fc.constantFrom("x", "y"), { nil: undefined }),
      isContested: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc
          .array(vote, { minLength: 2, maxLength: 8 })
          .chain((votes) => fc.tuple(fc.constant(votes), fc.integer({ min: 1, max: votes.length }))),
        ([votes, threshold]) => {
          const members = votes.map(({ narHash, isContested }) => ({
            narHash,
            otherHashes: narHash !== undefined && isContested ? ["z"] : [],
            meetsTerms: true,
          }));
          const of = members.map((_, index) => ({
            kind: "application" as const,
            address: getAddress(`0x${(index + 1).toString(16).padStart(40, "0")}`),
          }));
          const rule = { threshold: 1, contradictions: "refuse" } as const;
          const single = new Map(of.map(({ address }, index) => [address, judge(rule, [members[index]!])]));
          assert.deepEqual(
            judgeAuthority({ kind: "threshold", threshold, of }, ({ address }) => single.get(address)!),
            judge({ threshold, contradictions: "refuse" }, members),
          );
        },
      ),
    );
  });

  it("is one of the contract's four", () => {
    assert.deepEqual(VERDICTS, ["accepted", "notRecorded", "tooFew", "conflict"]);
  });
});
