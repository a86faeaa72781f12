import type { Address } from "viem";
import { DEPLOYMENT } from "./deployment.ts";
import { addressOf, hashOf, OUTPUTS_PER_VOUCHER, outputOf, type Scale } from "./outputs.ts";
import {
  addInput,
  claim,
  createApplication,
  executeVoucher,
  type Recording,
  recordDirectly,
  TRANSFER,
  type Transaction,
} from "./transactions.ts";

/** Of ten applications that record, five are the configured one, four are strangers' and one is an account. */
const APPLICATION_PATTERN = 10;
const CONFIGURED = 5;
const ACCOUNT = 9;
const STRANGERS = 100;
const VOUCHERS_PER_BLOCK = 8;
const BLOCKS_PER_CLAIM = 10;
const TRANSFERS_PER_BLOCK = 20;
/** In most blocks of a chain nothing happens that an indexer follows. */
export const BLOCK_INTERVAL = 10;
/** Ponder takes the last blocks of a chain for what may be replaced. */
export const UNFINALIZED_BLOCKS = 100;

export interface Block {
  number: number;
  transactions: Transaction[];
}

export interface Chain {
  blocks: Block[];
  /** The last block before those that come while the indexer is running. */
  tip: number;
  /** The last block of all. */
  end: number;
}

/** The blocks in which something happens. */
export function makeChain(scale: Scale): Chain {
  const blocks: Block[] = [];
  const inputs = { count: 0n };
  const outputIndices = new Map<Address, bigint>();
  const add = (transactions: readonly Transaction[], interval = BLOCK_INTERVAL) => {
    const number = (blocks.at(-1)?.number ?? 1 - interval) + interval;
    const others = Array.from({ length: TRANSFERS_PER_BLOCK }, () => TRANSFER);
    blocks.push({ number, transactions: [...others, ...transactions] });
  };
  const record = (
    recording: Omit<Recording, "application" | "inputIndex">,
    closure: number,
  ): Transaction[] => {
    const application = applicationOf(closure);
    if (closure % APPLICATION_PATTERN === ACCOUNT) {
      return [recordDirectly({ ...recording, application, inputIndex: 0n })];
    }
    const outputIndex = outputIndices.get(application) ?? 0n;
    outputIndices.set(application, outputIndex + 1n);
    const whole = { ...recording, application, inputIndex: outputIndex };
    const voucher = executeVoucher(whole, outputIndex);
    if (application !== DEPLOYMENT.application) {
      return [voucher];
    }
    const blockNumber = BigInt(blocks.at(-1)!.number + BLOCK_INTERVAL);
    const input = addInput(inputs.count, { blockNumber });
    inputs.count += 1n;
    return [input, voucher];
  };

  add([DEPLOYMENT.application, ...strangers()].map(createApplication));
  for (const [place, recorded] of recordings(scale).entries()) {
    const claims = place % BLOCKS_PER_CLAIM === 0 ? [claim(BigInt(blocks.at(-1)!.number))] : [];
    add([...claims, ...recorded.flatMap(({ closure, ...recording }) => record(recording, closure))]);
  }
  for (const recorded of repetitions(scale, "OutputConfirmed")) {
    add(recorded.flatMap(({ closure, ...recording }) => record(recording, closure)));
  }
  for (const recorded of repetitions(scale, "OutputConflicted", "second")) {
    add(recorded.flatMap(({ closure, ...recording }) => record(recording, closure)));
  }
  const tip = blocks.at(-1)!.number + UNFINALIZED_BLOCKS;
  for (const [place, recorded] of repetitions(scale, "OutputConflicted", "third").entries()) {
    const interval = place === 0 ? UNFINALIZED_BLOCKS + 1 : 1;
    add(
      recorded.flatMap(({ closure, ...recording }) => record(recording, closure)),
      interval,
    );
  }
  return { blocks, tip, end: blocks.at(-1)!.number };
}

/** Who records a closure. */
export function applicationOf(closure: number): Address {
  const kind = closure % APPLICATION_PATTERN;
  if (kind < CONFIGURED) {
    return DEPLOYMENT.application;
  }
  return kind === ACCOUNT ? addressOf(`account ${closure}`) : addressOf(`stranger ${closure % STRANGERS}`);
}

function strangers(): Address[] {
  return Array.from({ length: STRANGERS }, (_, number) => addressOf(`stranger ${number}`));
}

type ClosureRecording = Omit<Recording, "application" | "inputIndex"> & { closure: number };

/** Block by block: eight closures at a time, each from its last member to its first. */
function recordings(scale: Scale): ClosureRecording[][] {
  const blocks: ClosureRecording[][] = [];
  for (let first = 0; first < scale.closures; first += VOUCHERS_PER_BLOCK) {
    const closures = Array.from({ length: VOUCHERS_PER_BLOCK }, (_, place) => first + place).filter(
      (closure) => closure < scale.closures,
    );
    for (let end = scale.closure; end > 0; end -= OUTPUTS_PER_VOUCHER) {
      blocks.push(
        closures.map((closure) => ({
          ...{ closure, event: "OutputRecorded" },
          outputs: Array.from({ length: OUTPUTS_PER_VOUCHER }, (_, place) =>
            outputOf(scale, { closure, member: end - 1 - place }),
          ),
        })),
      );
    }
  }
  return blocks;
}

/** Some outputs of the first closure again, with a hash that is theirs or another. */
function repetitions(
  scale: Scale,
  event: "OutputConfirmed" | "OutputConflicted",
  which = "",
): ClosureRecording[][] {
  const vouchers = Array.from({ length: scale.repeated / OUTPUTS_PER_VOUCHER }, (_, voucher) => ({
    ...{ closure: 0, event },
    outputs: Array.from({ length: OUTPUTS_PER_VOUCHER }, (_, place) => {
      const output = outputOf(scale, { closure: 0, member: voucher * OUTPUTS_PER_VOUCHER + place });
      return event === "OutputConfirmed"
        ? output
        : { ...output, narHash: hashOf(`${which} of ${output.narHash}`) };
    }),
  }));
  return Array.from({ length: Math.ceil(vouchers.length / VOUCHERS_PER_BLOCK) }, (_, block) =>
    vouchers.slice(block * VOUCHERS_PER_BLOCK, (block + 1) * VOUCHERS_PER_BLOCK),
  );
}
