import type { DifferingOutput } from "./findDifference.ts";

const MAX_PATH_LENGTH = 200;

/** Describes an output that differs, in lines for the end of the log. */
export function describeDifference({ first, now, differences }: DifferingOutput): string {
  const places = differences.map(({ path, how }) => `  ${formatPath(path)} ${how}`);
  return [
    `rebuilt, the output ${now.name} differs: ${now.path}`,
    `  first: sha256:${first.narHash}, ${first.narSize} bytes`,
    `  now: sha256:${now.narHash}, ${now.narSize} bytes`,
    ...places,
    "",
  ].join("\n");
}

function formatPath(path: string): string {
  if (path === "") {
    return "the output itself";
  }
  return JSON.stringify(path.length > MAX_PATH_LENGTH ? `${path.slice(0, MAX_PATH_LENGTH)}…` : path);
}
