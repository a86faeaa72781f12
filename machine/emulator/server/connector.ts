import type { ConnectAnswer, ConnectRequest, KillRequest } from "./connections.ts";

/**
 * The program of a process beside the servers in their private network, which connects for us: it opens a connection to
 * each port that it is asked for, and passes the socket itself through the channel to its parent. A socket stays in the
 * network that it was opened in, whichever process holds it. When asked to, it kills its process group: all servers, and itself.
 *
 * It runs as text, since Node starts twice as quickly without a module to load: it may use nothing outside itself.
 */
function connector(): void {
  const { connect } = process.getBuiltinModule("node:net");
  process.on("message", (request: ConnectRequest | KillRequest) => {
    if (request === "kill the group") {
      process.kill(0, "SIGKILL");
      return;
    }
    const { id, port } = request;
    const answer = (answer: ConnectAnswer, opened?: typeof socket) => process.send?.(answer, opened);
    const socket = connect(port, "127.0.0.1");
    const refuse = (error: Error) => answer({ id, error: error.message });
    socket.once("error", refuse);
    socket.once("connect", () => {
      socket.off("error", refuse);
      answer({ id }, socket);
    });
  });
}

/** A script for `node -e`. Hardhat's loader, esbuild, has every function pass through `__name`, which is not there. */
export const CONNECTOR_SCRIPT = `const __name = (named) => named; (${connector})()`;
