import { createRequire } from "node:module";
import hardhatIgnitionViem from "@nomicfoundation/hardhat-ignition-viem";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatVerify from "@nomicfoundation/hardhat-verify";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import hardhatViemAssertions from "@nomicfoundation/hardhat-viem-assertions";
import { configVariable, defineConfig, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { HttpNetworkUserConfig } from "hardhat/types/config";
import { branchCoverage } from "./test/contracts/coverage/plugin.ts";

/** Instrumented contracts must not take the place of the real ones. */
const isCoverage = process.argv.includes("--coverage");

const settings = {
  evmVersion: "prague",
  optimizer: { enabled: true, runs: 10_000 },
  // The registry's CREATE2 address follows from its bytecode: it must not change with a comment or a path.
  metadata: { bytecodeHash: "none" },
};

const compiler = {
  version: "0.8.37",
  path: createRequire(import.meta.url).resolve("solc/soljson.js"),
  settings,
};

const solidity = {
  compilers: [compiler],
  // 2 % less gas a record, at the price of a slow compiler: worth it for what strangers pay for.
  overrides: { "contracts/BuildRegistry.sol": { ...compiler, settings: { ...settings, viaIR: true } } },
};

const deployTask = task(
  "deploy",
  "Deploys an application, and the registry and policy factory where they are missing",
)
  .addOption({
    name: "parameters",
    description:
      "a JSON5 file that says what the application is to be; by default deploy/parameters/NETWORK.json5",
    type: ArgumentType.FILE_WITHOUT_DEFAULT,
    defaultValue: undefined,
  })
  .addFlag({ name: "dryRun", description: "only print what would be deployed, where, and for how much gas" })
  .addFlag({
    name: "allowOwner",
    description: "let the application keep the owner that the parameters ask for",
  })
  .setAction(() => import("./deploy/deployTask.ts"))
  .build();

const policyTask = task(
  "policy",
  "Creates the policy that trusts some deployed applications, unless it exists, and prints its address and verdicts",
)
  .addOption({
    name: "threshold",
    description: "how many of the applications must have recorded the same hash",
    type: ArgumentType.INT,
    defaultValue: 1,
  })
  .addOption({
    name: "contradictions",
    description:
      "what it means that one application recorded different hashes for a path: refuse, or any of them",
    defaultValue: "refuse",
  })
  .addOption({
    name: "paths",
    description: "store paths to print the verdicts of, separated by commas",
    defaultValue: "",
  })
  .addVariadicArgument({
    name: "deployments",
    description: "the applications' deployment files; by default deploy/chains/CHAIN.json",
    type: ArgumentType.FILE,
    defaultValue: [],
  })
  .setAction(() => import("./deploy/policyTask.ts"))
  .build();

/** A network whose URL and key come from the environment. */
function remote(name: string, chainType: "l1" | "op"): HttpNetworkUserConfig {
  return {
    type: "http",
    chainType,
    url: configVariable(`${name}_RPC_URL`),
    accounts: [configVariable(`${name}_PRIVATE_KEY`)],
  };
}

export default defineConfig({
  plugins: [
    branchCoverage,
    hardhatIgnitionViem,
    hardhatMocha,
    hardhatNetworkHelpers,
    hardhatVerify,
    hardhatViem,
    hardhatViemAssertions,
  ],
  paths: {
    ignition: "./deploy",
    tests: { mocha: "./test/contracts" },
    ...(isCoverage ? { artifacts: "./coverage/artifacts", cache: "./coverage/cache" } : {}),
  },
  coverage: { skipFiles: ["contracts/test/**"] },
  solidity: { profiles: { default: solidity, production: solidity } },
  tasks: [deployTask, policyTask],
  networks: {
    default: { type: "edr-simulated", chainType: "l1", hardfork: "osaka" },
    localhost: { type: "http", chainType: "l1", url: "http://127.0.0.1:8545" },
    sepolia: remote("SEPOLIA", "l1"),
    opSepolia: remote("OP_SEPOLIA", "op"),
  },
});
