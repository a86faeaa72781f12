import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, cp, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, afterEach, before, describe, it } from "mocha";
import {
  hashPath,
  type LocalPath,
  localClosure,
  localContentAddress,
  NixQueryError,
  PathChangedError,
  UnreadablePathError,
} from "../../../client/store/index.ts";
import { openNix, type RealNix } from "../../../fuzz/openNix.ts";
import { makeScratchFolder, type ScratchFolder } from "../../../machine/packages/index.ts";
import { encodeNar, StorePathFormatError } from "../../../nix/index.ts";
import { file } from "../../nix/support/nodes.ts";

const OPEN_TOOLBOX = pathToFileURL(join(import.meta.dirname, "../../../machine/toolbox/index.ts")).href;
const EXPRESSION = join(import.meta.dirname, "closure.nix");

/** What each path of `closure.nix` is found to be; what is not named here was built. */
const KINDS: Readonly<Record<string, string>> = {
  text: "text",
  refers: "text",
  source: "source",
  "flat-sha256": "flat sha256",
  "flat-sha512": "flat sha512",
  "nar-sha256": "source",
  "nar-sha512": "recursive sha512",
};

describe("the closure of local store paths", function () {
  this.timeout(600_000);
  let nix: RealNix;
  let scratch: ScratchFolder;
  let storeFolder: string;
  let top: string;
  let topDrv: string;
  const path = process.env.PATH;

  before(async () => {
    nix = await openNix();
    scratch = makeScratchFolder("closure");
    storeFolder = join(dirname(nix.folder), "nix/store");
    const nar = encodeNar(file("fixed\n"));
    const expression = (await readFile(EXPRESSION, "utf8"))
      .replace("NAR_SHA256", createHash("sha256").update(nar).digest("hex"))
      .replace("NAR_SHA512", createHash("sha512").update(nar).digest("hex"));
    await writeFile(join(nix.folder, "closure.nix"), expression);
    await mkdir(join(nix.folder, "source"));
    await symlink("elsewhere", join(nix.folder, "source/link"));
    const printed = await nix.run(`
      text=$(nix-instantiate --eval --expr 'builtins.toFile "text" "a text\\n"' | tr -d '"')
      echo "looks like a reference to $text" > source/looks
      nix-instantiate closure.nix
      nix-build --no-out-link closure.nix`);
    [topDrv, top] = new TextDecoder().decode(printed).trim().split("\n") as [string, string];
  });
  after(async () => {
    await nix?.close();
    await scratch[Symbol.asyncDispose]();
  });
  afterEach(() => {
    process.env.PATH = path;
  });

  /** A folder with a program `nix-store`, the first that is found from now on. */
  const installNixStore = async (name: string, program: string) => {
    const folder = join(scratch.path, name);
    await mkdir(folder);
    await writeFile(join(folder, "nix-store"), program);
    await chmod(join(folder, "nix-store"), 0o755);
    process.env.PATH = `${folder}:${path}`;
  };

  const realReferences = async () => {
    const printed = await nix.run(`
      for path in $(nix-store --query --requisites ${top} ${topDrv}); do
        echo $path $(nix-store --query --references $path | sort)
      done`);
    const lines = new TextDecoder().decode(printed).trim().split("\n");
    return new Map(lines.map((line) => line.split(" ")).map(([member, ...refs]) => [member!, refs]));
  };
  const referencesOf = (closure: readonly LocalPath[]) =>
    new Map(closure.map((local) => [local.path, [...local.references]]));
  const assertOrdered = (closure: readonly LocalPath[]) => {
    const seen = new Set<string>();
    for (const local of closure) {
      seen.add(local.path);
      assert.ok(
        local.references.every((reference) => seen.has(reference)),
        local.path,
      );
    }
  };
  const named = (closure: readonly LocalPath[], name: string) =>
    closure.find((local) => local.path.slice(44) === name)!;

  it("is what the real Nix says, found by scanning; each path after all that it refers to", async () => {
    const closure = await localClosure([top, topDrv], { storeFolder });
    assert.deepEqual(referencesOf(closure), await realReferences());
    assertOrdered(closure);
    for (const { place, nar } of closure) {
      assert.deepEqual(nar, await hashPath(place));
    }
    const scattered = named(closure, "scattered");
    assert.ok(scattered.references.includes(scattered.path), "a path may refer to itself");
    assert.equal(named(closure, "source").references.length, 0);
  });

  it("is what the real Nix says, asked by its command", async () => {
    const script = join(scratch.path, "nixStore.mjs");
    const binds = [{ host: dirname(storeFolder), guest: "/nix" }];
    await writeFile(
      script,
      `import { openToolbox } from ${JSON.stringify(OPEN_TOOLBOX)};
       const toolbox = await openToolbox({ progress: { stage: () => ({ update() {}, done() {}, fail() {} }) } });
       const command = ["nix-store", ...process.argv.slice(2)];
       const run = toolbox.run(command, { binds: ${JSON.stringify(binds)}, env: { NIX_CONFIG: "build-users-group =" } });
       process.stdout.write(await run.catch(({ details }) => { console.error(details); process.exit(1); }));`,
    );
    await installNixStore("real", `#!/bin/sh\nexec ${process.execPath} ${script} "$@"\n`);
    const closure = await localClosure([top, topDrv]);
    assert.deepEqual(referencesOf(closure), await realReferences());
    assertOrdered(closure);
    assert.ok(closure.every(({ place, path: member }) => place === member));
    const unknown = `/nix/store/${"0".repeat(32)}-unknown`;
    await assert.rejects(localClosure([unknown]), (error) => {
      assert.ok(error instanceof NixQueryError);
      assert.match(error.message, /unknown' is not valid/);
      return true;
    });
  });

  it("is not taken from a nix-store that says something else", async () => {
    const hash = "0".repeat(64);
    const dump = (...lines: unknown[]) => lines.map((line) => `${line}\n`).join("");
    const answers = {
      silent: ["", ""],
      elsewhere: ["/etc/passwd\n", ""],
      cut: [top, ""],
      "another-path": [`${topDrv}\n`, dump(topDrv, hash, 1, "", 0)],
      "no-registration": [`${top}\n`, ""],
      "bad-hash": [`${top}\n`, dump(top, "x", 1, "", 0)],
      "bad-size": [`${top}\n`, dump(top, hash, "-1", "", 0)],
      "bad-deriver": [`${top}\n`, dump(top, hash, 1, "/x", 0)],
      "too-few": [`${top}\n`, dump(top, hash, 1, "", 2, top)],
      "bad-reference": [`${top}\n`, dump(top, hash, 1, "", 1, "/nix/store/x")],
      "not-in-the-closure": [`${top}\n`, dump(top, hash, 1, "", 1, topDrv)],
    };
    for (const [name, [requisites, registration]] of Object.entries(answers)) {
      await installNixStore(
        name,
        `#!/bin/sh\ncase $1 in --query) printf %s '${requisites}';; *) printf %s '${registration}';; esac\n`,
      );
      await assert.rejects(localClosure([top]), NixQueryError, name);
    }
    await installNixStore(
      "right",
      `#!/bin/sh\ncase $1 in --query) echo ${top};; *) printf %s '${dump(top, hash, 1, "", 0)}';; esac\n`,
    );
    assert.deepEqual(referencesOf(await localClosure([top])), new Map([[top, []]]));
    await installNixStore("failing", "#!/bin/sh\nprintf 'no\\033[2J' >&2; exit 1\n");
    await assert.rejects(localClosure([top]), /failed\n {2}details: no\\u\{1b\}\[2J/);
    await installNixStore("endless", "#!/bin/sh\nexec sleep 600\n");
    await assert.rejects(localClosure([top], { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
  });

  it("ends where paths without Nix refer to each other, or to nothing that is there", async () => {
    const folder = join(scratch.path, "hostile");
    const [a, b] = [`${"a".repeat(32)}-a`, `${"b".repeat(32)}-b`] as const;
    await mkdir(folder);
    await writeFile(join(folder, a), `${b} ${"c".repeat(32)}`);
    await writeFile(join(folder, b), `${a} ${b}`);
    await writeFile(join(folder, ".links"), "");
    const closure = await localClosure([`/nix/store/${a}`], { storeFolder: folder });
    assert.deepEqual(
      closure.map((local) => local.path.slice(44)),
      ["b", "a"],
    );
    const missing = `/nix/store/${"c".repeat(32)}-c`;
    await assert.rejects(localClosure([missing], { storeFolder: folder }), UnreadablePathError);
    await assert.rejects(localClosure([missing], { storeFolder: "/nowhere" }), UnreadablePathError);
    await assert.rejects(localClosure(["/nix/store/.."], { storeFolder: folder }), StorePathFormatError);
    assert.deepEqual(await localClosure([], { storeFolder: folder }), []);
  });

  describe("tells of each path whether its name follows from its content", () => {
    const kindOf = async (local: LocalPath) => {
      const address = await localContentAddress({ ...local, nar: local.nar! });
      return address?.kind === "fixed" ? `${address.output.mode} ${address.output.algorithm}` : address?.kind;
    };

    it("a text, a source, a fixed output, a derivation; or that it was built", async () => {
      const closure = await localClosure([top, topDrv], { storeFolder });
      assert.ok(closure.length > 20);
      for (const local of closure) {
        const name = local.path.slice(44);
        assert.equal(await kindOf(local), name.endsWith(".drv") ? "text" : KINDS[name], name);
      }
    });

    it("and that it does not follow from a changed one", async () => {
      const closure = await localClosure([top, topDrv], { storeFolder });
      const changed = join(nix.folder, "changed"); // where what Nix made read-only is removed as well
      await mkdir(changed);
      for (const local of closure) {
        const place = join(changed, local.path.slice(11));
        await cp(local.place, place, { recursive: true, verbatimSymlinks: true });
        const isFolder = (await stat(place)).isDirectory();
        await chmod(place, isFolder ? 0o755 : 0o644);
        await writeFile(isFolder ? join(place, "more") : place, "changed");
        assert.equal(await kindOf({ ...local, place, nar: await hashPath(place) }), undefined, local.path);
        if (!isFolder && KINDS[local.path.slice(44)] !== "source") {
          await assert.rejects(kindOf({ ...local, place }), PathChangedError, local.path);
        }
      }
    });
  });
});
