import type { Address, Hex } from "viem";
import type { TimedStage } from "./stopwatch.ts";

/** What the demo found; `--json` writes it as it is. */
export interface DemoResult {
  templateHash: Hex;
  application: Address;
  registry: Address;
  drvPath: string;
  outPath: string;
  /** The output's NAR hash as SRI (`sha256-<base64>`), from four independent sources. */
  narHash: {
    /** As the machine reports it, in the notice's statement. */
    machine: string;
    /** As the registry keeps it. */
    chain: string;
    /** As the indexer serves it over GraphQL. */
    graphql: string;
    /** Computed here, from the NAR that the machine returned. */
    local: string;
  };
  /** Machine cycles of all inputs of this request together. */
  cycles: number;
  stages: TimedStage[];
}

/** Whether all four hashes are the same. */
export function agrees({ narHash }: DemoResult): boolean {
  return new Set(Object.values(narHash)).size === 1;
}

/** The result as text for a person. */
export function formatResult(result: DemoResult): string {
  const { narHash } = result;
  return [
    "",
    `derivation   ${result.drvPath}`,
    `output       ${result.outPath}`,
    `template     ${result.templateHash}`,
    `application  ${result.application}`,
    `registry     ${result.registry}`,
    "",
    "NAR hash according to",
    `  the machine (notice)        ${narHash.machine}`,
    `  the chain (registry)        ${narHash.chain}`,
    `  the indexer (GraphQL)       ${narHash.graphql}`,
    `  this computer (NAR, sha256) ${narHash.local}`,
    "",
    ...result.stages.map(({ name, ms }) => `${name.padEnd(28)} ${(ms / 1000).toFixed(1).padStart(8)} s`),
    `${"total".padEnd(28)} ${(total(result.stages) / 1000).toFixed(1).padStart(8)} s`,
    `${"in the machine".padEnd(28)} ${(result.cycles / 1e6).toFixed(1).padStart(8)} million cycles`,
    "",
    agrees(result) ? "All four hashes agree." : "THE HASHES DIFFER.",
  ].join("\n");
}

function total(stages: readonly TimedStage[]): number {
  return stages.reduce((sum, { ms }) => sum + ms, 0);
}
