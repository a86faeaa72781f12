import { openCmioDevice } from "../../../machine/handler/device/cmioDevice.ts";
import { Inventory } from "../../../machine/handler/inventory/inventory.ts";
import { runLoop } from "../../../machine/handler/rollup/runLoop.ts";
import { createState } from "../../../machine/handler/state.ts";
import { REGISTRY } from "./recordingDevice.ts";

/** Runs the loop on libcmt's mock, without Nix, until all inputs that CMT_INPUTS names are processed. */
const state = createState(
  {
    system: "x86_64-linux",
    nixVersion: "none",
    folder: process.argv[2] ?? "",
    storeFolder: "",
    logFolder: "",
    usedHeap: () => 0,
    freeSpace: () => ({ bytes: 0, inodes: 0 }),
    openSession: () => Promise.reject(new Error("no nix-daemon here")),
    resetForBuild: () => {},
    measure: () => ({ diskBytes: 0, files: 0, refusedProcesses: 0, memoryKills: 0 }),
  },
  new Inventory(),
);
await runLoop(openCmioDevice(), state, { registry: REGISTRY });
