import { importsOf } from "./importsOf.ts";
import type { Exception } from "./rooms.ts";

export interface Rules {
  readonly layers: readonly (readonly string[])[];
  readonly acyclicRooms: readonly string[];
  readonly exceptions: readonly Exception[];
}

/** Files outside every room, which may import from everywhere: tests, and the files at the top. */
const UNBOUND = /^(test\/|[^/]+$)/;

/**
 * Checks the imports of all files against the rules of the rooms.
 *
 * @param files their sources, by path in the repository.
 * @returns a line for each violation, naming file, import and rule.
 */
export function checkImports(files: ReadonlyMap<string, string>, rules: Rules): string[] {
  const used = new Set<Exception>();
  const isException = (from: string, to: string) => {
    const found = rules.exceptions.filter((one) => isWithin(from, one.from) && isWithin(to, one.to));
    for (const one of found) {
      used.add(one);
    }
    return found.length > 0;
  };
  const violations: string[] = [];
  for (const [file, source] of files) {
    if (UNBOUND.test(file)) {
      continue;
    }
    const room = roomOf(file, rules);
    if (room === undefined) {
      violations.push(`${file}: its folder is not a room of test/architecture/rooms.ts`);
      continue;
    }
    for (const imported of importsOf(file, source)) {
      const violation = violationOf(room, imported, rules);
      if (violation !== undefined && !isException(file, imported)) {
        violations.push(`${file} imports ${imported}: ${violation}`);
      }
    }
  }
  const cycles = rules.acyclicRooms.flatMap((room) => cyclesWithin(room, files));
  const unused = rules.exceptions
    .filter((one) => !used.has(one))
    .map(({ from, to }) => `the exception from ${from} to ${to} is not needed`);
  return [...violations, ...cycles, ...unused];
}

function violationOf(room: string, imported: string, rules: Rules): string | undefined {
  const other = roomOf(imported, rules);
  if (other === room) {
    return undefined;
  }
  if (other === undefined) {
    return "it is outside every room";
  }
  if (layerOf(other, rules) >= layerOf(room, rules)) {
    return `${other} is not below ${room}`;
  }
  return imported === `${other}/index.ts` ? undefined : `it reaches past ${other}/index.ts`;
}

/** Import cycles between the folders of a room; files at its root stand above all of its folders. */
function cyclesWithin(room: string, files: ReadonlyMap<string, string>): string[] {
  const edges = new Map<string, Set<string>>();
  for (const [file, source] of files) {
    const from = folderOf(file, room);
    for (const to of from === undefined
      ? []
      : importsOf(file, source).map((target) => folderOf(target, room))) {
      if (to !== undefined && to !== from) {
        edges.set(from!, (edges.get(from!) ?? new Set()).add(to));
      }
    }
  }
  const cycle = findCycle(edges);
  return cycle ? [`the folders of ${room} form an import cycle: ${cycle.join(" → ")}`] : [];
}

/** The folder of a file below its room; `undefined` for the room's root and for other rooms. */
function folderOf(file: string, room: string): string | undefined {
  const [folder, ...rest] = file.startsWith(`${room}/`) ? file.slice(room.length + 1).split("/") : [];
  return rest.length > 0 ? folder : undefined;
}

function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const search = (folder: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(folder)) {
      return [...path.slice(path.indexOf(folder)), folder];
    }
    if (done.has(folder)) {
      return undefined;
    }
    for (const next of edges.get(folder) ?? []) {
      const cycle = search(next, [...path, folder]);
      if (cycle) {
        return cycle;
      }
    }
    done.add(folder);
    return undefined;
  };
  for (const folder of edges.keys()) {
    const cycle = search(folder, []);
    if (cycle) {
      return cycle;
    }
  }
  return undefined;
}

/** The innermost: a room's folder may be in that of another. */
function roomOf(file: string, { layers }: Rules): string | undefined {
  const rooms = layers.flat().filter((room) => isWithin(file, room));
  return rooms.toSorted((a, b) => b.length - a.length)[0];
}

function layerOf(room: string, { layers }: Rules): number {
  return layers.findIndex((rooms) => rooms.includes(room));
}

function isWithin(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}
