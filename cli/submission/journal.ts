import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Address, type Hash, type Hex, isHex } from "viem";
import { z } from "zod";
import { JournalError, type SignedTransaction } from "../../client/index.ts";

/** Which request a journal is about: whoever asks for the same again goes on with it. */
export interface JournalKey {
  genesisHash: Hash;
  application: Address;
  sender: Address;
  request: "build" | "rebuild";
  drvPath: string;
}

const hex = z.string().refine((text): text is Hex => isHex(text), "is not hexadecimal");
const plan = z
  .object({
    version: z.literal(1),
    /** The store paths in the bundle. */
    paths: z.array(z.string()),
    /** The chunks of the bundle that the chain had already when the plan was made. */
    uploaded: z.array(z.number().int().nonnegative()),
  })
  .strict();
const start = z
  .object({
    /** Uploads up to this input are lost: the machine said so. */
    lostUpTo: z
      .string()
      .regex(/^\d{1,20}$/)
      .transform(BigInt),
  })
  .strict();
const transaction = z
  .object({ position: z.number().int().nonnegative(), nonce: z.number().int().nonnegative(), raw: hex })
  .strict();

/** What is sent for a request, and decided once: later runs must not send something else beside it. */
export interface Plan {
  paths: readonly string[];
  uploaded: readonly number[];
  bundle: Uint8Array;
}

/** What a request's runs have sent so far. */
export interface Journal {
  readonly plan: Plan | undefined;
  /** Inputs up to this one do not count as uploads. */
  readonly lostUpTo: bigint | undefined;
  readonly transactions: readonly SignedTransaction[];
  begin(plan: Plan): void;
  /** Keeps a transaction; it is on the disk when this returns. */
  add(transaction: SignedTransaction): void;
  /** Forgets everything, since the request has ended; the next run is a new one. */
  end(lostUpTo?: bigint): void;
}

/** The folder of all journals: `cartenix/requests` in the user's state folder. */
export function journalFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_STATE_HOME || join(homedir(), ".local", "state"), "cartenix", "requests");
}

/** The name of a journal in the folder of all. */
export function journalName({ genesisHash, application, sender, request, drvPath }: JournalKey): string {
  const words = [genesisHash, application.toLowerCase(), sender.toLowerCase(), request, drvPath];
  return createHash("sha256").update(words.join("\n")).digest("hex").slice(0, 40);
}

/**
 * Opens a journal, which need not exist yet.
 *
 * @throws {JournalError} when it is damaged.
 */
export function openJournal(folder: string): Journal {
  const files = {
    plan: join(folder, "plan.json"),
    bundle: join(folder, "bundle"),
    transactions: join(folder, "transactions"),
    start: join(folder, "start.json"),
  };
  let current = existsSync(files.plan) ? readPlan(files.plan, files.bundle) : undefined;
  let lostUpTo = existsSync(files.start) ? readJson(files.start, start).lostUpTo : undefined;
  let transactions = current && existsSync(files.transactions) ? readTransactions(files.transactions) : [];
  return {
    get plan() {
      return current;
    },
    get lostUpTo() {
      return lostUpTo;
    },
    get transactions() {
      return transactions;
    },
    begin(begun) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      rmSync(files.plan, { force: true });
      rmSync(files.transactions, { force: true });
      writeWhole(files.bundle, begun.bundle);
      const { paths, uploaded } = begun;
      writeWhole(files.plan, JSON.stringify({ version: 1, paths, uploaded }));
      current = begun;
      transactions = [];
    },
    add(added) {
      const file = openSync(files.transactions, "a", 0o600);
      try {
        writeSync(file, `${JSON.stringify(added)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      transactions = [...transactions, added];
    },
    end(lost) {
      rmSync(folder, { recursive: true, force: true });
      current = undefined;
      transactions = [];
      lostUpTo = lost;
      if (lost !== undefined) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeWhole(files.start, JSON.stringify({ lostUpTo: lost.toString() }));
      }
    },
  };
}

function readPlan(file: string, bundle: string): Plan {
  const { paths, uploaded } = readJson(file, plan);
  return { paths, uploaded, bundle: readFileSync(bundle) };
}

/** A line that was not written to its end was never sent: a transaction is kept first. */
function readTransactions(file: string): SignedTransaction[] {
  const text = readFileSync(file, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== text) {
    writeWhole(file, whole);
  }
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parse(file, line, transaction));
}

function readJson<T extends z.ZodTypeAny>(file: string, shape: T): z.output<T> {
  return parse(file, readFileSync(file, "utf8"), shape);
}

function parse<T extends z.ZodTypeAny>(file: string, text: string, shape: T): z.output<T> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new JournalError(`what an earlier run kept in ${file} is damaged`, {
      cause,
      remedy: "delete its folder; what that run sent may then be paid again",
    });
  }
}

function writeWhole(file: string, content: string | Uint8Array): void {
  const partial = `${file}.part`;
  writeFileSync(partial, content, { mode: 0o600, flush: true });
  renameSync(partial, file);
}
