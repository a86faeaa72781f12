import { STATUSES, type Status } from "../../trust/index.ts";

/** The exit codes of statuses. Scripts depend on them: they never change. */
const STATUS_EXIT_CODES = {
  accepted: 0,
  differs: 1,
  unknown: 2,
  pending: 3,
  policyNotMet: 4,
} as const satisfies Record<Status, number>;

export const USAGE_EXIT_CODE = 10;
/** The chain, an endpoint, a node or an indexer does not answer, or not as it should. */
export const NETWORK_EXIT_CODE = 11;
/** A file, a proof or a store path is not what it says. */
export const DAMAGED_EXIT_CODE = 12;
/** A defect of ours. */
export const INTERNAL_EXIT_CODE = 70;
export const INTERRUPTED_EXIT_CODE = 130;
/** Nobody reads what is printed any more, and there is no verdict yet. */
export const BROKEN_PIPE_EXIT_CODE = 141;

export function exitCodeOf(status: Status): number {
  return STATUS_EXIT_CODES[status];
}

/** Of several things that were looked at, the exit code of the worst. */
export function worstExitCode(codes: readonly number[]): number {
  const worstFirst = [
    ...[INTERNAL_EXIT_CODE, DAMAGED_EXIT_CODE, NETWORK_EXIT_CODE, USAGE_EXIT_CODE],
    ...STATUSES.map(exitCodeOf),
  ];
  return worstFirst.find((code) => codes.includes(code)) ?? exitCodeOf("accepted");
}

/** What exit codes mean, for `--help` and the documentation. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [STATUS_EXIT_CODES.accepted, "accepted, or done"],
  [STATUS_EXIT_CODES.differs, "differs: another hash is accepted"],
  [STATUS_EXIT_CODES.unknown, "unknown: nobody recorded it"],
  [STATUS_EXIT_CODES.pending, "pending: requested or built, but not recorded yet"],
  [STATUS_EXIT_CODES.policyNotMet, "policy not met: recorded by too few, or in conflict"],
  [USAGE_EXIT_CODE, "wrong usage or configuration"],
  [NETWORK_EXIT_CODE, "chain or network"],
  [DAMAGED_EXIT_CODE, "damaged: something is not what it says"],
  [INTERNAL_EXIT_CODE, "a defect of cartenix"],
  [INTERRUPTED_EXIT_CODE, "interrupted"],
  [BROKEN_PIPE_EXIT_CODE, "nobody reads the output any more"],
];
