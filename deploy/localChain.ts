import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { LOCAL_CHAIN_ID } from "./chain.ts";

export interface LocalChain {
  /** HTTP JSON-RPC on 127.0.0.1; the system chooses the port. WebSocket works there too. */
  rpcUrl: string;
  chainId: number;
  stop(): Promise<void>;
}

export interface LocalChainOptions {
  /** The interval of blocks in milliseconds, in addition to one for each transaction; none by default. */
  blockTime?: number;
  /** 31337 by default. */
  chainId?: number;
}

/** Starts an empty Ethereum chain (Hardhat's EDR) inside this process. Its twenty accounts have 10,000 ETH each. */
export async function startLocalChain(options: LocalChainOptions = {}): Promise<LocalChain> {
  const { chainId = LOCAL_CHAIN_ID } = options;
  const hre = await createHardhatRuntimeEnvironment({
    networks: {
      local: {
        type: "edr-simulated",
        chainType: "l1",
        chainId,
        hardfork: "osaka",
        mining: { auto: true, ...(options.blockTime ? { interval: options.blockTime } : {}) },
      },
    },
  });
  const server = await hre.network.createServer("local", "127.0.0.1", 0);
  const { port } = await server.listen();
  const connections = trackConnections(port);
  return {
    rpcUrl: `http://127.0.0.1:${port}`,
    chainId,
    async stop() {
      const closed = server.close();
      connections.destroy();
      await closed;
    },
  };
}

/** Hardhat's server waits for its clients to hang up, which one that has sent no request yet may never do. */
function trackConnections(port: number): { destroy(): void } {
  const sockets = new Set<Socket>();
  const add = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort === port) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
  };
  subscribe("net.server.socket", add);
  return {
    destroy() {
      unsubscribe("net.server.socket", add);
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}
