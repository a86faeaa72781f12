import {
  contractAddresses,
  readEscapeAttempts,
  readGas,
  readHelp,
  readLimits,
  readTemplateHash,
} from "./sources.ts";

/** Writes current figures into a page's text. */
type Fill = (page: string) => string;

/** The pages that hold figures, and how each is filled. */
const PAGES: Readonly<Record<string, readonly Fill[]>> = {
  "README.md": [fillGas, fillDemo],
  "docs/contracts.md": [fillGas],
  "docs/limits.md": [fillLimits],
  "docs/operating.md": [fillOptions],
  "docs/trust-model.md": [fillEscapeAttempts],
};

export const PAGES_WITH_FIGURES: readonly string[] = Object.keys(PAGES);

/**
 * Returns a page with the figures that its sources have now.
 *
 * @throws {Error} when the page lacks a place for one of its figures.
 */
export function fillFigures(file: string, page: string): string {
  return PAGES[file]!.reduce((text, fill) => fill(text), page);
}

/** Replaces what is between `<!-- figures: NAME -->` and `<!-- end of figures -->`. */
function fillBlock(page: string, name: string, content: string): string {
  const block = new RegExp(`(<!-- figures: ${name} -->\n)[\\s\\S]*?(<!-- end of figures -->)`);
  return replaceOnce(page, block, (_, start, end) => `${start}\n${content}\n\n${end}`);
}

function fillGas(page: string): string {
  const rows = Object.entries(readGas()).map(([call, gas]) => `| ${call} | ${formatNumber(gas)} |`);
  return fillBlock(page, "gas", ["| call | gas |", "| --- | ---: |", ...rows].join("\n"));
}

function fillOptions(page: string): string {
  const withNode = fillBlock(page, "node options", `\`\`\`\n${readHelp("machine/node/main.ts")}\n\`\`\``);
  return fillBlock(withNode, "indexer options", `\`\`\`\n${readHelp("indexer/main.ts")}\n\`\`\``);
}

/** The demo's output is an example, except for what the sources determine. */
function fillDemo(page: string): string {
  const withTemplate = replaceOnce(page, /(machine template: )0x[0-9a-f]{64}/, (_, label) => {
    return `${label}${readTemplateHash()}`;
  });
  return replaceOnce(withTemplate, /(registry )0x[0-9a-fA-F]{40}/, (_, label) => {
    return `${label}${contractAddresses().registry}`;
  });
}

function fillEscapeAttempts(page: string): string {
  return replaceOnce(page, /(tries )\d+(\s+ways\s+out)/, (_, before, after) => {
    return `${before}${readEscapeAttempts()}${after}`;
  });
}

/** Rows of tables whose second cell names a limit get its value in the third. */
function fillLimits(page: string): string {
  return [...readLimits()].reduce(
    (text, [name, value]) =>
      replaceOnce(
        text,
        new RegExp(`(\\|[^|\n]*\\| \`${name.replaceAll(".", "\\.")}\` \\| )[^|]*( \\|)`),
        (_, before, after) => `${before}${formatNumber(value)}${after}`,
      ),
    page,
  );
}

function replaceOnce(
  page: string,
  place: RegExp,
  replacement: (match: string, ...groups: string[]) => string,
): string {
  if (!place.test(page)) {
    throw new Error(`no place for a figure: ${place}`);
  }
  return page.replace(place, replacement);
}

function formatNumber(value: number | bigint): string {
  return value.toLocaleString("en-US");
}
