import { createHash } from "node:crypto";
import type { Hex } from "viem";
import { inputBoxAbi } from "../../abi/index.ts";
import { encodeBuild, encodeUpload, splitUploads } from "../../protocol/index.ts";
import { helloOutput } from "../../test/contracts/support/sampleOutputs.ts";
import { endEpoch, Outputs, startRollup } from "../../test/contracts/support/startRollup.ts";

/** A bundle as small as that of a derivation with one source; compressed, it looks random. */
const BUNDLE_BYTES = 600;

/** Gas of everything that one build puts on chain: upload, request, claim and the execution of its voucher. */
export async function measureBuild() {
  const { chain, deployment, application, authority, registry } = await startRollup();
  const inputBox = chain.contractAt(deployment.inputBox, inputBoxAbi);
  const addInput = async (payload: Hex) =>
    Number(await chain.gasOf(inputBox.write.addInput([application.address, payload])));
  const outputs = new Outputs();
  const earlier = outputs.recordVoucher(registry.address, [helloOutput("earlier")]);
  const built = outputs.recordVoucher(registry.address, [helloOutput("built")]);
  const { drvPath } = helloOutput("built");
  const { sha256, uploads } = splitUploads(bundle());

  await addInput(encodeBuild({ bundle: sha256, drvPath }));
  const upload = await addInput(encodeUpload(uploads[0]!));
  const request = await addInput(encodeBuild({ bundle: sha256, drvPath }));
  const claim = authority.write.submitClaim([application.address, await endEpoch(chain), outputs.root]);
  const submitClaim = Number(await chain.gasOf(claim));
  const execute = async (index: bigint) =>
    Number(await chain.gasOf(application.write.executeOutput([...outputs.proven(index)])));
  await execute(earlier);
  return {
    [`addInput: an upload of ${BUNDLE_BYTES} bytes`]: upload,
    "addInput: a build request": request,
    "a whole build of one output, with a claim of its own":
      upload + request + submitClaim + (await execute(built)),
  };
}

function bundle(): Buffer {
  const blocks = Array.from({ length: Math.ceil(BUNDLE_BYTES / 32) }, (_, index) =>
    createHash("sha256").update(`${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, BUNDLE_BYTES);
}
