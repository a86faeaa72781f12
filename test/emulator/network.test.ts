import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { EmulatorGoneError } from "../../machine/emulator/index.ts";
import { GUEST_START } from "./support/guest.ts";
import { groupMembers } from "./support/processGroup.ts";
import { startGuest } from "./support/startGuest.ts";

const LISTENING_STATE = "0A";

/** The ports on which processes listen in the network that a process is in. */
function portsIn(network: number): number[] {
  return ["tcp", "tcp6"]
    .flatMap((file) => readFileSync(`/proc/${network}/net/${file}`, "utf8").trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === LISTENING_STATE)
    .map(([, address]) => Number.parseInt(address!.split(":")[1]!, 16));
}

describe("emulator: who can reach it", () => {
  it("lets no other program and no web page write into a machine or a fork of it", async () => {
    await using guest = await startGuest();
    await using fork = await guest.fork();
    await using forkOfFork = await fork.fork();
    const machines = [guest, fork, forkOfFork];
    const before = await Promise.all(machines.map((machine) => machine.readMemory(GUEST_START, 32)));
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "machine.write_memory",
      params: [Number(GUEST_START), Buffer.from("evil").toString("base64")],
    });
    const ports = portsIn(guest.processGroup);
    assert.equal(ports.length, 3, "one for each server");
    for (const port of ports) {
      const url = `http://127.0.0.1:${port}/`;
      const page = { method: "POST", body, headers: { origin: "https://evil.example" } };
      await assert.rejects(fetch(url, page), (error: Error) => /ECONNREFUSED/.test(String(error.cause)));
      const program = spawnSync(process.execPath, ["-e", `fetch(${JSON.stringify(url)}).then(console.log)`]);
      assert.match(program.stderr.toString(), /ECONNREFUSED/);
    }
    const after = await Promise.all(machines.map((machine) => machine.readMemory(GUEST_START, 32)));
    assert.deepEqual(after, before);
  });

  it("reports a fork that it cannot connect to", async () => {
    await using guest = await startGuest();
    const connector = groupMembers(guest.processGroup).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("node\0-e\0"),
    )!;
    process.kill(connector, "SIGKILL");
    const fork = await guest.fork();
    await assert.rejects(fork.cycle(), (error) => {
      return error instanceof EmulatorGoneError && /connector/.test(String(error.cause));
    });
    assert.ok((await guest.cycle()) > 0n, "an open connection goes on");
  });

  it("does not start where a host allows no private network, and says what to do", () => {
    const module = new URL("../../machine/emulator/index.ts", import.meta.url);
    const program = `const { startEmulator } = await import("${module}");
      await startEmulator().catch((error) => console.log(error.name, error.message));`;
    const words = [process.execPath, "--input-type=module", "-e", program];
    const output = execFileSync(
      "unshare",
      ["-Ur", "sh", "-c", 'echo 0 >/proc/sys/user/max_net_namespaces && exec "$@"', "sh", ...words],
      { cwd: fileURLToPath(new URL("../..", import.meta.url)) },
    ).toString();
    assert.match(output, /^PrivateNetworkError [\s\S]*unshare[\s\S]*what to do: allow user namespaces/);
  });
});
