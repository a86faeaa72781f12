import { helloOutput } from "../../test/contracts/support/sampleOutputs.ts";
import { endEpoch, Outputs, startRollup } from "../../test/contracts/support/startRollup.ts";
import { BATCH_LENGTH, perFurther } from "./measureRegistry.ts";

/** Gas of vouchers to the registry, executed through Cartesi's own Application. */
export async function measureVoucher() {
  const { chain, application, authority, registry } = await startRollup();
  const outputs = new Outputs();
  const earlier = outputs.recordVoucher(registry.address, [helloOutput("earlier")]);
  const one = outputs.recordVoucher(registry.address, [helloOutput("one")]);
  const batch = outputs.recordVoucher(
    registry.address,
    Array.from({ length: BATCH_LENGTH }, (_, index) => helloOutput(`batch ${index}`)),
  );
  const claim = authority.write.submitClaim([application.address, await endEpoch(chain), outputs.root]);
  const submitClaim = Number(await chain.gasOf(claim));
  const execute = async (index: bigint) =>
    Number(await chain.gasOf(application.write.executeOutput([...outputs.proven(index)])));
  await execute(earlier);
  const executeOne = await execute(one);
  return {
    submitClaim: submitClaim,
    "executeOutput: a voucher with one output": executeOne,
    "executeOutput: each further output of a voucher": perFurther(executeOne, await execute(batch)),
  };
}
