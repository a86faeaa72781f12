import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import {
  HOST_PLATFORMS,
  LOCK_NAMES,
  LOCKS,
  type LockName,
  type LockRequest,
  readLock,
} from "../../machine/packages/index.ts";

const requestOf = (name: LockName) =>
  JSON.parse(readFileSync(new URL(`requests/${name}.json`, LOCKS), "utf8")) as LockRequest;

const jsonIn = (folder: URL) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.replace(/\.json$/, ""));

describe("the locks", () => {
  it("have a file and a request each, and there are no others", () => {
    const names = LOCK_NAMES.toSorted();
    assert.deepEqual(jsonIn(new URL("requests/", LOCKS)).toSorted(), names);
    assert.deepEqual(jsonIn(LOCKS).toSorted(), [...names, "busybox"].toSorted());
  });

  it("pin what their requests name, for the requested architecture", async () => {
    for (const name of LOCK_NAMES) {
      const { suite, files } = await readLock(name);
      const request = requestOf(name);
      assert.equal(suite, request.suite, name);
      const pinned = new Map(files.map((file) => [file.name, file]));
      for (const wanted of [...(request.packages ?? []), ...(request.sources ?? [])]) {
        assert.ok(pinned.has(wanted), `${name} does not pin ${wanted}: npm run template:lock -- ${name}`);
      }
      for (const { name: file, architecture } of files) {
        const allowed = request.sources ? ["source"] : ["all", request.architecture];
        assert.ok(allowed.includes(architecture), `${name}: ${file} is for ${architecture}`);
      }
    }
  });
});

const { devDependencies, optionalDependencies } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as Record<"devDependencies" | "optionalDependencies", Record<string, string>>;

for (const [platform, host] of Object.entries(HOST_PLATFORMS)) {
  describe(`the host platform ${platform}`, () => {
    it("has its npm packages in package.json", () => {
      const { emulator, node, edr } = host.npm;
      for (const name of [emulator, node]) {
        assert.ok(name in optionalDependencies, `optionalDependencies lack ${name}`);
      }
      assert.ok(edr in devDependencies, `devDependencies lack ${edr}`);
    });

    it("has locks of its architecture", () => {
      for (const name of [host.emulatorLock, host.toolboxLock, host.postgresLock]) {
        assert.equal(requestOf(name).architecture, host.debianArchitecture, name);
      }
    });

    it("has its dynamic loader among the emulator's libraries", async () => {
      const { files } = await readLock(host.emulatorLock);
      assert.ok(files.some(({ name }) => name === "libc6"));
    });
  });
}
