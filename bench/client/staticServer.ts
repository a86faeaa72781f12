import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** Serves the files of a folder as plainly as can be, in a process of its own: an upstream cache, and what `serve` is compared to. */
const folder = process.argv[2]!;
const server = createServer(({ url }, response) => {
  createReadStream(join(folder, url!))
    .on("error", () => response.writeHead(404).end())
    .pipe(response);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.on("disconnect", () => process.exit());
process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
