import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Code, Contract } from "./contracts.ts";
import { type TestRun, TestWorker } from "./testWorker.ts";

/** The committed creation code, which tests deploy from as well. */
const CREATION_CODE = "abi/contracts/creationCode.ts";

/** All that the tests read of Hardhat's output. Without its build infos it cannot tell a mutant from what it compiled. */
const ARTIFACTS = "artifacts/contracts";

/** A copy of the project in which contracts are replaced and tests run, beside the real one. */
export class ScratchProject {
  readonly #folder = mkdtempSync(join(tmpdir(), "cartenix-mutants-"));
  readonly #installed = new Map<Contract, Code>();
  readonly #creationCode: string;
  #worker: TestWorker | undefined;

  constructor(root: string) {
    const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
    const files = execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
    for (const file of files) {
      mkdirSync(dirname(this.#path(file)), { recursive: true });
      cpSync(join(root, file), this.#path(file), { force: true });
    }
    cpSync(join(root, ARTIFACTS), this.#path(ARTIFACTS), { recursive: true });
    symlinkSync(join(root, "node_modules"), this.#path("node_modules"));
    this.#creationCode = readFileSync(this.#path(CREATION_CODE), "utf8");
  }

  /** Puts a contract's code in place of what is there. */
  install(contract: Contract, code: Code): void {
    this.#installed.set(contract, code);
    const artifact = JSON.parse(readFileSync(this.#path(contract.artifact), "utf8"));
    writeFileSync(this.#path(contract.artifact), JSON.stringify({ ...artifact, ...code }));
    const committed = [...this.#installed].reduce(
      (text, [{ bytecode }, installed]) => text.replace(`"${bytecode}"`, `"${installed.bytecode}"`),
      this.#creationCode,
    );
    writeFileSync(this.#path(CREATION_CODE), committed);
  }

  /** Runs a test file until its first failure. */
  async run(testFile: string, limitMs: number, signal: AbortSignal): Promise<TestRun> {
    if (signal.aborted) {
      return { result: "aborted", output: "" };
    }
    const { isFresh, ...run } = await this.#freshenWorker().run(testFile, limitMs, signal);
    // what an earlier test file left behind may have ended the process
    const isInDoubt = run.result === "crashed" && !isFresh;
    return isInDoubt ? await this.run(testFile, limitMs, signal) : run;
  }

  remove(): void {
    this.#worker?.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #freshenWorker(): TestWorker {
    if (!this.#worker || this.#worker.isSpent) {
      this.#worker?.stop();
      this.#worker = new TestWorker(this.#folder);
    }
    return this.#worker;
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }
}
