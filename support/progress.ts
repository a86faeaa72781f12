import type { WriteStream } from "node:tty";

/** One step of a longer task, as it is shown to a person. */
export interface Stage {
  /** Shows how far the step is. Cheap to call often. */
  update(text: string): void;
  /** Ends the step as a success. */
  done(text?: string): void;
  /** Ends the step as a failure. */
  fail(text?: string): void;
}

export interface Progress {
  stage(name: string): Stage;
}

const LINE_INTERVAL_MS = 5_000;
const REDRAW_INTERVAL_MS = 100;

/** Progress on a stream: redrawn in place on a terminal, one line every five seconds elsewhere. */
export function createProgress(stream: NodeJS.WritableStream = process.stderr): Progress {
  const terminal = (stream as WriteStream).isTTY === true;
  return { stage: (name) => startStage(stream, terminal, name) };
}

/** Progress that is not shown. */
export const silentProgress: Progress = {
  stage: () => ({ update: () => {}, done: () => {}, fail: () => {} }),
};

function startStage(stream: NodeJS.WritableStream, terminal: boolean, name: string): Stage {
  const startedAt = performance.now();
  const interval = terminal ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS;
  let lastShownAt = startedAt;
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const clear = terminal ? "\r\x1b[2K" : "";
  const end = (mark: string, text: string | undefined) =>
    stream.write(`${clear}${mark} ${name}${text ? `: ${text}` : ""} (${seconds()})\n`);
  return {
    update(text) {
      if (performance.now() - lastShownAt < interval) {
        return;
      }
      lastShownAt = performance.now();
      stream.write(
        terminal ? `${clear}· ${name}: ${text} (${seconds()})` : `· ${name}: ${text} (${seconds()})\n`,
      );
    },
    done: (text) => end("✓", text),
    fail: (text) => end("✗", text),
  };
}
