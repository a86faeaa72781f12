import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Address, encodeFunctionData, type Hex, hexToBytes, toHex } from "viem";
import { disputeConsensusAbi } from "../../abi/index.ts";
import { CYCLE_HEIGHT, type EpochTrace, readDisputes } from "../../machine/dispute/index.ts";
import { advance, type Emulator } from "../../machine/emulator/index.ts";
import { encodeUpload, splitUploads } from "../../protocol/index.ts";
import { startTemplate } from "../e2e/support/realMachine.ts";
import { INPUT_END, lyingTrace } from "./support/lyingTrace.ts";
import {
  openRealEpoch,
  playHonestly,
  playMove,
  queryOf,
  type RealEpoch,
  send,
  traceOf,
} from "./support/realDispute.ts";

const CYCLE = 1n << BigInt(CYCLE_HEIGHT);
const UNUSED_MEMORY = 0x9f00_0000n;
const REJECTED_TOHOST = 0x0201_0002_0000_0000n;

/** Which of the inputs is rejected. */
const REJECTED = 1;
const UPLOADS = splitUploads(Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3)).uploads;
const PAYLOADS: Hex[] = [encodeUpload(UPLOADS[0]!), "0x1234", encodeUpload(UPLOADS[1]!)];

interface LieCase {
  name: string;
  input: number;
  from: bigint;
  /** What the liar says of the end: by default that the machine accepts, with other memory. */
  isAccepted?: boolean;
}

const USUAL: LieCase[] = [
  { name: "that a rejected input is accepted", input: 1, from: INPUT_END },
  { name: "in the middle of a cycle of the last input", input: 2, from: 500_000n * CYCLE + 77n },
];

const OTHERS: LieCase[] = [
  { name: "from the first step of the first input on", input: 0, from: 1n },
  { name: "in the first cycle of the first input", input: 0, from: CYCLE },
  { name: "in the last step of a cycle", input: 0, from: 300_000n * CYCLE - 1n },
  { name: "in a step after the microarchitecture has halted", input: 2, from: 300_000n * CYCLE + 50_000n },
  { name: "after the machine has yielded", input: 2, from: INPUT_END / 2n + 5n },
  { name: "in the first step of a rejected input", input: 1, from: 1n },
  {
    name: "that an accepted input is rejected, in its last cycle",
    input: 2,
    from: INPUT_END,
    isAccepted: false,
  },
  {
    name: "that an accepted input is rejected, from its first step on",
    input: 0,
    from: 1n,
    isAccepted: false,
  },
];

const CASES = process.env.CARTENIX_DISPUTES === "all" ? [...USUAL, ...OTHERS] : USUAL;

describe("a dispute on a real chain about a real machine", function () {
  this.timeout(600_000);
  let template: Emulator;
  let epoch: RealEpoch;
  let honest: EpochTrace & AsyncDisposable;
  let snapshot: Awaited<ReturnType<RealEpoch["chain"]["networkHelpers"]["takeSnapshot"]>>;
  let [guard, liar]: [Address, Address] = ["0x", "0x"];

  before(async () => {
    template = await startTemplate();
    epoch = await openRealEpoch(template, PAYLOADS);
    [guard, liar] = [epoch.accounts[2]!, epoch.accounts[1]!];
    honest = await traceOf(template, epoch.inputs);
    snapshot = await epoch.chain.networkHelpers.takeSnapshot();
  });

  after(async () => {
    await honest?.[Symbol.asyncDispose]();
    await template?.shutdown();
  });

  for (const lie of CASES) {
    it(`is lost by who claims a lie ${lie.name}`, async () => {
      await snapshot.restore();
      const trace = await tell(lie);
      await claim(liar, trace);
      await playToTheEnd(trace);
      await expectRightState();
      await expectMoney({ guardOwed: bonds(2.75), liarOwed: 0n });
    });
  }

  it("is lost by who challenges the truth", async () => {
    await snapshot.restore();
    await claim(guard, honest);
    const { claimId } = (await disputes()).claims[0]!;
    const data = encodeFunctionData({ abi: disputeConsensusAbi, functionName: "challenge", args: [claimId] });
    await send(epoch, liar, "challenge", { to: epoch.consensus.address, value: epoch.terms.bond, data });
    await playToTheEnd(await tell(USUAL[1]!));
    await expectRightState();
    await expectMoney({ guardOwed: bonds(1.75), liarOwed: 0n });
  });

  it("is lost by who claims the state after other bytes of an input", async () => {
    await snapshot.restore();
    const others = [epoch.inputs[0]!, epoch.inputs[1]!, withLastByteChanged(epoch.inputs[2]!)];
    await using trace = await traceOf(template, others);
    await claim(liar, trace);
    await playToTheEnd(trace);
    await expectRightState();
  });

  it("is not even opened by a wrong outputs root under a right state", async () => {
    await snapshot.restore();
    const { id } = await epoch.consensus.read.epochOf([epoch.application]);
    const proof = await honest.proveOutputsRoot();
    const changed: Hex = `0x${proof[2] === "0" ? "1" : "0"}${proof.slice(3)}`;
    const state = await honest.stateAfter(3);
    await assert.rejects(
      epoch.consensus.write.claim([epoch.application, id, state, changed], { value: epoch.terms.bond }),
      /InvalidProof/,
    );
  });

  /** What a liar says. */
  async function tell({ input, from, isAccepted = true }: LieCase): Promise<EpochTrace> {
    const before = await template.fork();
    for (const earlier of epoch.inputs.slice(0, input).filter((_, index) => index !== REJECTED)) {
      await advance(before, hexToBytes(earlier));
    }
    const machine = await before.fork();
    if (input !== REJECTED) {
      await advance(machine, hexToBytes(epoch.inputs[input]!));
    }
    await machine.writeMemory(UNUSED_MEMORY, new Uint8Array([1]));
    if (!isAccepted) {
      await machine.writeRegister("htif_tohost", REJECTED_TOHOST);
    }
    return lyingTrace(honest, { input, from, machine, kept: isAccepted ? machine : before });
  }

  async function claim(by: Address, trace: EpochTrace): Promise<void> {
    const { consensus, application, terms } = epoch;
    const { id } = await consensus.read.epochOf([application]);
    const args = [
      application,
      id,
      await trace.stateAfter(trace.inputs),
      await trace.proveOutputsRoot(),
    ] as const;
    const data = encodeFunctionData({ abi: disputeConsensusAbi, functionName: "claim", args });
    await send(epoch, by, "claim", { to: consensus.address, value: terms.bond, data });
  }

  /** The guard and the liar do what they can until the epoch is accepted. When both wait, time passes. */
  async function playToTheEnd(lie: EpochTrace): Promise<void> {
    for (let waits = 0; waits < 8; ) {
      const played = await playHonestly(epoch, guard, honest);
      const { claims, unreleased } = await disputes();
      const games = [...claims, ...unreleased].flatMap((one) => one.games).filter(({ isOpen }) => isOpen);
      const lied = games[0] && (await playMove(epoch, games[0].gameId, liar, lie));
      if (!played && !lied) {
        waits += 1;
        await epoch.chain.networkHelpers.mine(epoch.terms.clock + 1);
      }
    }
  }

  async function disputes() {
    return readDisputes(epoch.chain.client, await queryOf(epoch));
  }

  async function expectRightState(): Promise<void> {
    const { index, state } = await epoch.consensus.read.epochOf([epoch.application]);
    assert.equal(index, 1n);
    assert.equal(state, await honest.stateAfter(3));
  }

  async function expectMoney({
    guardOwed,
    liarOwed,
  }: {
    guardOwed: bigint;
    liarOwed: bigint;
  }): Promise<void> {
    assert.equal(await epoch.consensus.read.owed([guard]), guardOwed);
    assert.equal(await epoch.consensus.read.owed([liar]), liarOwed);
  }

  function bonds(count: number): bigint {
    return (epoch.terms.bond * BigInt(count * 100)) / 100n;
  }
});

function withLastByteChanged(input: Hex): Hex {
  const bytes = hexToBytes(input);
  bytes[bytes.length - 40]! ^= 1;
  return toHex(bytes);
}
