import { availableParallelism } from "node:os";
import type { Code, Contract, Contracts } from "./contracts.ts";
import type { Mutant } from "./generateMutants.ts";
import { MutantsError } from "./mutantsError.ts";
import { ScratchProject } from "./scratchProject.ts";
import type { TestTable } from "./testTable.ts";
import type { TestRun } from "./testWorker.ts";

export type Outcome =
  | { readonly outcome: "killed"; readonly by: string }
  | { readonly outcome: "lives" | "same code" | "does not compile" | "not reached" };

export interface Judged {
  readonly mutant: Mutant;
  readonly outcome: Outcome;
}

/** How much longer than without a mutant a test file may run before its mutant counts as killed. */
const LIMIT_FACTOR = 5;
const LIMIT_ALLOWANCE_MS = 30_000;
/** How long a test file may run without a mutant. */
const LIMIT_MS = 600_000;
/** About how long a test file runs. */
const USUAL_MS = 1_000;

export interface Setting {
  readonly root: string;
  readonly contracts: Contracts;
  readonly tests: TestTable;
  readonly signal: AbortSignal;
  readonly onJudged: (judged: Judged) => void;
}

/**
 * Runs for each mutant the test files that deploy what it changes, until one fails.
 *
 * @throws {MutantsError} when a test file fails without a mutant.
 */
export async function judgeMutants(mutants: readonly Mutant[], setting: Setting): Promise<Judged[]> {
  const judge = new Judge(setting);
  const queue = mutants.map((mutant, index) => ({ mutant, index }));
  const judged: Judged[] = [];
  const work = async () => {
    const project = new ScratchProject(setting.root);
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const outcome = await judge.judge(next.mutant, project);
        judged[next.index] = { mutant: next.mutant, outcome };
        setting.onJudged(judged[next.index]!);
      }
    } finally {
      queue.length = 0;
      project.remove();
    }
  };
  const lanes = Array.from({ length: Math.min(availableParallelism(), mutants.length) }, work);
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  return judged;
}

/** How often a test file ran for the mutants of a file, how many it killed, and how long that took lately. */
interface History {
  runs: number;
  kills: number;
  meanMs: number;
}

class Judge {
  readonly #setting: Setting;
  readonly #originals = new Map<Contract, Code>();
  /** How long each test file takes without a mutant, in milliseconds. */
  readonly #baselines = new Map<string, Promise<number>>();
  /** By file and test file. */
  readonly #histories = new Map<string, History>();

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  async judge(mutant: Mutant, project: ScratchProject): Promise<Outcome> {
    const { contracts, tests, signal } = this.#setting;
    const mutated = new Map<Contract, Code>();
    const changes = (contract: Contract): boolean => {
      const code = mutated.get(contract)!;
      return code.bytecode !== this.#original(contract).bytecode;
    };
    const compile = (contract: Contract): boolean => {
      const code = mutated.get(contract) ?? contracts.compile(contract, mutant.file, mutant.source);
      return code !== undefined && mutated.set(contract, code) !== undefined;
    };
    const affected = contracts.all.filter(({ files }) => files.has(mutant.file));
    for (const testFile of this.#testFilesFor(mutant)) {
      if (signal.aborted) {
        return { outcome: "not reached" };
      }
      const used = affected.filter((contract) => tests.get(testFile)!.has(contract));
      if (!used.every(compile)) {
        return { outcome: "does not compile" };
      }
      if (!used.some(changes)) {
        continue;
      }
      await this.#baseline(testFile, project);
      const startedAt = performance.now();
      const result = await this.#run(testFile, project, mutated);
      if (result === "aborted") {
        return { outcome: "not reached" };
      }
      const history = this.#historyOf(mutant.file, testFile);
      history.runs += 1;
      history.meanMs += (performance.now() - startedAt - history.meanMs) / Math.min(history.runs, 4);
      if (result !== "passed") {
        history.kills += 1;
        return { outcome: "killed", by: testFile };
      }
    }
    if (!affected.every(compile)) {
      return { outcome: "does not compile" };
    }
    return { outcome: affected.some(changes) ? "lives" : "same code" };
  }

  /** The test files that deploy anything compiled from the mutant's file, those first that probably fail soonest. */
  #testFilesFor({ file }: Mutant): string[] {
    const rank = (testFile: string) => {
      const { runs, kills, meanMs } = this.#historyOf(file, testFile);
      const chance = (kills + (isNamedFor(testFile, file) ? 1 : 0.1)) / (runs + 1);
      return chance / meanMs;
    };
    return [...this.#setting.tests]
      .filter(([, used]) => [...used].some(({ files }) => files.has(file)))
      .map(([testFile]) => testFile)
      .sort((a, b) => rank(b) - rank(a));
  }

  #historyOf(file: string, testFile: string): History {
    const key = `${file} ${testFile}`;
    const history = this.#histories.get(key) ?? { runs: 0, kills: 0, meanMs: USUAL_MS };
    this.#histories.set(key, history);
    return history;
  }

  async #run(
    testFile: string,
    project: ScratchProject,
    mutated: ReadonlyMap<Contract, Code>,
  ): Promise<TestRun["result"]> {
    const limitMs = LIMIT_FACTOR * (await this.#baseline(testFile, project)) + LIMIT_ALLOWANCE_MS;
    this.#install(testFile, project, mutated);
    return (await project.run(testFile, limitMs, this.#setting.signal)).result;
  }

  #baseline(testFile: string, project: ScratchProject): Promise<number> {
    const baseline = this.#baselines.get(testFile) ?? this.#runBaseline(testFile, project);
    this.#baselines.set(testFile, baseline);
    return baseline;
  }

  async #runBaseline(testFile: string, project: ScratchProject): Promise<number> {
    this.#install(testFile, project, new Map());
    const startedAt = performance.now();
    const { result, output } = await project.run(testFile, LIMIT_MS, this.#setting.signal);
    if (result !== "passed" && result !== "aborted") {
      throw new MutantsError(`${testFile} fails without a mutant`, {
        details: output,
        remedy: `npm run unit -- ${testFile}`,
      });
    }
    return performance.now() - startedAt;
  }

  #install(testFile: string, project: ScratchProject, mutated: ReadonlyMap<Contract, Code>): void {
    for (const contract of this.#setting.tests.get(testFile)!) {
      project.install(contract, mutated.get(contract) ?? this.#original(contract));
    }
  }

  #original(contract: Contract): Code {
    const code = this.#originals.get(contract) ?? this.#setting.contracts.compile(contract);
    if (!code) {
      throw new MutantsError(`${contract.name} does not compile without IR`, {
        remedy: "let scripts/mutants/contracts.ts compile it as hardhat.config.ts does",
      });
    }
    this.#originals.set(contract, code);
    return code;
  }
}

/** `nixPath.test.ts` is named for `NixPath.sol`. */
function isNamedFor(testFile: string, file: string): boolean {
  const name = /(\w+)\.sol$/.exec(file)?.[1];
  return testFile.toLowerCase().endsWith(`/${name?.toLowerCase()}.test.ts`);
}
