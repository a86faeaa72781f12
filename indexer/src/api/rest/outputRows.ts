import { output } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { buildRegistryAbi } from "../../../../abi/index.ts";
import { registryOf } from "./chains.ts";
import { checkCall } from "./checkCall.ts";
import { columnsOfEvent, keyOfEvent } from "./eventOrder.ts";
import { check, count, hex, place, time } from "./shapes.ts";

/** An application's record of a store path. */
export const outputShape = z
  .object({
    ...place,
    application: hex,
    pathKey: hex,
    derivationKey: hex,
    storePath: z.string().nullable().openapi({ description: "null where nobody has shown the text yet" }),
    drvPath: z.string().nullable(),
    outputName: z.string().nullable(),
    narHash: z.string().openapi({ description: "the first hash, which stays: sha256-<base64>" }),
    narSize: count.nullable(),
    inputsHash: hex.nullable(),
    references: z.array(z.string()).nullable(),
    confirmations: z.number().int(),
    conflicts: z.number().int().openapi({ description: "how many different hashes were recorded later" }),
    inputIndex: count,
    outputIndex: count.nullable(),
    recordedAt: time,
    check,
  })
  .openapi("Output");

export type OutputRow = typeof output.$inferSelect;

export function formatOutput(row: OutputRow) {
  const { chainId, applicationAddress, pathKey } = row;
  const { hashPart: _, name: _name, packageName: _package, version: _version, ...shown } = row;
  const { applicationAddress: application, ...rest } = shown;
  return {
    ...rest,
    application,
    check: checkCall(registryOf(chainId), buildRegistryAbi, "recordAt", [applicationAddress, pathKey]),
  };
}

/** The newest first; each has an event of its own. */
export const NEWEST_FIRST = {
  columns: columnsOfEvent(output),
  direction: "desc",
  keyOf: keyOfEvent,
} as const;

export const MOST_CONFIRMED_FIRST = {
  columns: [output.confirmations, output.chainId, output.applicationAddress, output.pathKey],
  direction: "desc",
  keyOf: (row: OutputRow) => [row.confirmations, row.chainId, row.applicationAddress, row.pathKey],
} as const;
