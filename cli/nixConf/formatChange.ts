const CONTEXT_LINES = 3;

/** What changes in a file, as `diff -u` shows it; the changed lines must be in one place. */
export function formatChange(path: string, before: string | undefined, after: string | undefined): string {
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) {
    start += 1;
  }
  let same = 0;
  while (
    same < old.length - start &&
    same < now.length - start &&
    old[old.length - 1 - same] === now[now.length - 1 - same]
  ) {
    same += 1;
  }
  return [
    `--- ${before === undefined ? "/dev/null" : path}`,
    `+++ ${after === undefined ? "/dev/null" : path}`,
    ...old.slice(Math.max(0, start - CONTEXT_LINES), start).map((line) => ` ${show(line)}`),
    ...old.slice(start, old.length - same).map((line) => `-${show(line)}`),
    ...now.slice(start, now.length - same).map((line) => `+${show(line)}`),
    ...now.slice(now.length - same, now.length - same + CONTEXT_LINES).map((line) => ` ${show(line)}`),
  ].join("\n");
}

function linesOf(text: string | undefined): string[] {
  return text ? text.split(/(?<=\n)/) : [];
}

function show(line: string): string {
  const text = line.replace(/\n$/, "").replaceAll(/[^\x20-\x7e\t]/g, "?");
  return line.endsWith("\n") ? text : `${text}  (without an end of line)`;
}
