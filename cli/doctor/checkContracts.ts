import { type Address, getAddress, zeroAddress } from "viem";
import { readContract } from "viem/actions";
import {
  applicationAbi,
  buildRegistryAbi,
  policyFactoryAddress,
  trustPolicyAbi,
  trustPolicyFactoryAbi,
} from "../../abi/index.ts";
import { explainChainError } from "../../client/index.ts";
import pinned from "../../machine/image/template.json" with { type: "json" };
import { contractsIn } from "../../trust/index.ts";
import type { Settings } from "../config/resolveSettings.ts";
import type { Connection } from "../connect.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
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
        ? checkPolicy(contract.address, connection)
        : checkApplication(contract.address, connection),
    ),
  );
  return [...registry, ...(await Promise.all(contracts)).flat()];
}

async function checkRegistry(address: Address, { client, blockNumber }: Connection): Promise<CheckResult> {
  const version = await readContract(client, {
    ...{ address, abi: buildRegistryAbi, functionName: "version", blockNumber },
  }).catch(explainChainError);
  return fine("registry", `${address}, version ${version}`);
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
  return templateHash === pinned.templateHash
    ? fine(address, "an application of the template that this version makes")
    : wrong(
        address,
        `its template is ${templateHash}; this version makes ${pinned.templateHash}`,
        exitCodeOf("differs"),
        "use the version of Cartenix that makes its template: `cartenix template` prints the hash",
      );
}

async function checkPolicy(address: Address, { client, blockNumber }: Connection): Promise<CheckResult> {
  const terms = await readContract(client, {
    ...{ address, abi: trustPolicyAbi, functionName: "terms", blockNumber },
  }).catch(explainChainError);
  const [made, members] = await Promise.all([
    readContract(client, {
      ...{
        address: policyFactoryAddress(),
        abi: trustPolicyFactoryAbi,
        functionName: "policyOf",
        blockNumber,
      },
      args: [terms],
    }),
    readContract(client, { ...{ address, abi: trustPolicyAbi, functionName: "members", blockNumber } }),
  ]).catch(explainChainError);
  if (getAddress(made) !== getAddress(address)) {
    return wrong(
      address,
      "the policy was not made by the policy factory: its members may be anything",
      exitCodeOf("policyNotMet"),
      "believe a policy that `cartenix policy make` or `npx hardhat policy` made",
    );
  }
  const voting = members.filter(({ meetsTerms }) => meetsTerms).length;
  return voting >= terms.threshold
    ? fine(address, `a policy: ${terms.threshold} of ${members.length}, ${voting} of which meet its terms`)
    : wrong(
        address,
        `a policy that can accept nothing: ${voting} of ${members.length} members meet its terms, and ${terms.threshold} must agree`,
        exitCodeOf("policyNotMet"),
        "believe another policy",
      );
}
