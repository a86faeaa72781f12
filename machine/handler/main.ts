import { openCmioDevice } from "./cmioDevice.ts";
import { readConfig } from "./config.ts";
import { loadInventory } from "./loadInventory.ts";
import { runLoop } from "./loop.ts";
import { enterMachine } from "./machineSurroundings.ts";
import { createState } from "./state.ts";
import { warmUp } from "./warmUp.ts";

const config = readConfig("/opt/cartenix/config.json");
const surroundings = await enterMachine();
await warmUp(surroundings, config);
const session = await surroundings.openSession();
const inventory = await loadInventory(session);
session.close();
await runLoop(openCmioDevice(), createState(surroundings, inventory), config);
