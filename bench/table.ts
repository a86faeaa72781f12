import type { BenchRow } from "./bench.ts";

const COLUMNS = ["bench", "metric", "unit", "ours", "other", "ratio"] as const;

/** The rows as an aligned text table; numbers are right-aligned. */
export function formatTable(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [
    row.bench,
    row.metric,
    row.unit,
    formatNumber(row.ours),
    formatNumber(row.other),
    row.ratio.toFixed(3),
  ]);
  const widths = COLUMNS.map((column, at) =>
    Math.max(column.length, ...cells.map((line) => line[at]!.length)),
  );
  const format = (line: readonly string[]) =>
    line.map((cell, at) => (at < 3 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  ");
  return [format(COLUMNS), ...cells.map(format)].join("\n");
}

function formatNumber(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
}
