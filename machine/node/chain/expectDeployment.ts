import { isAddressEqual } from "viem";
import type { Deployment } from "../../../protocol/deployments/index.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { ApplicationError } from "./chainErrors.ts";

/**
 * Compares what the chain says of an application with the file of its deployment.
 *
 * @throws {ApplicationError} naming the first difference.
 */
export function expectDeployment(application: ApplicationInfo, deployment: Deployment): void {
  const differences: [what: string, found: unknown, expected: unknown, same: boolean][] = [
    [
      "the chain id",
      application.chainId,
      deployment.chainId,
      application.chainId === BigInt(deployment.chainId),
    ],
    [
      "the genesis hash",
      application.genesisHash,
      deployment.genesisHash,
      application.genesisHash === deployment.genesisHash,
    ],
    [
      "the InputBox",
      application.inputBox,
      deployment.inputBox,
      isAddressEqual(application.inputBox, deployment.inputBox),
    ],
    [
      "the template hash",
      application.templateHash,
      deployment.templateHash,
      application.templateHash === deployment.templateHash,
    ],
  ];
  for (const [what, found, expected, same] of differences) {
    if (!same) {
      throw new ApplicationError(
        application.address,
        `${what} is ${found}, the deployment names ${expected}`,
      );
    }
  }
}
