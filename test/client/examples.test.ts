import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { Contradictions } from "../../abi/index.ts";
import { makeScratchFolder, type ScratchFolder } from "../../machine/packages/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { createPolicyMaker, member } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";

const ROOT = join(import.meta.dirname, "../..");
const PACKAGE = join(ROOT, "scripts/packages/entryPoints/index.ts");
const run = promisify(execFile);

describe("the examples of the actions", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let scratch: ScratchFolder;
  let values: Record<string, string>;
  let examples: string[];
  const output = helloOutput("example");

  before(async () => {
    rollup = await startRollup();
    const deployment = await rollup.deploy();
    const policy = await createPolicyMaker(rollup, deployment).makePolicy({
      threshold: 1,
      contradictions: Contradictions.Refuse,
      members: [member(deployment.application)],
    });
    await rollup.record(deployment.application, deployment.registry, [output]);
    values = {
      ...{ rpcUrl: rollup.chain.rpcUrl, application: deployment.application, policy },
      ...{ storePath: output.storePath, drvPath: output.drvPath, narHash: formatNarHash(output.narHash) },
    };
    examples = examplesIn(await readFile(join(ROOT, "client/cartenixActions.ts"), "utf8"));
    scratch = makeScratchFolder("examples");
    await symlink(join(ROOT, "node_modules"), join(scratch.path, "node_modules"));
    await writeFile(join(scratch.path, "package.json"), '{ "type": "module" }');
    for (const [index, example] of examples.entries()) {
      await writeFile(join(scratch.path, `example${index}.ts`), withValues(example));
    }
  });

  after(async () => {
    await rollup?.stop();
    await scratch?.[Symbol.asyncDispose]();
  });

  /** Imports come first, wherever they stand. */
  function withValues(example: string): string {
    const lines = Object.entries(values).map(
      ([name, value]) => `const ${name} = ${JSON.stringify(value)} as const;`,
    );
    return [...lines, example.replace('"cartenix"', JSON.stringify(PACKAGE)), ""].join("\n");
  }

  it("compile", async () => {
    const settings = {
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: { noEmit: true, incremental: false, noUnusedLocals: false },
      include: ["*.ts"],
    };
    await writeFile(join(scratch.path, "tsconfig.json"), JSON.stringify(settings));
    await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", scratch.path]).catch(({ stdout }) =>
      assert.fail(stdout),
    );
  });

  it("print what they say", async () => {
    assert.equal(examples.length, 4);
    for (const [index, example] of examples.entries()) {
      const { stdout } = await run(process.execPath, [join(scratch.path, `example${index}.ts`)]);
      const promised = /console\.log\(.*\/\/ (.*)/.exec(example)![1]!;
      assert.equal(stdout.trim(), promised.replace("sha256-…=", values.narHash!));
    }
  });
});

/** What follows `@example` in comments, up to the next tag or the comment's end. */
function examplesIn(source: string): string[] {
  return [...source.matchAll(/@example\n([\s\S]*?)\n\s*\*(?:\/| @)/g)].map(([, text]) =>
    text!.replaceAll(/^\s*\* ?/gm, ""),
  );
}
