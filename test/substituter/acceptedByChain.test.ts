import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ChainUnreachableError, type Finding } from "../../client/index.ts";
import { acceptedByChain, type Decision, type NarInfo, SourceError } from "../../substituter/index.ts";

const HASH_PART = "1".repeat(32);
const STORE_PATH = `/nix/store/${HASH_PART}-x`;
const info: NarInfo = {
  ...{ storePath: STORE_PATH, url: "x.nar", compression: "none", narHash: new Uint8Array(32), narSize: 1 },
  ...{ references: [], signatures: [] },
};
const recorded = `sha256-${Buffer.alloc(32).toString("base64")}`;
const accepted: Finding = { storePath: STORE_PATH, verdict: "accepted", narHash: recorded, said: [] };

const has = (name: string, answer: NarInfo | undefined) => ({ name, findNarInfo: async () => answer });
const isDown = (name: string) => ({
  name,
  findNarInfo: () => Promise.reject(new SourceError(`${name} is down`)),
});
const never = { name: "silent", findNarInfo: () => new Promise<undefined>(() => {}) };

function find(
  upstreams: Parameters<typeof acceptedByChain>[0]["upstreams"],
  findVerdict: () => Promise<Finding> = async () => accepted,
) {
  const decisions: Decision[] = [];
  const onDecision = (decision: Decision) => decisions.push(decision);
  const findAccepted = acceptedByChain({ upstreams, findVerdict, isRefused: () => false, onDecision });
  return { decisions, output: findAccepted(HASH_PART) };
}

describe("what the chain accepts of what caches state", () => {
  it("waits for no cache that is silent where another has it", async () => {
    const { output, decisions } = find([never, isDown("a"), has("b", info)]);
    assert.equal((await output)?.storePath, STORE_PATH);
    assert.deepEqual(
      decisions.map(({ status, from }) => [status, from]),
      [["accepted", "b"]],
    );
  });

  it("takes the one that is accepted, whatever another states", async () => {
    const other = { ...info, narHash: new Uint8Array(32).fill(7) };
    const { output, decisions } = find([has("a", other), has("b", info)]);
    assert.deepEqual((await output)?.narHash, info.narHash);
    assert.equal(decisions.length, 1);
    const alone = find([has("a", other), has("b", undefined)]);
    assert.equal(await alone.output, undefined);
    assert.equal(alone.decisions[0]?.status, "differs");
  });

  it("says no where a cache that works has nothing", async () => {
    assert.equal(await find([isDown("a"), has("b", undefined)]).output, undefined);
  });

  it("takes neither a chain nor caches that do not answer for a no", async () => {
    await assert.rejects(find([isDown("a"), isDown("b")]).output, SourceError);
    const chainIsDown = () => Promise.reject(new ChainUnreachableError("no answer"));
    await assert.rejects(
      find([has("a", info), has("b", undefined)], chainIsDown).output,
      ChainUnreachableError,
    );
  });
});
