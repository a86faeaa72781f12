import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import { type PreparedBuild, prepareBuild } from "../../client/index.ts";
import type { Emulator } from "../../machine/emulator/index.ts";
import { decodeNar } from "../../nix/index.ts";
import { silentProgress } from "../../support/index.ts";
import {
  advanceAll,
  ask,
  missingIn,
  reasonOf,
  recordsOf,
  requestFor,
  startTemplate,
} from "./support/realMachine.ts";

/** Printed by `sandbox/probe.sh` in the sandbox of Debian's Nix 2.26.3 with its default settings but for the shell. */
const ON_DEBIAN = new URL("sandbox/onDebian.txt", import.meta.url);
const DOCUMENTATION = new URL("../../docs/sandbox.md", import.meta.url);

describe("the sandbox of a build", function () {
  this.timeout(180_000);
  let machine: Emulator;
  let build: PreparedBuild;

  before(async () => {
    machine = await startTemplate();
    const file = fileURLToPath(new URL("sandbox/default.nix", import.meta.url));
    build = await prepareBuild({ file, progress: silentProgress });
  });

  after(() => machine?.shutdown());

  /** The text that a derivation of `sandbox/default.nix` writes to its output. */
  async function builtText(name: string): Promise<string> {
    await using copy = await machine.fork();
    const drvPath = build.closure.find((path) => path.endsWith(`-sandbox-${name}.drv`));
    assert.ok(drvPath, name);
    const { compressed } = await build.bundle(await missingIn(copy, build.closure));
    const result = await advanceAll(copy, requestFor(drvPath, compressed));
    if (result.status !== "accepted") {
      assert.fail(reasonOf(result));
    }
    const [output] = recordsOf(result);
    assert.ok(output);
    const node = decodeNar(Buffer.concat(await ask(copy, { kind: "nar", path: output.storePath })));
    return Buffer.from(node.kind === "regular" ? node.contents : []).toString();
  }

  it("has a shell that runs the programs on PATH, as make's recipes need it", async () => {
    assert.equal(await builtText("archive"), "from an archive\nthe first ar on PATH: rcs libgreet.a\n");
  });

  it("differs from that of Nix on Debian in what docs/sandbox.md lists, and in nothing else", async () => {
    const [here, there] = [await builtText("probe"), readFileSync(ON_DEBIAN, "utf8")].map(sectionsOf);
    assert.ok(here && there && here.size > 20);
    const names = new Set([...here.keys(), ...there.keys()]);
    const different = [...names].filter((name) => here.get(name) !== there.get(name));
    const documented = readFileSync(DOCUMENTATION, "utf8").matchAll(/^\| `([^`]+)` \|/gm);
    assert.deepEqual(different.toSorted(), [...documented].map(([, name]) => name).toSorted());
  });
});

/** The sections of a probe's text by name. Hashes of store paths are left out. */
function sectionsOf(text: string): Map<string, string> {
  const withoutHashes = text.replace(/\/nix\/store\/[0-9a-z]{32}-/g, "/nix/store/…-");
  const sections = withoutHashes.split(/^== /m).slice(1);
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf("\n")),
      section.slice(section.indexOf("\n")),
    ]),
  );
}
