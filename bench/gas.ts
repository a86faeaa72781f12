import { startChain } from "../test/contracts/support/startChain.ts";
import type { Bench } from "./bench.ts";
import { measureBuild } from "./gas/measureBuild.ts";
import { measureBareEas, measureEas, measurePlainMapping } from "./gas/measureOthers.ts";
import { measurePolicy } from "./gas/measurePolicy.ts";
import { measureRegistry } from "./gas/measureRegistry.ts";

const bench: Bench = {
  description:
    "recording an output, and a whole build, against the Ethereum Attestation Service and a plain mapping, today and under Amsterdam",
  async run(progress) {
    const stage = progress.stage("measuring on a local chain");
    const chain = await startChain();
    const ours = { ...(await measureRegistry(chain)), ...(await measurePolicy()), ...(await measureBuild()) };
    const [eas, bareEas] = [await measureEas(chain), await measureBareEas(chain)];
    const mapping = await measurePlainMapping(chain);
    // EAS cannot be deployed under these rules within the gas of one transaction
    const next = await startChain("amsterdam");
    const oursNext = await measureRegistry(next);
    const mappingNext = await measurePlainMapping(next);
    stage.done();
    const one = ours["record: one output"];
    const further = ours["record: each further output of a batch"];
    const oneNext = oursNext["record: one output"];
    const furtherNext = oursNext["record: each further output of a batch"];
    const wholeBuild = ours["a whole build of one output, with a claim of its own"]!;
    const compare = (metric: string, ours: number, other: number) => ({ metric, unit: "gas", ours, other });
    return [
      compare("one output / EAS attestation of all that a voucher says", one, eas.one),
      compare("each further output / each further such attestation", further, eas.further),
      compare("one output / EAS attestation of key and hash", one, bareEas.one),
      compare(
        "each further output / each further such attestation of key and hash",
        further,
        bareEas.further,
      ),
      compare("one output / plain mapping write", one, mapping.one),
      compare("each further output / each further plain mapping write", further, mapping.further),
      compare(
        "upload, request, claim and execution of one build / EAS attestation of its result",
        wholeBuild,
        eas.one,
      ),
      compare("acceptedHash, 1 of 1 / hashAt", ours["acceptedHash (view): 1 of 1"], ours["hashAt (view)"]),
      compare("under Amsterdam: one output / plain mapping write", oneNext, mappingNext.one),
      compare(
        "under Amsterdam: each further output / each further mapping write",
        furtherNext,
        mappingNext.further,
      ),
    ];
  },
};

export default bench;
