/**
 * Orders two Debian version numbers: negative when `left` is older, 0 when they are the same version.
 *
 * Format: deb-version(7), `[epoch:]upstream[-revision]`, with `~` before everything, even the end.
 */
export function compareVersions(left: string, right: string): number {
  const a = split(left);
  const b = split(right);
  return a.epoch - b.epoch || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision);
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

function compareParts(left: string, right: string): number {
  const chunks = /([^0-9]*)([0-9]*)/y;
  let a = 0;
  let b = 0;
  while (a < left.length || b < right.length) {
    chunks.lastIndex = a;
    const [allA = "", wordA = "", numberA = ""] = chunks.exec(left) ?? [];
    chunks.lastIndex = b;
    const [allB = "", wordB = "", numberB = ""] = chunks.exec(right) ?? [];
    const order = compareWords(wordA, wordB) || compareNumbers(numberA, numberB);
    if (order !== 0) {
      return order;
    }
    a += allA.length;
    b += allB.length;
  }
  return 0;
}

function compareWords(left: string, right: string): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = weight(left[i]) - weight(right[i]);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function weight(character: string | undefined): number {
  if (character === undefined) {
    return 0;
  }
  if (character === "~") {
    return -1;
  }
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

function compareNumbers(left: string, right: string): number {
  const a = BigInt(left || "0");
  const b = BigInt(right || "0");
  return a < b ? -1 : a > b ? 1 : 0;
}
