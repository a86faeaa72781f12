import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, it } from "mocha";
import { FixedOutputMissingError, WeakHashError } from "../../client/index.ts";
import { collectContent } from "../../client/requests/content/collectContent.ts";
import { type DeclaredContent, fixedOutputsOf } from "../../client/requests/content/fixedOutputsOf.ts";
import { streamPathNar } from "../../client/store/index.ts";
import { fixedFile } from "../../fuzz/generators/shellPackage.ts";
import type { DerivationStore } from "../../machine/evaluator/index.ts";
import { checkFixedOutput, encodeNar, type FixedOutput, storePathForFixedOutput } from "../../nix/index.ts";
import { silentProgress, UsageError } from "../../support/index.ts";

const CONTENTS = Buffer.from("the content\n");
const NAME = "source.tar.gz";

describe("the content of a fixed output", () => {
  let folder: string;
  let server: Server;
  let asked: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-content-"));
    await mkdir(join(folder, "tree", "bin"), { recursive: true });
    await writeFile(join(folder, "tree", "bin", "run"), "run\n");
    await chmod(join(folder, "tree", "bin", "run"), 0o755);
    await writeFile(join(folder, "some name"), CONTENTS);
    server = createServer((request, response) => {
      asked.push(request.url!);
      if (request.url === "/endless") {
        const piece = Buffer.alloc(1024 * 1024);
        const write = () => void (response.destroyed || response.write(piece, write));
        return write();
      }
      if (request.url === "/moved") {
        return response.writeHead(302, { location: "/right" }).end();
      }
      response
        .writeHead(request.url === "/gone" ? 404 : 200)
        .end(request.url === "/right" ? CONTENTS : "else");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });

  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  function declared(output: FixedOutput, urls: string[] = []): DeclaredContent {
    const path = storePathForFixedOutput({ name: NAME, ...output });
    return { path, drvPath: `${path}.drv`, name: NAME, output, urls };
  }
  const hashed = (
    mode: FixedOutput["mode"],
    algorithm: FixedOutput["algorithm"],
    bytes: Uint8Array,
  ): FixedOutput => ({
    mode,
    algorithm,
    digest: createHash(algorithm).update(bytes).digest(),
  });
  const narOfTree = async () =>
    Buffer.concat(await Readable.from(streamPathNar(join(folder, "tree"))).toArray());
  const executable = encodeNar({ kind: "regular", executable: true, contents: CONTENTS });

  for (const [what, output, given] of [
    ["a file, by sha256", () => hashed("flat", "sha256", CONTENTS), "some name"],
    ["a file, by sha512", () => hashed("flat", "sha512", CONTENTS), "some name"],
    ["a folder, by sha256", async () => hashed("recursive", "sha256", await narOfTree()), "tree"],
    ["a folder, by sha512", async () => hashed("recursive", "sha512", await narOfTree()), "tree"],
    [
      "an executable file, which it is not here",
      () => hashed("recursive", "sha256", executable),
      "some name",
    ],
    ["a file in a folder that is given", () => hashed("flat", "sha256", CONTENTS), "."],
    ["a folder in a folder that is given", async () => hashed("recursive", "sha256", await narOfTree()), "."],
  ] as const) {
    it(`is found by its hash: ${what}`, async () => {
      const content = declared(await output());
      const options = { given: [join(folder, given)], progress: silentProgress };
      const [exported] = await collectContent([content], options);
      checkFixedOutput(exported!, content.output);
    });
  }

  it("is downloaded, from the first address that has it", async () => {
    asked = [];
    const urls = ["/gone", "/wrong", "/moved"].map(url);
    for (const output of [hashed("flat", "sha512", CONTENTS), hashed("recursive", "sha256", executable)]) {
      const content = declared(output, urls);
      const [exported] = await collectContent([content], { given: [], progress: silentProgress });
      checkFixedOutput(exported!, output);
    }
    assert.deepEqual(asked.slice(0, 4), ["/gone", "/wrong", "/moved", "/right"]);
  });

  it("is missing when no place has it, and the error tells which were tried", async () => {
    const content = declared(
      hashed("flat", "sha256", Buffer.from("none")),
      ["/gone", "/wrong", "/endless"].map(url),
    );
    await assert.rejects(
      collectContent([content], { given: [folder], progress: silentProgress }),
      (error) => {
        assert.ok(error instanceof FixedOutputMissingError);
        assert.match(
          error.message,
          /\/gone: HTTP status 404; .*\/wrong: it has another hash; .*\/endless: more than/,
        );
        assert.match(error.message, /give it with --content/);
        return true;
      },
    );
  });

  it("may not be declared by a weak hash", async () => {
    const content = declared(hashed("flat", "sha1", CONTENTS), [url("/right")]);
    const options = { given: [join(folder, "some name")], progress: silentProgress };
    await assert.rejects(collectContent([content], options), WeakHashError);
  });

  it("must be there when it is given", async () => {
    const content = declared(hashed("flat", "sha256", CONTENTS));
    const options = { given: [join(folder, "none")], progress: silentProgress };
    await assert.rejects(collectContent([content], options), UsageError);
  });

  it("is declared by derivations of every kind, with the addresses that are addresses of HTTP", async () => {
    const all = (["flat", "recursive"] as const).flatMap((mode) =>
      (["sha256", "sha512"] as const).map((algorithm) =>
        fixedFile(`${mode}-${algorithm}`, "x", { mode, algorithm }),
      ),
    );
    const env: [string, string][] = [
      ["url", "https://a.example/x"],
      [
        "urls",
        "mirror://gnu/x http://b.example/x https://a.example/x file:///etc/passwd ftp://c.example/x https://",
      ],
    ];
    const store: Pick<DerivationStore, "readDerivation"> = {
      readDerivation: async (drvPath) => {
        const { derivation } = all.find(({ declaration }) => declaration.drvPath === drvPath)!.declaration;
        return { ...derivation, env: [...derivation.env, ...env] };
      },
    };
    const found = await fixedOutputsOf(
      store as DerivationStore,
      all.map(({ declaration }) => declaration.drvPath),
    );
    assert.deepEqual(
      found.map(({ path }) => path),
      all.map(({ file }) => file.path),
    );
    assert.deepEqual(found[0]!.urls, ["https://a.example/x", "http://b.example/x"]);
  });
});
