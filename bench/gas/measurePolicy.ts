import { type Abi, encodeFunctionData, type Hex, keccak256, toBytes } from "viem";
import { Contradictions, trustPolicyAbi } from "../../abi/index.ts";
import { hashOf, helloOutput } from "../../test/contracts/support/sampleOutputs.ts";
import { startApplications, termsOf } from "../../test/contracts/support/startApplications.ts";
import { viewGas } from "./viewGas.ts";

/** Gas of creating a policy and of querying it. */
export async function measurePolicy() {
  const world = await startApplications();
  const { chain } = world;
  const applications = await world.makeApplications(3);
  const consensus = await world.makeAuthority();
  const { address: claimed } = await world.makeApplication({ consensus });
  const output = helloOutput("policy");
  for (const application of [...applications, claimed]) {
    await world.recordAs(application, [output]);
  }
  const rebuilt = helloOutput("policy, rebuilt");
  for (const narHash of [rebuilt.narHash, hashOf("another build")]) {
    await world.recordAs(applications[0]!, [{ ...rebuilt, narHash }]);
  }
  const factory = await world.makePolicyFactory();

  async function create(terms: ReturnType<typeof termsOf>) {
    const origins = terms.members.map(({ application }) => world.originOf(application));
    const gas = Number(await chain.gasOf(factory.write.create([terms, origins])));
    return { policy: await factory.read.policyOf([terms]), gas };
  }

  const single = await create(termsOf(1, applications.slice(0, 1)));
  const quorum = await create(termsOf(2, applications));
  const any = await create(termsOf(1, applications.slice(0, 1), Contradictions.Any));
  const terms = termsOf(1, [claimed]);
  terms.members[0] = { ...terms.members[0]!, consensus, claimer: chain.wallets[0]!.account.address };
  const authority = await create(terms);

  const acceptedHash = ({ policy }: typeof single) =>
    viewGas(chain, policy, encode("acceptedHash", [output.storePath]));
  const isAccepted = ({ policy }: typeof single, storePath: string, narHash: Hex) =>
    viewGas(chain, policy, encode("isAccepted", [storePath, narHash]));
  const pathKey = keccak256(toBytes(output.storePath));
  const derivation = [output.drvPath, output.outputName];
  return {
    "create a policy: 1 of 1": single.gas,
    "acceptedHash (view): 1 of 1": await acceptedHash(single),
    "acceptedHash (view): 1 of 1, an Authority with a claimer": await acceptedHash(authority),
    "acceptedHash (view): 2 of 3": await acceptedHash(quorum),
    "acceptedHashAt (view): 1 of 1": await viewGas(chain, single.policy, encode("acceptedHashAt", [pathKey])),
    "acceptedHashOfDerivation (view): 1 of 1": await viewGas(
      chain,
      single.policy,
      encode("acceptedHashOfDerivation", derivation),
    ),
    "isAccepted (view): 1 of 1": await isAccepted(single, output.storePath, output.narHash),
    "isAccepted (view): 1 of 1, any hash, the second": await isAccepted(
      any,
      rebuilt.storePath,
      hashOf("another build"),
    ),
  };
}

function encode(functionName: string, args: readonly string[]): Hex {
  return encodeFunctionData({ abi: trustPolicyAbi as Abi, functionName, args });
}
