import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { type FilePath, joinName, readNames, readPieces } from "./storeFiles.ts";

/** Where two trees differ, and how. */
export interface Difference {
  /** Below the trees' roots; empty for the roots themselves. */
  readonly path: string;
  readonly how: string;
}

const OWNER_EXECUTE_MODE = 0o100;

/** Two files to compare, or a difference that is known already. */
type Step = { readonly first: FilePath; readonly second: FilePath; readonly path: string } | Difference;

/** Walks two trees in parallel and yields where they differ, in the order of a NAR. */
export function* compareTrees(first: FilePath, second: FilePath): Generator<Difference, void, void> {
  const stack: Step[] = [{ first, second, path: "" }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    if ("how" in step) {
      yield step;
      continue;
    }
    const [before, now] = [lstatSync(step.first), lstatSync(step.second)];
    const { path } = step;
    if (kindOf(before) !== kindOf(now)) {
      yield { path, how: `was a ${kindOf(before)}, is now a ${kindOf(now)}` };
    } else if (before.isDirectory()) {
      for (const entry of entriesOf(step.first, step.second, path).reverse()) {
        stack.push(entry);
      }
    } else if (before.isSymbolicLink()) {
      yield* compareLinks(step.first, step.second, path);
    } else {
      yield* compareFiles(step.first, step.second, path);
    }
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) {
    return "folder";
  }
  if (stats.isSymbolicLink()) {
    return "symbolic link";
  }
  return stats.mode & OWNER_EXECUTE_MODE ? "program" : "file";
}

function entriesOf(first: FilePath, second: FilePath, path: string): Step[] {
  const [before, now] = [readNames(first), readNames(second)];
  const inBefore = new Set(before.map(key));
  const inNow = new Set(now.map(key));
  const all = [...before, ...now.filter((name) => !inBefore.has(key(name)))].sort(Buffer.compare);
  return all.map((name) => {
    const below = path === "" ? name.toString() : `${path}/${name}`;
    if (!inNow.has(key(name))) {
      return { path: below, how: "is missing" };
    }
    if (!inBefore.has(key(name))) {
      return { path: below, how: "is new" };
    }
    return { first: joinName(first, name), second: joinName(second, name), path: below };
  });
}

function key(name: Buffer): string {
  return name.toString("latin1");
}

function* compareLinks(first: FilePath, second: FilePath, path: string): Generator<Difference, void, void> {
  const [before, now] = [first, second].map((link) => readlinkSync(link, { encoding: "buffer" }).toString());
  if (before !== now) {
    yield { path, how: `pointed to ${JSON.stringify(before)}, now points to ${JSON.stringify(now)}` };
  }
}

function* compareFiles(first: FilePath, second: FilePath, path: string): Generator<Difference, void, void> {
  const at = firstDifference(readPieces(first), readPieces(second));
  if (at !== undefined) {
    yield { path, how: `differs from byte ${at}` };
  }
}

function firstDifference(before: Generator<Buffer>, now: Generator<Buffer>): number | undefined {
  try {
    for (let offset = 0; ; ) {
      const [a, b] = [before, now].map((pieces) => pieces.next().value ?? Buffer.alloc(0)) as [
        Buffer,
        Buffer,
      ];
      if (!a.equals(b)) {
        const at = a.findIndex((byte, index) => byte !== b[index]);
        return offset + (at === -1 ? a.length : at);
      }
      if (a.length === 0) {
        return undefined;
      }
      offset += a.length;
    }
  } finally {
    before.return(undefined);
    now.return(undefined);
  }
}
