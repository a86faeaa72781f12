import { createRequire } from "node:module";
import {
  type Abi,
  encodeAbiParameters,
  type Hex,
  parseAbi,
  parseAbiParameters,
  zeroAddress,
  zeroHash,
} from "viem";
import { pathKeyOf } from "../../test/contracts/support/registryModel.ts";
import { helloOutput, type Output } from "../../test/contracts/support/sampleOutputs.ts";
import type { TestChain } from "../../test/contracts/support/startChain.ts";
import { BATCH_LENGTH, perFurther } from "./measureRegistry.ts";

const require = createRequire(import.meta.url);

/** All that a voucher tells the registry. */
const WHOLE_SCHEMA =
  "string storePath, string drvPath, string outputName, bytes32 narHash, uint64 narSize, bytes32 inputsHash, string[] references";

const schemaRegistryAbi = parseAbi([
  "function register(string schema, address resolver, bool revocable) returns (bytes32)",
  "event Registered(bytes32 indexed uid, address indexed registerer, (bytes32 uid, address resolver, bool revocable, string schema) schema)",
]);

const easAbi = parseAbi([
  "constructor(address registry)",
  "struct AttestationRequestData { address recipient; uint64 expirationTime; bool revocable; bytes32 refUID; bytes data; uint256 value; }",
  "struct AttestationRequest { bytes32 schema; AttestationRequestData data; }",
  "struct MultiAttestationRequest { bytes32 schema; AttestationRequestData[] data; }",
  "function attest(AttestationRequest request) payable returns (bytes32)",
  "function multiAttest(MultiAttestationRequest[] multiRequests) payable returns (bytes32[])",
]);

/** What the registry's slots hold. */
const BARE_SCHEMA = "bytes32 pathKey, bytes32 narHash";

/** Gas of attesting all that a voucher says in the Ethereum Attestation Service, deployed from the artifacts of its package. */
export function measureEas(chain: TestChain) {
  return measureAttestations(chain, WHOLE_SCHEMA, wholeAttestationOf);
}

/** Gas of attesting there just the path key and the NAR hash, which nobody can look up by path. */
export function measureBareEas(chain: TestChain) {
  return measureAttestations(chain, BARE_SCHEMA, bareAttestationOf);
}

async function measureAttestations(
  chain: TestChain,
  schemaText: string,
  attestationOf: (output: Output) => Hex,
) {
  const schemas = await chain.deployCode(schemaRegistryAbi, creationCodeOf("SchemaRegistry"));
  const eas = await chain.deployCode(easAbi, creationCodeOf("EAS"), [schemas.address]);
  await schemas.write.register([schemaText, zeroAddress, false]);
  const requestOf = (seed: string) => ({
    recipient: zeroAddress,
    expirationTime: 0n,
    revocable: false,
    refUID: zeroHash,
    data: attestationOf(helloOutput(seed)),
    value: 0n,
  });
  const [registered] = await schemas.getEvents.Registered();
  const schema = registered!.args.uid!;
  await eas.write.attest([{ schema, data: requestOf("earlier") }]);
  const one = Number(await chain.gasOf(eas.write.attest([{ schema, data: requestOf("one") }])));
  const data = Array.from({ length: BATCH_LENGTH }, (_, index) => requestOf(`batch ${index}`));
  const batch = Number(await chain.gasOf(eas.write.multiAttest([[{ schema, data }]])));
  return { one, further: perFurther(one, batch) };
}

/** Gas of a mapping from a key to the hash, and nothing else. */
export async function measurePlainMapping(chain: TestChain) {
  const abi = parseAbi([
    "function set(bytes32 key, bytes32 narHash)",
    "function setMany(bytes32[] keys, bytes32[] narHashes)",
  ]);
  const mapping = await chain.deploy("PlainMapping", abi);
  const output = helloOutput("one");
  const one = Number(await chain.gasOf(mapping.write.set([pathKeyOf(output.storePath), output.narHash])));
  const batch = Array.from({ length: BATCH_LENGTH }, (_, index) => helloOutput(`batch ${index}`));
  const keys = batch.map(({ storePath }) => pathKeyOf(storePath));
  const many = mapping.write.setMany([keys, batch.map(({ narHash }) => narHash)]);
  return { one, further: perFurther(one, Number(await chain.gasOf(many))) };
}

function wholeAttestationOf(output: Output): Hex {
  return encodeAbiParameters(parseAbiParameters(WHOLE_SCHEMA), [
    output.storePath,
    output.drvPath,
    output.outputName,
    output.narHash,
    output.narSize,
    output.inputsHash,
    output.references,
  ]);
}

function bareAttestationOf({ storePath, narHash }: Output): Hex {
  return encodeAbiParameters(parseAbiParameters(BARE_SCHEMA), [pathKeyOf(storePath), narHash]);
}

function creationCodeOf(contract: string): Hex {
  const path = `@ethereum-attestation-service/eas-contracts/artifacts/contracts/${contract}.sol/${contract}.json`;
  return (require(path) as { abi: Abi; bytecode: Hex }).bytecode;
}
