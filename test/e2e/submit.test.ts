import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { after, before, describe, it } from "mocha";
import { type MachineAt, streamNar } from "../../client/index.ts";
import { hashPath } from "../../client/store/index.ts";
import { type DeployedChain, startDeployedChain, startLocalNode } from "../../demo/startStack.ts";
import { makeTemplate } from "../../machine/image/index.ts";
import { decodeNar } from "../../nix/index.ts";
import { cachePath, silentProgress } from "../../support/index.ts";
import { runJson } from "../cli/support/runCartenix.ts";
import { tarArchive } from "../packages/support/tarArchive.ts";

const PAGE = fileURLToPath(new URL("../../docs/your-own-package.md", import.meta.url));
const PACKAGES = fileURLToPath(new URL("submit/default.nix", import.meta.url));

const MADE = {
  "made/Makefile":
    "install: greet\n\tmkdir -p $(prefix)\n\tcp greet $(prefix)/greet\ngreet: greet.c\n\tgcc -O1 -o greet greet.c\n",
  "made/greet.c": "int main(void) { return 7; }\n",
};
const CONFIGURED = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell script
  "configured/configure": 'sed "s,@prefix@,${1#--prefix=}," Makefile.in > Makefile\n',
  "configured/Makefile.in": "install:\n\techo configured > @prefix@\n",
};

describe("submitting packages to the real machine", function () {
  this.timeout(300_000);
  let running: AsyncDisposableStack;
  let folder: string;
  let chain: DeployedChain;
  let machine: MachineAt;
  let server: Server;
  let args: string[];

  before(async () => {
    running = new AsyncDisposableStack();
    folder = await mkdtemp(join(tmpdir(), "cartenix-packages-"));
    running.defer(() => rm(folder, { recursive: true, force: true }));
    const signal = new AbortController().signal;
    const template = await makeTemplate({ progress: silentProgress });
    chain = await startDeployedChain(template, folder, running, signal);
    ({ machine } = await startLocalNode(chain, template, folder, running, { execute: true, signal }));
    args = await writeContent();
  });

  after(() => running?.[Symbol.asyncDispose]());

  /** Writes what is held, and returns the arguments that name it. */
  async function writeContent(): Promise<string[]> {
    const content = join(folder, "content");
    await mkdir(join(content, "tree"), { recursive: true });
    await writeFile(join(content, "tree", "run"), "echo from a folder\n");
    await chmod(join(content, "tree", "run"), 0o755);
    const made = tarball(MADE);
    await writeFile(join(content, "whatever its name"), made);
    const configured = tarball(CONFIGURED);
    server = createServer((_, response) => response.end(configured)).listen(0, "127.0.0.1");
    running.defer(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const tree = Buffer.from((await hashPath(join(content, "tree"))).sha256).toString("hex");
    const values = {
      greeting: "hello",
      made: createHash("sha256").update(made).digest("hex"),
      configured: createHash("sha512").update(configured).digest("hex"),
      tree,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/configured.tar.gz`,
    };
    return [
      ...[
        "--rpc-url",
        chain.chain.rpcUrl,
        "--deployment",
        chain.deploymentFile,
        "--node-url",
        machine.nodeUrl,
      ],
      ...["--yes", "--content", content],
      ...Object.entries(values).flatMap(([name, value]) => ["--argstr", `${name}=${value}`]),
    ];
  }

  const submit = (attribute: string, ...more: string[]) =>
    runJson(["submit", ...args, "--attr", attribute, ...more, "--", PACKAGES], {
      environment: {
        CARTENIX_KEY: chain.userKey,
        CARTENIX_CACHE: cachePath(),
        XDG_STATE_HOME: join(folder, "state"),
      },
    });

  const WANTED = {
    made: undefined,
    configured: "configured\n",
    unpacked: "from a folder\n",
    two: "hello\nhello\n",
  };

  it("builds from tarballs, by make and by configure, from a folder, and from a derivation of one's own", async () => {
    for (const name of Object.keys(WANTED)) {
      const { exitCode, stderr } = await submit(name);
      assert.equal(exitCode, 3, stderr);
    }
    for (const [name, text] of Object.entries(WANTED)) {
      const { exitCode, answer, stderr } = await submit(name, "--wait");
      assert.equal(exitCode, 0, stderr);
      assert.equal(answer.findings[0].verdict, "accepted");
      if (text !== undefined) {
        assert.equal(await textAt(answer.outputs[0].path), text);
      }
    }
  });

  it("ends with the builder's last words when it fails", async () => {
    const { exitCode, answer } = await submit("broken", "--wait");
    assert.deepEqual([exitCode, answer.code], [10, "BUILD_FAILED"]);
    assert.match(answer.message, /failed with exit code 3/);
    assert.match(answer.details, /the reason/);
  });

  it("is what the page for developers shows", async () => {
    const page = await readFile(PAGE, "utf8");
    const [, text = ""] = /```nix\n([^`]*)```/.exec(page) ?? [];
    await writeFile(join(folder, "default.nix"), text);
    const lines = [...page.matchAll(/^cartenix (.*)$/gm)].map(([, line]) => line!).slice(0, 5);
    assert.deepEqual(
      lines.map((line) => line.split(" ", 1)[0]),
      ["cost", "submit", "lookup", "status", "log"],
    );
    let storePath = "";
    let inputIndex = "";
    for (const line of lines) {
      const [name, ...words] = line
        .replace("/nix/store/…-greeting", storePath)
        .replace(/^log 1$/, `log ${inputIndex}`)
        .split(" ");
      const { exitCode, answer, stderr } = await runJson(
        [name!, ...(name === "submit" ? ["--yes"] : []), ...words],
        {
          cwd: folder,
          environment: {
            CARTENIX_RPC_URL: chain.chain.rpcUrl,
            CARTENIX_NODE_URL: machine.nodeUrl,
            CARTENIX_DEPLOYMENT: chain.deploymentFile,
            CARTENIX_KEY: chain.userKey,
            CARTENIX_CACHE: cachePath(),
            XDG_STATE_HOME: join(folder, "state"),
          },
        },
      );
      assert.equal(exitCode, 0, `${line}: ${stderr} ${JSON.stringify(answer)}`);
      if (name === "submit") {
        storePath = answer.outputs[0].path;
        inputIndex = answer.inputIndex;
      }
    }
    assert.equal(await textAt(storePath), "Hello, world.\n");
  });

  async function textAt(path: string): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of streamNar(machine, path, AbortSignal.timeout(60_000))) {
      pieces.push(piece);
    }
    const node = decodeNar(Buffer.concat(pieces));
    return Buffer.from(node.kind === "regular" ? node.contents : []).toString();
  }
});

function tarball(files: Readonly<Record<string, string>>): Buffer {
  return gzipSync(tarArchive(Object.entries(files).map(([path, content]) => ({ path, content }))));
}
