import type { Log } from "../../../machine/node/index.ts";

export interface LogEvent {
  level: keyof Log;
  message: string;
  fields: Record<string, unknown>;
}

/** A log that records its events. */
export function recordLog(): { log: Log; events: LogEvent[]; messages(): string[] } {
  const events: LogEvent[] = [];
  const at = (level: keyof Log) => (fields: object, message: string) =>
    void events.push({ level, message, fields: { ...fields } });
  return {
    log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    events,
    messages: () => events.map(({ message }) => message),
  };
}
