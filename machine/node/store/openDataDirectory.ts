import { join } from "node:path";
import type { Log } from "../log/log.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { recordApplication } from "./applicationTable.ts";
import { lockDirectory } from "./lockDirectory.ts";
import { openOrRecreateStore, quarantineDatabase } from "./openOrRecreateStore.ts";
import type { Store } from "./openStore.ts";
import type { DatabaseDamagedError } from "./storageErrors.ts";

/** An application's data directory, locked for this process until it is disposed. */
export interface DataDirectory extends Disposable {
  store: Store;
  /** Renames the database once it is closed, because it was found damaged while in use. */
  quarantineOnClose(damage: DatabaseDamagedError): void;
}

/** Data of different chains and applications is kept in different directories. */
export function dataDirectoryName({ chainId, genesisHash, address }: ApplicationInfo): string {
  return `${chainId}-${genesisHash.slice(2, 18)}-${address.toLowerCase()}`;
}

/**
 * Locks a data directory and opens its database.
 *
 * @throws {DataDirectoryLockedError} when another node uses the directory.
 * @throws {DatabaseError} when the database belongs to another application or a newer program.
 * @throws {DiskFullError} when there is no space to open it.
 */
export function openDataDirectory(directory: string, application: ApplicationInfo, log: Log): DataDirectory {
  using cleanUp = new DisposableStack();
  cleanUp.use(lockDirectory(directory));
  const databasePath = join(directory, "node.sqlite");
  let damage: DatabaseDamagedError | undefined;
  cleanUp.defer(() => damage && quarantineDatabase(databasePath, damage, log));
  const store = openOrRecreateStore(databasePath, log);
  cleanUp.defer(() => store.close());
  recordApplication(store, application);
  const owned = cleanUp.move();
  return {
    store,
    quarantineOnClose(found) {
      damage = found;
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}
