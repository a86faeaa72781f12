import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import type { AbiEvent, AbiParameter } from "viem";
import { CONTRACT_ABIS } from "../../indexer/contractAbis.ts";

/** Events without a handler, and inputs that no handler reads, each with the reason. */
const IGNORED: Readonly<Record<string, string>> = {
  "ReleaseRegistry:EIP712DomainChanged": "the registry of the examples never emits it",
  "UpgradeGate:OwnershipTransferStarted": "who governs a gate is asked of the gate",
  "UpgradeGate:OwnershipTransferred": "who governs a gate is asked of the gate",
};

const root = new URL("../../indexer/src/", import.meta.url);
const sources = globSync("*.ts", { cwd: root }).map((file) => readFileSync(new URL(file, root), "utf8"));
const events = Object.entries(CONTRACT_ABIS).flatMap(([contract, abi]) =>
  abi
    .filter((item) => item.type === "event")
    .map((event: AbiEvent) => ({ id: `${contract}:${event.name}`, inputs: event.inputs })),
);

describe("The indexer's handlers", () => {
  for (const { id, inputs } of events) {
    const handler = handlerOf(id);
    it(`${handler ? "read every input of" : "ignore, for a reason,"} ${id}`, () => {
      assert.ok(
        handler || IGNORED[id],
        `indexer/src has no handler of ${id}: add one, or name the event in IGNORED with the reason`,
      );
      assert.deepEqual(
        unreadInputs(id, inputs).filter((place) => !IGNORED[place]),
        [],
        `indexer/src does not read these inputs of ${id}: add a column to indexer/ponder.schema.ts and set it, or name them in IGNORED with the reason`,
      );
    });
  }

  it("need every entry of IGNORED", () => {
    const unread = events.flatMap(({ id, inputs }) => [id, ...unreadInputs(id, inputs)]);
    const stale = Object.keys(IGNORED).filter((place) => !unread.includes(place) || handlerOf(place));
    assert.deepEqual(stale, []);
  });
});

/** The source of a handler's file. */
interface Handler {
  file: string;
}

function handlerOf(id: string): Handler | undefined {
  for (const file of sources) {
    if (file.includes(`ponder.on("${id}",`)) {
      return { file };
    }
  }
  return undefined;
}

function unreadInputs(id: string, inputs: readonly AbiParameter[]): string[] {
  const handler = handlerOf(id);
  const unread = handler ? namesIn(inputs).filter((name) => !reads(handler, name)) : [];
  return unread.map((name) => `${id}.${name}`);
}

/** An event's inputs, and the fields of those that are structs as `input.field`. */
function namesIn(inputs: readonly AbiParameter[]): string[] {
  return inputs.flatMap((input) => [
    input.name!,
    ...("components" in input ? input.components.map(({ name }) => `${input.name}.${name}`) : []),
  ]);
}

/** An input is read by the handler or a function of its file, which events of one shape share. */
function reads({ file }: Handler, name: string): boolean {
  const [input, field] = name.split(".");
  return new RegExp(field === undefined ? `\\b${input}\\b` : `\\b${field}\\b`).test(file);
}
