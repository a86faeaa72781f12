import type { Context, Hono } from "hono";
import { type Address, isHex } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";
import { createFairSemaphore } from "../concurrency/fairSemaphore.ts";
import { answerHashLookup, type FindProvenOutputs } from "../gateway/answerHashLookup.ts";
import { atMost } from "./atMost.ts";
import { clientOf } from "./clientOf.ts";

/** A call of `IHashGateway.voucherOf` has a few hundred bytes. */
const MAX_LOOKUP_BYTES = 4096;
const MAX_WAITING_LOOKUPS = 64;
const MAX_WAITING_LOOKUPS_OF_CLIENT = 16;

class TooManyLookupsError extends CartenixError {
  readonly code: ErrorCode = "TOO_MANY_LOOKUPS";
}

export interface HashLookupOptions {
  application: Address;
  findProvenOutputs: FindProvenOutputs;
}

/** Adds the gateway of `ProvenHashReader` (ERC-3668): `POST /ccip`, and `GET /ccip/{sender}/{data}.json`. */
export function addHashLookups(app: Hono, { application, findProvenOutputs }: HashLookupOptions): void {
  const inTurn = createFairSemaphore({
    places: 1,
    placesOfOne: 1,
    waitingPlaces: MAX_WAITING_LOOKUPS,
    waitingPlacesOfOne: MAX_WAITING_LOOKUPS_OF_CLIENT,
    refuse: () => {
      throw new TooManyLookupsError("too many lookups wait");
    },
  });
  const refuse = (c: Context, code: 400 | 404 | 414 | 503, message: string) => c.json({ message }, code);

  async function answer(c: Context, data: unknown): Promise<Response> {
    if (!isHex(data) || data.length % 2 === 1) {
      return refuse(c, 400, "data must be bytes in hexadecimal");
    }
    try {
      const found = await inTurn(clientOf(c), () => answerHashLookup(data, application, findProvenOutputs));
      return found === undefined
        ? refuse(c, 404, "no accepted claim has a voucher that records this store path")
        : c.json({ data: found });
    } catch (error) {
      if (error instanceof TooManyLookupsError) {
        return refuse(c, 503, error.message);
      }
      throw error;
    }
  }

  app.post("/ccip", atMost(MAX_LOOKUP_BYTES), async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    return answer(c, (body as { data?: unknown } | null | undefined)?.data);
  });
  app.get("/ccip/:sender/:file", async (c) => {
    const file = c.req.param("file");
    return file.length > 2 * MAX_LOOKUP_BYTES
      ? refuse(c, 414, "data is too long")
      : answer(c, file.replace(/\.json$/, ""));
  });
}
