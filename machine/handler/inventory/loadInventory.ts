import { type Derivation, narFileContents, parseDerivation } from "../../../nix/index.ts";
import type { NixSession } from "../nixDaemon/index.ts";
import { Inventory } from "./inventory.ts";

/** Lists a store that holds nothing but what the template brought. */
export async function loadInventory(session: NixSession): Promise<Inventory> {
  const inventory = new Inventory();
  const derivations = new Map<string, Derivation>();
  for (const path of await session.queryAllValidPaths()) {
    const info = await session.queryPathInfo(path);
    if (!info) {
      continue;
    }
    inventory.addPath(path, info);
    if (path.endsWith(".drv")) {
      derivations.set(path, await readDerivation(path, info.narSize, session));
    }
  }
  inventory.addDerivations(derivations);
  inventory.markPermanent();
  return inventory;
}

async function readDerivation(path: string, narSize: number, session: NixSession): Promise<Derivation> {
  const pieces: Uint8Array[] = [];
  for await (const piece of session.narFromPath(path, narSize)) {
    pieces.push(piece);
  }
  const contents = narFileContents(Buffer.concat(pieces));
  if (!contents) {
    throw new Error(`${path} is not a derivation: it is not a regular file`);
  }
  return parseDerivation(contents);
}
