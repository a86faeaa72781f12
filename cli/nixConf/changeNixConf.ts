import { createInterface } from "node:readline/promises";
import { UsageError } from "../../support/index.ts";
import type { Outcome } from "../action.ts";
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
  if (!isAgreed && !(await ask("Change it? [y/N] ", signal))) {
    return { exitCode: 0, text: `${path} stays as it was`, json: { file: path, changed: false } };
  }
  await replaceNixConf(path, before, after);
  return {
    exitCode: 0,
    text: after === undefined ? `${path} is removed` : `${path} is changed`,
    json: { file: path, changed: true, diff },
  };
}

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError("there is no terminal to ask whether to make this change", {
      remedy: "give --yes if you want it",
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // the terminal is read key by key, so that Ctrl-C comes here
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await terminal.question(question, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
