import { destination, pino } from "pino";
import type { Log } from "./log.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** A log on standard error: JSON lines by pino, or one readable line an event. */
export function createLog({ json, level }: { json: boolean; level: Level }): Log {
  if (json) {
    const log = pino({ level, base: null, formatters: { log: plain } }, destination({ dest: 2, sync: true }));
    return log;
  }
  const at = (name: Level) => (fields: object, message: string) => {
    if (LEVELS.indexOf(name) < LEVELS.indexOf(level)) {
      return;
    }
    const time = new Date().toISOString().slice(11, 23);
    const shown = Object.entries(plain(fields)).map(([key, value]) => ` ${key}=${printed(value)}`);
    process.stderr.write(`${time} ${name.padEnd(5)} ${message}${shown.join("")}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** JSON knows no bigints. */
function plain(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === "bigint" ? Number(value) : value]),
  );
}

function printed(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[\s"]/.test(text) ? JSON.stringify(text) : text;
}
