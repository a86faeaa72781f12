import { destination, pino } from "pino";
import type { Log } from "./log.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LOG_LEVELS)[number];

/** Creates a log on standard error: JSON lines in pino's format, or one readable line per event. */
export function createLog({ json, level }: { json: boolean; level: Level }): Log {
  if (json) {
    const log = pino(
      { level, base: null, formatters: { log: withoutBigInts } },
      destination({ dest: 2, sync: true }),
    );
    return log;
  }
  const at = (name: Level) => (fields: object, message: string) => {
    if (LOG_LEVELS.indexOf(name) < LOG_LEVELS.indexOf(level)) {
      return;
    }
    const time = new Date().toISOString().slice(11, 23);
    const shown = Object.entries(withoutBigInts(fields)).map(
      ([key, value]) => ` ${key}=${formatValue(value)}`,
    );
    process.stderr.write(`${time} ${name.padEnd(5)} ${message}${shown.join("")}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** JSON has no bigints. */
function withoutBigInts(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === "bigint" ? Number(value) : value]),
  );
}

function formatValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[\s"]/.test(text) ? JSON.stringify(text) : text;
}
