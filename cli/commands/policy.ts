import { type Command, InvalidArgumentError } from "commander";
import { type Address, isAddress, zeroAddress, zeroHash } from "viem";
import { type Policy, readPolicy } from "../../client/index.ts";
import { defineAction } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { policyFactoryOf } from "../config/policyFactoryOf.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { DAMAGED_EXIT_CODE, exitCodeOf } from "../output/exitCodes.ts";
import { addPolicyMake } from "./policyMake.ts";

export function addPolicy(program: Command): void {
  const policy = program
    .command("policy")
    .summary("make and show policies")
    .description(
      "A policy is a contract that accepts a hash which so many of its applications recorded. What it says of store paths: lookup --trust policy:0x…",
    )
    .addHelpText("after", "\nExample:\n  cartenix policy show --network main 0x…");
  addPolicyMake(policy);
  addShow(policy);
}

function addShow(policy: Command): void {
  const command = policy
    .command("show")
    .summary("a policy's terms, how its members stand, and whether the factory made it")
    .description(
      "Reads a policy's terms, whether each member meets them now, and whether the factory made it: anyone can deploy a contract that says of itself what readers like to see. Ends with 12 if the factory did not make it, with 4 if so few members meet the terms that it accepts nothing.",
    )
    .argument("<address>", "the policy's address, with or without policy: before it", parsePolicy)
    .addHelpText("after", "\nExample:\n  cartenix policy show --network main 0x…");
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, address: Address) => {
    const settings = await resolveSettings(command);
    const factory = policyFactoryOf(settings);
    const { client, chainId, blockNumber } = await connect(settings, signal);
    const policy = await readPolicy(client, { policy: address, factory, blockNumber });
    return {
      exitCode: exitCodeOfPolicy(policy),
      text: formatPolicy(policy, factory),
      json: { chainId, blockNumber, factory, policy },
    };
  });
}

function parsePolicy(text: string): Address {
  const address = text.replace(/^policy:/, "");
  if (!isAddress(address)) {
    throw new InvalidArgumentError("it is not an address");
  }
  return address;
}

function exitCodeOfPolicy({ isByFactory, members, threshold }: Policy): number {
  if (!isByFactory) {
    return DAMAGED_EXIT_CODE;
  }
  const voting = members.filter(({ state }) => state.meetsTerms).length;
  return exitCodeOf(voting < threshold ? "policyNotMet" : "accepted");
}

function formatPolicy(policy: Policy, factory: Address): string {
  const { address, threshold, contradictions, ownerRenounced, members, registry, isByFactory } = policy;
  return [
    `policy ${address}`,
    isByFactory
      ? `  made by the factory ${factory}`
      : `  NOT made by the factory ${factory}: what it says of itself proves nothing`,
    `  accepts what ${threshold} of ${members.length} recorded in ${registry}`,
    contradictions === "refuse"
      ? "  a member that recorded different hashes for a path has no vote on it"
      : "  of different hashes that a member recorded, each counts",
    ...(ownerRenounced ? ["  members must have no owner"] : []),
    ...members.flatMap(formatMember),
  ].join("\n");
}

function formatMember({ terms, state }: Policy["members"][number]): string[] {
  const wanted = (value: string, none: string) => (value === none ? "" : ` (wanted: ${value})`);
  const or = (value: string) => (value === zeroAddress ? "none" : value);
  return [
    `  ${terms.application} ${state.meetsTerms ? "meets the terms" : "does NOT meet the terms"}`,
    `    template ${state.templateHash}${wanted(terms.templateHash, zeroHash)}`,
    `    consensus ${state.consensus}${wanted(terms.consensus, zeroAddress)}`,
    `    claimer ${or(state.claimer)}${wanted(terms.claimer, zeroAddress)}, owner ${or(state.owner)}`,
  ];
}
