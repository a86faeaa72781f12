import { type Address, type Hash, type Hex, isHex } from "viem";
import { bytesOf, hexOf } from "../model/bytes.ts";
import type { Store } from "./openStore.ts";

export type TransactionPurpose =
  | "claim"
  | "execution"
  | "seal"
  | "challenge"
  | "move"
  | "accept"
  | "reopen"
  | "timeout"
  | "release"
  | "withdraw"
  | "register";
/** A number, or the id of a claim or a game. */
export type TransactionSubject = bigint | Hex;
export type TransactionStatus = "pending" | "mined" | "reverted" | "replaced";

/** A transaction that the node signed; it is recorded before it is sent. */
export interface SignedTransaction {
  hash: Hash;
  purpose: TransactionPurpose;
  /** The epoch of a claim or a seal, the output of an execution, the claim or the game that is played about. */
  subject: TransactionSubject;
  sender: Address;
  nonce: number;
  raw: Hex;
  createdAt: Date;
}

export function addTransaction({ sql }: Store, transaction: SignedTransaction): void {
  const { hash, purpose, subject, sender, nonce, raw, createdAt } = transaction;
  sql.run`
    INSERT INTO transactions (hash, purpose, subject, sender, nonce, raw, created_at)
    VALUES (
      ${bytesOf(hash)}, ${purpose}, ${String(subject)}, ${bytesOf(sender)}, ${nonce}, ${bytesOf(raw)}, ${createdAt.getTime()}
    )`;
}

export function setTransactionStatus({ sql }: Store, hash: Hash, status: TransactionStatus): void {
  sql.run`UPDATE transactions SET status = ${status} WHERE hash = ${bytesOf(hash)}`;
}

/** The sender's transactions whose outcome is not known yet, oldest first. */
export function pendingTransactions({ sql }: Store, sender: Address): SignedTransaction[] {
  const rows = sql.all`
    SELECT * FROM transactions WHERE status = 'pending' AND sender = ${bytesOf(sender)} ORDER BY nonce, created_at`;
  return rows.map((row) => ({
    hash: hexOf(row.hash as Uint8Array),
    purpose: row.purpose as TransactionPurpose,
    subject: toSubject(row.subject as string),
    sender,
    nonce: Number(row.nonce),
    raw: hexOf(row.raw as Uint8Array),
    createdAt: new Date(Number(row.created_at)),
  }));
}

function toSubject(text: string): TransactionSubject {
  return isHex(text) ? text : BigInt(text);
}

/** How many transactions are pending, of all senders. */
export function pendingTransactionCount({ sql }: Store): bigint {
  return (sql.get`SELECT count(*) AS n FROM transactions WHERE status = 'pending'` as { n: bigint }).n;
}
