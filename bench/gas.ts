import { startChain } from "../test/contracts/support/startChain.ts";
import type { Bench } from "./bench.ts";
import { measureEas, measurePlainMapping } from "./gas/measureOthers.ts";
import { measurePolicy } from "./gas/measurePolicy.ts";
import { measureRegistry } from "./gas/measureRegistry.ts";

const bench: Bench = {
  description: "recording an output, against the Ethereum Attestation Service and against a plain mapping",
  async run(progress) {
    const stage = progress.stage("measuring on a local chain");
    const chain = await startChain();
    const ours = { ...(await measureRegistry(chain)), ...(await measurePolicy()) };
    const [eas, mapping] = [await measureEas(chain), await measurePlainMapping(chain)];
    stage.done();
    const one = ours["record: one output"];
    const further = ours["record: each further output of a batch"];
    const compare = (metric: string, ours: number, other: number) => ({ metric, unit: "gas", ours, other });
    return [
      compare("one output / one EAS attestation", one, eas.one),
      compare("each further output / each further EAS attestation", further, eas.further),
      compare("one output / one plain mapping write", one, mapping.one),
      compare("each further output / each further plain mapping write", further, mapping.further),
      compare("acceptedHash, 1 of 1 / hashAt", ours["acceptedHash (view): 1 of 1"], ours["hashAt (view)"]),
    ];
  },
};

export default bench;
