import { type Profiler, Session } from "node:inspector";

/** The parts of our code that have run so far, as V8 counts them. */
export interface Coverage {
  /** Characters of source that ran for the first time since the last call; from now on they count as known. */
  keepNew(): number;
  /** The same, but they remain new. */
  dropNew(): number;
  stop(): void;
}

const ROOT = new URL("..", import.meta.url).href;
const OWN = new URL(".", import.meta.url).href;

/**
 * Counts our code by block, on this thread: only the project's rooms, not npm packages and not the fuzzer itself.
 */
export function startCoverage(): Coverage {
  const session = new Session();
  session.connect();
  const seen = new Map<string, Uint8Array>();
  call(session, "Profiler.enable");
  call(session, "Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const take = (keep: boolean) => {
    const { result } = call<Profiler.TakePreciseCoverageReturnType>(session, "Profiler.takePreciseCoverage");
    return result.filter(isOurs).reduce((sum, script) => sum + countNew(script, seen, keep), 0);
  };
  return {
    keepNew: () => take(true),
    dropNew: () => take(false),
    stop: () => session.disconnect(),
  };
}

function isOurs({ url }: Profiler.ScriptCoverage): boolean {
  return url.startsWith(ROOT) && !url.startsWith(OWN) && !url.includes("/node_modules/");
}

function countNew(
  { url, functions }: Profiler.ScriptCoverage,
  seen: Map<string, Uint8Array>,
  keep: boolean,
): number {
  let count = 0;
  for (const { ranges } of functions) {
    const [whole] = ranges;
    if (whole === undefined || whole.count === 0) {
      continue;
    }
    const key = `${url}:${whole.startOffset}`;
    const marks = seen.get(key) ?? new Uint8Array(whole.endOffset - whole.startOffset);
    const ran = charactersThatRan(ranges, whole);
    for (const [index, mark] of ran.entries()) {
      if (mark === 1 && marks[index] === 0) {
        count += 1;
      }
    }
    if (keep) {
      seen.set(
        key,
        ran.map((mark, index) => mark | (marks[index] as number)),
      );
    }
  }
  return count;
}

/** Inner ranges follow the ranges that contain them and override them. */
function charactersThatRan(
  ranges: readonly Profiler.CoverageRange[],
  { startOffset: origin, endOffset: end }: Profiler.CoverageRange,
): Uint8Array {
  const ran = new Uint8Array(end - origin);
  for (const { startOffset, endOffset, count } of ranges) {
    ran.fill(count > 0 ? 1 : 0, startOffset - origin, endOffset - origin);
  }
  return ran;
}

function call<T>(session: Session, method: string, params: object = {}): T {
  let answer: T | undefined;
  session.post(method, params, (error, result) => {
    if (error) {
      throw error;
    }
    answer = result as T;
  });
  return answer as T;
}
