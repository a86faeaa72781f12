import type { PublicClient } from "viem";
import type { ApplicationFacts } from "../chain/types.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/openStore.ts";
import type { Patience } from "./patience.ts";
import type { Sender } from "./sender.ts";

/** What claiming and executing work with. */
export interface SettlementContext {
  client: PublicClient;
  store: Store;
  facts: ApplicationFacts;
  sender: Sender;
  patience: Patience;
  log: Log;
}
