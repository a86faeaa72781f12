import { encodeFunctionData } from "viem";
import { trustPolicyAbi, trustPolicyFactoryAbi } from "../../abi/index.ts";
import { helloOutput } from "../../test/contracts/support/sampleOutputs.ts";
import { startApplications, termsOf } from "../../test/contracts/support/startApplications.ts";
import { viewGas } from "./viewGas.ts";

/** Gas of creating a policy and of querying it. */
export async function measurePolicy() {
  const world = await startApplications();
  const { chain, registry } = world;
  const applications = await world.makeApplications(3);
  const output = helloOutput("policy");
  for (const application of applications) {
    await world.recordAs(application, [output]);
  }
  const factory = await chain.deploy("TrustPolicyFactory", trustPolicyFactoryAbi, [registry.address]);

  async function measure(threshold: number, members: number) {
    const terms = termsOf(threshold, applications.slice(0, members));
    const policy = await factory.read.policyOf([terms]);
    const create = Number(await chain.gasOf(factory.write.create([terms])));
    const data = encodeFunctionData({
      abi: trustPolicyAbi,
      functionName: "acceptedHash",
      args: [output.storePath],
    });
    return { create, acceptedHash: await viewGas(chain, policy, data) };
  }

  const single = await measure(1, 1);
  const quorum = await measure(2, 3);
  return {
    "create a policy: 1 of 1": single.create,
    "acceptedHash (view): 1 of 1": single.acceptedHash,
    "acceptedHash (view): 2 of 3": quorum.acceptedHash,
  };
}
