import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../log/log.ts";
import type { Monitor } from "../monitor/createMonitor.ts";
import type { AlarmMessage } from "./claimAlarm.ts";

const ATTEMPTS = 6;
const TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 500;
/** Messages that wait for an earlier one; what comes on top is only in the log. */
const MAX_WAITING = 100;

/** Posts messages as JSON, one after the other. */
export interface Webhook {
  /** Delivers a message in the background: tries it up to six times, with growing pauses. */
  send(message: AlarmMessage): void;
  /** Waits until every message is delivered or given up. */
  settle(): Promise<void>;
}

export interface WebhookOptions {
  url: URL;
  signal: AbortSignal;
  monitor: Monitor;
  log: Log;
}

/** The receiver's answer counts only as received or not; only its host is logged, since the rest can be a secret. */
export function createWebhook({ url, signal, monitor, log }: WebhookOptions): Webhook {
  let waiting = 0;
  let last = Promise.resolve();

  async function deliver(message: AlarmMessage): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await post(url, message, signal);
        monitor.webhook("delivered");
        return;
      } catch (error) {
        const fields = { host: url.host, event: message.event, attempt, reason: reasonOf(error) };
        if (signal.aborted) {
          return;
        }
        if (attempt === ATTEMPTS) {
          monitor.webhook("failed");
          log.error(fields, "the webhook did not receive an alarm");
          return;
        }
        log.warn(fields, "the webhook did not receive an alarm yet");
        await pause(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal }).catch(() => {});
      }
    }
  }

  return {
    send(message) {
      if (waiting === MAX_WAITING) {
        monitor.webhook("failed");
        log.error({ host: url.host, event: message.event }, "too many alarms wait for the webhook");
        return;
      }
      waiting++;
      last = last.then(() => deliver(message)).finally(() => waiting--);
    },
    settle: () => last,
  };
}

async function post(url: URL, message: AlarmMessage, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}`);
  }
}

/** `fetch` names the fault in its error's cause; its own message may hold the URL. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  return message.startsWith("HTTP ") ? message : (cause?.code ?? name);
}
