import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "mocha";
import { firmwareConfigHeader } from "../../machine/image/firmware/firmwareConfig.ts";
import { unmetOptions } from "../../machine/image/kernel/unmetOptions.ts";

describe("kernel configuration", () => {
  it("is satisfied by a configuration with the same values", () => {
    const fragment = '# why\nCONFIG_A=y\nCONFIG_B=n\nCONFIG_NAME="x=y"\nCONFIG_NUMBER=-1\n';
    const finished =
      'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_NAME="x=y"\nCONFIG_NUMBER=-1\nCONFIG_MORE=y\n';
    assert.deepEqual(unmetOptions(fragment, finished), []);
  });

  it("names what Kconfig dropped, reverted or changed", () => {
    const fragment = "CONFIG_DROPPED=y\nCONFIG_SELECTED=n\nCONFIG_CHANGED=-1\nCONFIG_KEPT=y\n";
    const finished = "# CONFIG_DROPPED is not set\nCONFIG_SELECTED=y\nCONFIG_CHANGED=0\nCONFIG_KEPT=y\n";
    assert.deepEqual(unmetOptions(fragment, finished), [
      "CONFIG_DROPPED=y",
      "CONFIG_SELECTED=n",
      "CONFIG_CHANGED=-1",
    ]);
  });

  it("does not confuse options whose names begin alike", () => {
    assert.deepEqual(unmetOptions("CONFIG_NET=y\n", "CONFIG_NETDEVICES=y\n"), ["CONFIG_NET=y"]);
  });

  it("sets each option once", async () => {
    const text = await readFile(new URL("../../machine/image/kernel/config", import.meta.url), "utf8");
    const names = [...text.matchAll(/^(CONFIG_\w+)=/gm)].map(([, name]) => name);
    assert.ok(names.length > 50);
    assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted());
  });
});

describe("firmware configuration", () => {
  it("becomes a C header", () => {
    const config = "# comment\nCONFIG_TIMER=y\nCONFIG_SIZE=256\n\n# CONFIG_OFF is not set\n";
    assert.equal(firmwareConfigHeader(config), "#define CONFIG_TIMER 1\n#define CONFIG_SIZE 256\n");
  });
});
