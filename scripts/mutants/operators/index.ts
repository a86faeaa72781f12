import { dropStatement, forceCondition } from "./dropStatement.ts";
import type { Operator } from "./operator.ts";
import { shiftConstant } from "./shiftConstant.ts";
import { swapArguments } from "./swapArguments.ts";
import { turnOperator, turnUnary } from "./turnOperator.ts";

/** All kinds of mutations. */
export const OPERATORS = {
  drop: dropStatement,
  force: forceCondition,
  turn: turnOperator,
  negation: turnUnary,
  swap: swapArguments,
  constant: shiftConstant,
} as const satisfies Record<string, Operator>;

export type OperatorName = keyof typeof OPERATORS;
export type { Edit, Operator } from "./operator.ts";
