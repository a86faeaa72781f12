import { readConfig } from "./config.ts";
import { openCmioDevice } from "./device/cmioDevice.ts";
import { openMachineEnvironment } from "./environment/machineEnvironment.ts";
import { loadInventory } from "./inventory/loadInventory.ts";
import { runLoop } from "./rollup/runLoop.ts";
import { createState } from "./state.ts";
import { warmUp } from "./warmUp/warmUp.ts";

const config = readConfig("/opt/cartenix/config.json");
const environment = await openMachineEnvironment();
await warmUp(environment, config);
const session = await environment.openSession();
const inventory = await loadInventory(session);
session.close();
await runLoop(openCmioDevice(), createState(environment, inventory), config);
