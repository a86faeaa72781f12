import type { WriteStream } from "node:tty";

/** One step of a longer job, as a person watches it. */
export interface Stage {
  /** Says how far the step is; cheap to call often. */
  update(text: string): void;
  /** Ends the step well. */
  done(text?: string): void;
  /** Ends the step badly. */
  fail(text?: string): void;
}

export interface Progress {
  stage(name: string): Stage;
}

const MILLISECONDS_BETWEEN_LINES = 5_000;
const MILLISECONDS_BETWEEN_REDRAWS = 100;

/** Progress on a stream: redrawn in place on a terminal, one line every five seconds elsewhere. */
export function createProgress(stream: NodeJS.WritableStream = process.stderr): Progress {
  const terminal = (stream as WriteStream).isTTY === true;
  return { stage: (name) => startStage(stream, terminal, name) };
}

/** Progress that nobody watches. */
export const silentProgress: Progress = {
  stage: () => ({ update: () => {}, done: () => {}, fail: () => {} }),
};

function startStage(stream: NodeJS.WritableStream, terminal: boolean, name: string): Stage {
  const startedAt = performance.now();
  const pause = terminal ? MILLISECONDS_BETWEEN_REDRAWS : MILLISECONDS_BETWEEN_LINES;
  let lastShownAt = startedAt;
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const clear = terminal ? "\r\x1b[2K" : "";
  const end = (mark: string, text: string | undefined) =>
    stream.write(`${clear}${mark} ${name}${text ? `: ${text}` : ""} (${seconds()})\n`);
  return {
    update(text) {
      if (performance.now() - lastShownAt < pause) {
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
