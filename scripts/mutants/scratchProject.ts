import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Code, Contract } from "./contracts.ts";

/** The committed creation code, which tests deploy from as well. */
const CREATION_CODE = "abi/contracts/creationCode.ts";

/** All that the tests read of Hardhat's output. Without its build infos it cannot tell a mutant from what it compiled. */
const ARTIFACTS = "artifacts/contracts";

export interface TestRun {
  readonly result: "passed" | "failed" | "timed out" | "aborted";
  /** The end of what it printed. */
  readonly output: string;
}

const OUTPUT_CHARACTERS = 2_000;

/** A copy of the project in which contracts are replaced and tests run, beside the real one. */
export class ScratchProject {
  readonly #folder = mkdtempSync(join(tmpdir(), "cartenix-mutants-"));
  readonly #installed = new Map<Contract, Code>();
  readonly #creationCode: string;

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
    const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
    const child = spawn(process.execPath, [mocha, "--bail", testFile], {
      cwd: this.#folder,
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
      env: { ...process.env, CARTENIX_MUTANT: "1", NODE_COMPILE_CACHE: this.#path(".compile-cache") },
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output = `${output}${text}`.slice(-OUTPUT_CHARACTERS);
    });
    let result: TestRun["result"] | undefined;
    const kill = (why: TestRun["result"]) => {
      result = why;
      process.kill(-child.pid!, "SIGKILL");
    };
    const abort = () => kill("aborted");
    const timer = setTimeout(() => kill("timed out"), limitMs);
    signal.addEventListener("abort", abort);
    try {
      const [code] = await once(child, "close");
      return { result: result ?? (code === 0 ? "passed" : "failed"), output };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }
}
