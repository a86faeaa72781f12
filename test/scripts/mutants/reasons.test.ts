import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import type { Mutant } from "../../../scripts/mutants/generateMutants.ts";
import type { Outcome } from "../../../scripts/mutants/judgeMutants.ts";
import { MutantsError } from "../../../scripts/mutants/mutantsError.ts";
import { parseReasons, type Reason } from "../../../scripts/mutants/reasons.ts";
import { reportMutants } from "../../../scripts/mutants/reportMutants.ts";
import { sampleMutants } from "../../../scripts/mutants/sampleMutants.ts";

const LIVES: Outcome = { outcome: "lives" };
const KILLED: Outcome = { outcome: "killed", by: "test/contracts/a.test.ts" };

function mutant(mutated: string): Mutant {
  const place = { file: "contracts/A.sol", line: 3, within: "compare", operator: "turn" } as const;
  return { ...place, original: "a < b;", mutated, source: mutated };
}

function reason(mutated: string, original = "a < b;"): Reason {
  return { file: "contracts/A.sol", original, mutated, reason: "a and b are never equal" };
}

function report(outcome: Outcome, reasons: readonly Reason[]) {
  const one = mutant("a <= b;");
  return reportMutants([{ mutant: one, outcome }], [one], reasons);
}

describe("npm run mutants: reasons to live", () => {
  it("let a run pass, which fails without them and names place and change", () => {
    assert.deepEqual(report(LIVES, []), {
      text: [
        "lives: contracts/A.sol:3 (turn)",
        "  - a < b;",
        "  + a <= b;",
        "1 mutants, 0 killed, 0 live with a reason, 1 live without, 0 change no code, 0 do not compile.",
      ].join("\n"),
      isGood: false,
    });
    assert.equal(report(LIVES, [reason("a <= b;")]).isGood, true);
    assert.equal(report(KILLED, []).isGood, true);
  });

  it("are for one change: another one of the same line needs its own", () => {
    assert.equal(report(LIVES, [reason("a > b;")]).isGood, false);
  });

  it("are for the function that they name, if they name one", () => {
    assert.equal(report(LIVES, [{ ...reason("a <= b;"), within: "compare" }]).isGood, true);
    const elsewhere = report(KILLED, [{ ...reason("a <= b;"), within: "other" }]);
    assert.match(elsewhere.text, /a reason for a mutant that is no more/);
  });

  it("fail a run when the contract has changed under them", () => {
    const { text, isGood } = report(KILLED, [reason("a <= b;", "a < c;")]);
    assert.equal(isGood, false);
    assert.match(text, /a reason for a mutant that is no more: contracts\/A\.sol\n {2}- a < c;/);
  });

  it("fail a run when a test kills their mutant", () => {
    const { text, isGood } = report(KILLED, [reason("a <= b;")]);
    assert.equal(isGood, false);
    assert.match(text, /has a reason to live, but test\/contracts\/a\.test\.ts kills it/);
  });

  it("are refused if they are incomplete, unknown fields included, or there twice", () => {
    const whole = reason("a <= b;");
    const { reason: _, ...incomplete } = whole;
    const wrong = [
      {},
      [null],
      ["text"],
      [incomplete],
      [{ ...whole, more: "" }],
      [{ ...whole, reason: " " }],
      [whole, whole],
      [{ ...whole, within: 1 }],
    ];
    for (const entries of wrong) {
      assert.throws(() => parseReasons(JSON.stringify(entries)), MutantsError, JSON.stringify(entries));
    }
    const [first, second] = ["first", "second"].map((within) => ({ ...whole, within }));
    assert.deepEqual(parseReasons(JSON.stringify([whole, first, second])), [whole, first, second]);
  });

  it("are well-formed as committed", () => {
    parseReasons(readFileSync(new URL("../../../scripts/mutants/reasons.json5", import.meta.url), "utf8"));
  });
});

describe("npm run mutants: the sample", () => {
  const mutants = Array.from({ length: 50 }, (_, index) => mutant(`${index}`));

  it("is the same for the same seed, in any order of the mutants, and another for another seed", () => {
    const sample = sampleMutants(mutants, 1, 10);
    assert.equal(sample.length, 10);
    assert.deepEqual(sampleMutants(mutants.toReversed(), 1, 10), sample);
    assert.notDeepEqual(sampleMutants(mutants, 2, 10), sample);
    assert.deepEqual(new Set(sampleMutants(mutants, 1)), new Set(mutants));
  });
});
