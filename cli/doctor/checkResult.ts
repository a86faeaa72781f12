import { CartenixError } from "../../support/index.ts";
import { errorExitCode } from "../output/errorExitCode.ts";

/** What the doctor found about one thing. */
export interface CheckResult {
  readonly name: string;
  readonly state: "fine" | "wrong" | "not checked";
  readonly text: string;
  readonly remedy?: string | undefined;
  /** The exit code of the command if this is what is wrong. */
  readonly exitCode: number;
}

export function fine(name: string, text: string): CheckResult {
  return { name, state: "fine", text, exitCode: 0 };
}

export function notChecked(name: string, text: string): CheckResult {
  return { name, state: "not checked", text, exitCode: 0 };
}

export function wrong(name: string, text: string, exitCode: number, remedy?: string): CheckResult {
  return { name, state: "wrong", text, remedy, exitCode };
}

/** Runs a check; an error of ours is what is wrong. */
export async function check(
  name: string,
  look: () => Promise<CheckResult | CheckResult[]>,
): Promise<CheckResult[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (!(error instanceof CartenixError)) {
      throw error;
    }
    const { shortMessage, details, remedy } = error;
    return [
      wrong(name, details ? `${shortMessage}: ${details}` : shortMessage, errorExitCode(error), remedy),
    ];
  }
}
