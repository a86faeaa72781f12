import { UsageError } from "../../support/index.ts";
import type { Outcome } from "../action.ts";
import { askOnTerminal, hasTerminal } from "../askOnTerminal.ts";
import { formatChange } from "./formatChange.ts";
import { readNixConf, replaceNixConf } from "./nixConfFile.ts";

interface ChangeOptions {
  path: string;
  /** Whether it was said already that the change is wanted. */
  isAgreed: boolean;
  signal: AbortSignal;
  change: (text: string | undefined) => string | undefined;
}

/** Shows a change of a nix.conf, asks whether it is wanted, and makes it. */
export async function changeNixConf({ path, isAgreed, signal, change }: ChangeOptions): Promise<Outcome> {
  const before = await readNixConf(path);
  const after = change(before);
  if (after === before) {
    return { exitCode: 0, text: `${path} needs no change`, json: { file: path, changed: false } };
  }
  const diff = formatChange(path, before, after);
  process.stderr.write(`${diff}\n`);
  if (!isAgreed && !(await isWanted(signal))) {
    return { exitCode: 0, text: `${path} stays as it was`, json: { file: path, changed: false } };
  }
  await replaceNixConf(path, before, after);
  return {
    exitCode: 0,
    text: after === undefined ? `${path} is removed` : `${path} is changed`,
    json: { file: path, changed: true, diff },
  };
}

async function isWanted(signal: AbortSignal): Promise<boolean> {
  if (!hasTerminal()) {
    throw new UsageError("there is no terminal to ask whether to make this change", {
      remedy: "give --yes if you want it",
    });
  }
  return askOnTerminal("Change it?", signal);
}
