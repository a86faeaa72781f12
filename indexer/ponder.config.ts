import { createConfig } from "ponder";
import { applicationAbi, buildRegistryAbi, iConsensusAbi, inputBoxAbi } from "../abi/index.ts";
import { readSettings } from "./settings.ts";

const { deployment, rpcUrl, dataDirectory, pollingInterval } = readSettings(process.env);
const startBlock = deployment.deploymentBlock;

export default createConfig({
  database: { kind: "pglite", directory: dataDirectory },
  chains: {
    main: { id: deployment.chainId, rpc: rpcUrl, pollingInterval },
  },
  contracts: {
    InputBox: {
      chain: "main",
      abi: inputBoxAbi,
      address: deployment.inputBox,
      filter: { event: "InputAdded", args: { appContract: deployment.application } },
      startBlock,
    },
    Consensus: { chain: "main", abi: iConsensusAbi, address: deployment.consensus, startBlock },
    Application: { chain: "main", abi: applicationAbi, address: deployment.application, startBlock },
    BuildRegistry: { chain: "main", abi: buildRegistryAbi, address: deployment.registry, startBlock },
  },
});
