import { createConfig } from "ponder";
import { CONTRACT_ABIS } from "./contractAbis.ts";
import { readSettings } from "./settings.ts";

const { deployment, rpcUrl, dataDirectory, pollingInterval } = readSettings(process.env);
const startBlock = Math.min(deployment.registryBlock, deployment.applicationBlock);

export default createConfig({
  database: { kind: "pglite", directory: dataDirectory },
  chains: {
    main: { id: deployment.chainId, rpc: rpcUrl, pollingInterval },
  },
  contracts: {
    InputBox: {
      chain: "main",
      abi: CONTRACT_ABIS.InputBox,
      address: deployment.inputBox,
      filter: { event: "InputAdded", args: { appContract: deployment.application } },
      startBlock,
    },
    Consensus: {
      chain: "main",
      abi: CONTRACT_ABIS.Consensus,
      address: deployment.consensus,
      startBlock,
    },
    Application: {
      chain: "main",
      abi: CONTRACT_ABIS.Application,
      address: deployment.application,
      startBlock,
    },
    BuildRegistry: {
      chain: "main",
      abi: CONTRACT_ABIS.BuildRegistry,
      address: deployment.registry,
      startBlock,
    },
  },
});
