import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { makeChain } from "./blocks.ts";
import { scaleOf } from "./outputs.ts";
import { ScaleChainServer } from "./rpcServer.ts";

const chain = makeChain(scaleOf(Number(process.argv[2])));
const scaleChain = new ScaleChainServer(chain);
scaleChain.server.listen(0, "127.0.0.1");
await once(scaleChain.server, "listening");
const { port } = scaleChain.server.address() as AddressInfo;

process.on("message", () => {
  scaleChain.tip = chain.end;
});
process.on("disconnect", () => process.exit());
process.send!({ rpcUrl: `http://127.0.0.1:${port}`, tip: chain.tip, blocks: chain.blocks.length });
