import type { DifferingOutput } from "./findDifference.ts";

const MAX_PATH_LENGTH = 200;

/** What a reader of the log learns of an output that came out otherwise, in lines. */
export function describeDifference({ first, now, differences }: DifferingOutput): string {
  const places = differences.map(({ path, how }) => `  ${nameOf(path)} ${how}`);
  return [
    `built again, the output ${now.name} differs: ${now.path}`,
    `  at first: sha256:${first.narHash}, ${first.narSize} bytes`,
    `  now: sha256:${now.narHash}, ${now.narSize} bytes`,
    ...places,
    "",
  ].join("\n");
}

function nameOf(path: string): string {
  if (path === "") {
    return "the output itself";
  }
  return JSON.stringify(path.length > MAX_PATH_LENGTH ? `${path.slice(0, MAX_PATH_LENGTH)}…` : path);
}
