import { type Address, formatEther } from "viem";
import type { Deployment } from "../protocol/deployments/index.ts";
import type { DryRun } from "./dryRun.ts";

/** What a deployment would do, one transaction a line, and what it would leave; its blocks are known only afterwards. */
export function formatDryRun(
  { result, transactions, cost, needed, balance }: DryRun<Deployment>,
  deployer: Address,
): string {
  const { registryBlock: _, applicationBlock: __, ...known } = result;
  const named = { ...result, ...("dispute" in result && result.dispute) };
  const names = new Map(Object.entries(named).map(([name, value]) => [String(value).toLowerCase(), name]));
  const line = (gas: bigint, text: string) => `${gas.toString().padStart(10)} gas  ${text}`;
  const gas = transactions.reduce((sum, transaction) => sum + transaction.gas, 0n);
  return [
    ...transactions.map(({ call, address, gas }) =>
      line(gas, [address, names.get(address.toLowerCase()), call].filter(Boolean).join("  ")),
    ),
    line(gas, `in total, ${formatEther(cost)} ether at the current gas price; nothing was sent`),
    `the deployer ${deployer} has ${formatEther(balance)} ether; at the highest fees that the transactions allow it needs ${formatEther(needed)}`,
    JSON.stringify(known, null, 2),
  ].join("\n");
}
