import type { PublicClient } from "viem";
import type { Log } from "../log/log.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { Store } from "../store/openStore.ts";
import type { Backoff } from "./backoff.ts";
import type { Guard } from "./guard.ts";
import type { Sender } from "./sender.ts";

/** What submitting claims and executing outputs need. */
export interface ClaimerContext {
  client: PublicClient;
  store: Store;
  application: ApplicationInfo;
  sender: Sender;
  backoff: Backoff;
  /** Only of an application with disputes, if the node takes part in them. */
  guard: Guard | undefined;
  log: Log;
}
