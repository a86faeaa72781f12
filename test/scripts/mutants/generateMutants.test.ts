import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { AstNode } from "../../../scripts/mutants/ast.ts";
import { generateMutants } from "../../../scripts/mutants/generateMutants.ts";
import { OPERATORS } from "../../../scripts/mutants/operators/index.ts";
import { compile } from "../../../scripts/mutants/solc.ts";

const FILE = "contracts/Sample.sol";

/** A contract of these members; the comment's characters have more bytes than one. */
function contract(members: string): string {
  return `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;
// ¹ → ²
contract Sample {
event Moved(address from, address to, uint256 amount);
error Refused(uint256 have, uint256 want);
uint256 internal count;
${members}
}
`;
}

function compiled(source: string) {
  return compile({
    language: "Solidity",
    sources: { [FILE]: { content: source } },
    settings: { outputSelection: { "*": { "": ["ast"], "*": ["evm.bytecode.object"] } } },
  });
}

function mutantsOf(members: string) {
  const source = contract(members);
  const output = compiled(source);
  assert.ok(output, `the sample does not compile:\n${source}`);
  return generateMutants(FILE, source, output.sources![FILE]!.ast as AstNode);
}

/** What becomes of one statement in a function, by one kind of mutation. */
function mutated(operator: string, statement: string, parameters = "uint256 a, uint256 b"): string[] {
  const members = `function run(${parameters}) external returns (uint256 result) {\n${statement}\n}`;
  return mutantsOf(members)
    .filter((mutant) => mutant.operator === operator && mutant.original === statement)
    .map((mutant) => mutant.mutated);
}

describe("npm run mutants: what it changes", function () {
  this.timeout(120_000);

  it("drops checks", () => {
    assert.deepEqual(mutated("drop", "if (a > b) revert Refused(a, b);"), ["{}"]);
    assert.deepEqual(mutated("drop", "if (a > b) { revert Refused(a, b); }"), ["{}"]);
    assert.deepEqual(mutated("drop", 'require(a > b, "no");'), ["{}"]);
    const [dropped] = mutantsOf("modifier only() { _; }\nfunction run() external only {}").filter(
      ({ operator, line }) => operator === "drop" && line === 9,
    );
    assert.equal(dropped?.mutated, "function run() external {}");
  });

  it("drops writes, events, calls and results", () => {
    assert.deepEqual(mutated("drop", "count = a;"), ["{}"]);
    assert.deepEqual(mutated("drop", "++count;"), ["{}"]);
    assert.deepEqual(mutated("drop", "delete count;"), ["{}"]);
    assert.deepEqual(mutated("drop", "emit Moved(msg.sender, address(this), a);"), ["{}"]);
    assert.deepEqual(mutated("drop", "this.run(a, b);"), ["{}"]);
    assert.deepEqual(mutated("drop", "return a;"), ["{}"]);
    assert.deepEqual(mutated("drop", "assembly { sstore(a, b) }"), ["assembly { {} }"]);
    assert.deepEqual(mutated("drop", "assembly { result := b }"), ["assembly { {} }"]);
    const push = mutantsOf("uint256[] internal list;\nfunction run() external {\nlist.push(1);\n}");
    assert.ok(
      push.some(
        ({ operator, original, mutated }) =>
          operator === "drop" && original === "list.push(1);" && mutated === "{}",
      ),
    );
  });

  it("does not drop what advances a loop", () => {
    assert.deepEqual(mutated("drop", "for (uint256 i = 0; i < a; ++i) result = b;"), [
      "for (uint256 i = 0; i < a; ++i) {}",
    ]);
    assert.deepEqual(mutated("negation", "for (uint256 i = 0; i < a; ++i) result = b;"), []);
  });

  it("forces conditions that do not leave the function", () => {
    assert.deepEqual(mutated("force", "if (a > b) count = a;"), ["if (true) count = a;"]);
    assert.deepEqual(mutated("force", "if (a > b) revert Refused(a, b);"), []);
    assert.deepEqual(mutated("force", "if (a > b) count = a; else count = b;"), [
      "if (true) count = a; else count = b;",
      "if (false) count = a; else count = b;",
    ]);
    assert.deepEqual(mutated("force", "count = a > b ? a : b;"), [
      "count = true ? a : b;",
      "count = false ? a : b;",
    ]);
  });

  it("turns each operator", () => {
    for (const [operator, other] of Object.entries({
      "<": "<=",
      "<=": "<",
      ">": ">=",
      ">=": ">",
      "==": "!=",
      "!=": "==",
    })) {
      assert.deepEqual(mutated("turn", `bool c = a ${operator} b;`), [`bool c = a ${other} b;`]);
    }
    for (const [operator, other] of Object.entries({
      "+": "-",
      "-": "+",
      "*": "/",
      "/": "*",
      "%": "/",
      "&": "|",
      "|": "&",
      "^": "|",
      "<<": ">>",
      ">>": "<<",
    })) {
      assert.deepEqual(mutated("turn", `result = a ${operator} b;`), [`result = a ${other} b;`]);
      assert.deepEqual(mutated("turn", `result ${operator}= b;`), [`result ${other}= b;`]);
    }
    assert.deepEqual(mutated("turn", "bool c = a == 0 && b == 0;"), [
      "bool c = a == 0 || b == 0;",
      "bool c = a != 0 && b == 0;",
      "bool c = a == 0 && b != 0;",
    ]);
    assert.deepEqual(mutated("turn", "bool c = (a == 0) || (b == 0);")[0], "bool c = (a == 0) && (b == 0);");
  });

  it("drops negations and counts the other way", () => {
    assert.deepEqual(mutated("negation", "bool c = !(a == b);"), ["bool c = (a == b);"]);
    assert.deepEqual(mutated("negation", "result = ~a;"), ["result = a;"]);
    assert.deepEqual(mutated("negation", "++count;"), ["--count;"]);
    assert.deepEqual(mutated("negation", "count--;"), ["count++;"]);
  });

  it("swaps values of one type", () => {
    assert.deepEqual(mutated("swap", "emit Moved(msg.sender, address(this), a);"), [
      "emit Moved(address(this), msg.sender, a);",
    ]);
    assert.deepEqual(mutated("swap", "revert Refused(a, b);"), ["revert Refused(b, a);"]);
    assert.deepEqual(mutated("swap", "this.run(a, 7);"), ["this.run(7, a);"]);
    assert.deepEqual(mutated("swap", "this.run(a, a);"), []);
    assert.deepEqual(mutated("swap", "(a, b) = (b, a);"), ["(b, a) = (b, a);", "(a, b) = (a, b);"]);
    assert.deepEqual(mutated("swap", "x = bytes.concat(x, y);", "bytes memory x, bytes calldata y"), [
      "x = bytes.concat(y, x);",
    ]);
  });

  it("changes constants by one", () => {
    assert.deepEqual(mutated("constant", "result = 0;"), ["result = 1;"]);
    assert.deepEqual(mutated("constant", "result = 1_000;"), ["result = 1001;", "result = 999;"]);
    assert.deepEqual(mutated("constant", "result = 0x0100;"), ["result = 0x0101;", "result = 0x00ff;"]);
    assert.deepEqual(mutated("constant", "result = 2 days;"), ["result = 3 days;", "result = 1 days;"]);
    assert.deepEqual(mutated("constant", "bool c = true;"), ["bool c = false;"]);
    assert.deepEqual(mutated("constant", "result = type(uint40).max;"), ["result = (type(uint40).max - 1);"]);
    assert.deepEqual(mutated("constant", 'bytes3 c = "abc";'), ['bytes3 c = hex"616262";']);
    assert.deepEqual(mutated("constant", 'bytes2 c = hex"00ff";'), ['bytes2 c = hex"00fe";']);
    assert.deepEqual(mutated("constant", "assembly { result := 7 }"), [
      "assembly { result := 8 }",
      "assembly { result := 6 }",
    ]);
  });

  it("has each kind in a sample, each mutant once, with its line, and such that it compiles", () => {
    const mutants = mutantsOf(`function run(uint256 a, uint256 b) external returns (uint256) {
if (a < b) revert Refused(a, b);
if (!(a == 3)) ++count;
emit Moved(msg.sender, address(this), a + b);
return a;
}`);
    assert.deepEqual(new Set(mutants.map(({ operator }) => operator)), new Set(Object.keys(OPERATORS)));
    assert.equal(new Set(mutants.map(({ source }) => source)).size, mutants.length);
    const original = contract("").split("\n").length;
    for (const mutant of mutants) {
      assert.ok(compiled(mutant.source), `${mutant.line}: ${mutant.mutated}`);
      assert.ok(mutant.line >= 9 && mutant.line < original + 5);
      assert.equal(mutant.source.split("\n")[mutant.line - 1]?.trim(), mutant.mutated);
    }
  });
});
