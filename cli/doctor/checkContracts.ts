import { type Address, zeroAddress } from "viem";
import { readContract } from "viem/actions";
import { applicationAbi, buildRegistryAbi } from "../../abi/index.ts";
import { explainChainError, printableText, readPolicy } from "../../client/index.ts";
import { contractsIn } from "../../trust/index.ts";
import { policyFactoryOf } from "../config/policyFactoryOf.ts";
import type { Settings } from "../config/resolveSettings.ts";
import type { Connection } from "../connect.ts";
import { DAMAGED_EXIT_CODE, exitCodeOf } from "../output/exitCodes.ts";
import { PINNED_TEMPLATE_HASH } from "../pinnedTemplate.ts";
import { type CheckResult, check, fine, notChecked, wrong } from "./checkResult.ts";

/** Whether the contracts that verdicts come from are what they should be. */
export async function checkContracts(settings: Settings, connection: Connection): Promise<CheckResult[]> {
  const registry = await check("registry", () => checkRegistry(settings.registry.value, connection));
  if (settings.authority === undefined) {
    return [
      ...registry,
      notChecked("trust", "it is not said whom to believe: no command can give a verdict"),
    ];
  }
  const contracts = contractsIn(settings.authority.value).map((contract) =>
    check(contract.address, () =>
      contract.kind === "policy"
        ? checkPolicy(contract.address, settings, connection)
        : checkApplication(contract.address, connection),
    ),
  );
  return [...registry, ...(await Promise.all(contracts)).flat()];
}

async function checkRegistry(address: Address, { client, blockNumber }: Connection): Promise<CheckResult> {
  const version = await readContract(client, {
    ...{ address, abi: buildRegistryAbi, functionName: "version", blockNumber },
  }).catch(explainChainError);
  return fine("registry", `${address}, version ${printableText(version)}`);
}

async function checkApplication(address: Address, { client, blockNumber }: Connection): Promise<CheckResult> {
  const at = { address, abi: applicationAbi, blockNumber } as const;
  const [templateHash, owner] = await Promise.all([
    readContract(client, { ...at, functionName: "getTemplateHash" }),
    readContract(client, { ...at, functionName: "owner" }),
  ]).catch(explainChainError);
  if (owner !== zeroAddress) {
    return wrong(
      address,
      `the application has an owner, ${owner}, who can change whose claims it believes`,
      exitCodeOf("policyNotMet"),
      "believe an application whose ownership was renounced",
    );
  }
  return templateHash === PINNED_TEMPLATE_HASH
    ? fine(address, "an application of the template that this version makes")
    : wrong(
        address,
        `its template is ${templateHash}; this version makes ${PINNED_TEMPLATE_HASH}`,
        exitCodeOf("differs"),
        "use the version of Cartenix that makes its template: `cartenix template` prints the hash",
      );
}

async function checkPolicy(
  address: Address,
  settings: Settings,
  { client, blockNumber }: Connection,
): Promise<CheckResult> {
  const factory = policyFactoryOf(settings);
  const policy = await readPolicy(client, { policy: address, factory, blockNumber });
  if (!policy.isByFactory) {
    return wrong(
      address,
      `the policy was not made by the policy factory ${factory}: its members may be anything`,
      DAMAGED_EXIT_CODE,
      "believe a policy that `cartenix policy make` made",
    );
  }
  const { threshold, members } = policy;
  const voting = members.filter(({ state }) => state.meetsTerms).length;
  return voting >= threshold
    ? fine(address, `a policy: ${threshold} of ${members.length}, ${voting} of which meet its terms`)
    : wrong(
        address,
        `a policy that can accept nothing: ${voting} of ${members.length} members meet its terms, and ${threshold} must agree`,
        exitCodeOf("policyNotMet"),
        "believe another policy",
      );
}
