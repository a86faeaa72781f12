import { formatEther } from "viem";

/** Chains whose currency is not ether. */
const CURRENCIES: Readonly<Record<number, string>> = {
  56: "BNB",
  100: "xDAI",
  137: "POL",
  250: "FTM",
  5000: "MNT",
  42220: "CELO",
  43114: "AVAX",
};

/** An amount of wei in the chain's currency, rounded up to four digits. */
export function formatAmount(wei: bigint, chainId: number): string {
  const step = 10n ** BigInt(Math.max(0, wei.toString().length - 4));
  const rounded = ((wei + step - 1n) / step) * step;
  return `${formatEther(rounded)} ${CURRENCIES[chainId] ?? "ETH"}`;
}

export function formatCount(count: number | bigint, noun: string): string {
  const number = count.toLocaleString("en-US");
  return `${number} ${noun}${Number(count) === 1 ? "" : "s"}`;
}
