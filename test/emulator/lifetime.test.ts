import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import {
  EmulatorGoneError,
  EmulatorShutDownError,
  EmulatorStartError,
} from "../../machine/emulator/index.ts";
import { startServer } from "../../machine/emulator/server/startServer.ts";
import { groupInLog, groupMembers, remainingMembers } from "./support/processGroup.ts";
import { bytes, startGuest } from "./support/startGuest.ts";

const dyingParent = fileURLToPath(new URL("./support/dyingParent.ts", import.meta.url));

/** A process with a server, a fork that spins and one that waits, all alive at this moment. */
async function startParent(end: string): Promise<{ parent: ChildProcess; group: number }> {
  const parent = spawn(process.execPath, [dyingParent, end], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  let text = "";
  for await (const chunk of parent.stdout) {
    text += chunk;
    if (text.includes("\n")) {
      break;
    }
  }
  return { parent, group: Number(text.trim()) };
}

async function guestWithGroup(signal?: AbortSignal) {
  let group = 0;
  const guest = await startGuest({ signal, log: (line) => (group ||= groupInLog(line) ?? 0) });
  return { guest, group };
}

describe("emulator: the server's lifetime", () => {
  for (const signal of ["SIGKILL", "SIGTERM", "SIGSEGV"] as const) {
    it(`ends with its parent process, forks included, on ${signal}`, async () => {
      const { parent, group } = await startParent("wait");
      assert.equal(groupMembers(group).length, 4, "a fork, a fork of it, the watcher and the connector");
      process.kill(parent.pid as number, signal);
      await once(parent, "exit");
      assert.deepEqual(await remainingMembers(group), []);
    });
  }

  it("ends with its parent on Ctrl-C, which reaches the parent's process group but not the server", async () => {
    const { parent, group } = await startParent("wait");
    process.kill(-(parent.pid as number), "SIGINT");
    await once(parent, "exit");
    assert.deepEqual(await remainingMembers(group), []);
  });

  for (const end of ["exit", "throw"]) {
    it(`ends with its parent on ${end}`, async () => {
      const { parent, group } = await startParent(end);
      if (parent.exitCode === null) {
        await once(parent, "exit");
      }
      assert.deepEqual(await remainingMembers(group), []);
    });
  }

  it("does not keep its parent alive when it was never shut down", async () => {
    const script = `import { startEmulator } from ${JSON.stringify(new URL("../../machine/emulator/index.ts", import.meta.url))};
      await startEmulator();`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
    const [code] = await once(parent, "exit");
    assert.equal(code, 0);
  });

  it("leaves no process behind after the last shutdown", async () => {
    const { guest, group } = await guestWithGroup();
    const fork = await guest.fork();
    await guest.shutdown();
    assert.equal(groupMembers(group).length, 3);
    await fork.shutdown();
    assert.deepEqual(await remainingMembers(group), []);
  });

  it("ends even when it is too busy to respond", async function () {
    this.timeout(20_000);
    const { guest, group } = await guestWithGroup();
    await using fork = await guest.fork();
    await guest.sendCmioResponse(0, bytes("s"));
    const run = assert.rejects(guest.run({ sliceCycles: 1n << 50n }), EmulatorShutDownError);
    await pause(100);
    await guest.shutdown();
    await run;
    assert.equal(groupMembers(group).length, 3);
    assert.equal((await fork.run()).kind, "yielded-manual");
  });

  it("ends with all its forks when its signal is aborted", async () => {
    const cancel = new AbortController();
    const { guest, group } = await guestWithGroup(cancel.signal);
    await guest.fork();
    cancel.abort();
    assert.deepEqual(await remainingMembers(group), []);
    await assert.rejects(startGuest({ signal: cancel.signal }), { name: "AbortError" });
  });

  it("reports that it was killed", async () => {
    const { guest, group } = await guestWithGroup();
    await guest.sendCmioResponse(0, bytes("s"));
    const run = assert.rejects(guest.run({ sliceCycles: 1n << 50n }), (error) => {
      return error instanceof EmulatorGoneError && /machine\.run.*SIGKILL/.test(error.message);
    });
    await pause(100);
    process.kill(group, "SIGKILL");
    await run;
    await guest.shutdown();
    assert.deepEqual(await remainingMembers(group), []);
  });

  it("reports why it did not start", async () => {
    const startup = (script: string) => startServer(["/bin/sh", "-c", script]);
    await assert.rejects(startup("echo version GLIBC_2.38 not found >&2; exit 1"), (error) => {
      return (
        error instanceof EmulatorStartError &&
        /exited with code 1.*GLIBC_2.38[\s\S]*libraries/.test(error.message)
      );
    });
    await assert.rejects(startServer(["/nonexistent/server"]), /exited with code 127/);
    await assert.rejects(startServer([dyingParent]), /noexec/);
    await assert.rejects(startup("kill -9 $$"), /killed by SIGKILL/);
  });
});
