import assert from "node:assert/strict";
import fc from "fast-check";
import hre from "hardhat";
import { before, describe, it } from "mocha";
import { type Abi, bytesToHex, type Hex, hexToString, stringToHex } from "viem";
import { encodeNar, narHash } from "../../nix/index.ts";
import { encodeStatement } from "../../protocol/index.ts";
import { sampleStatement } from "../protocol/support/sampleStatement.ts";
import { hashOf, helloOutput, INPUT_INDEX, type Output, storePath } from "./support/sampleOutputs.ts";
import { endEpoch, Outputs, startRollup } from "./support/startRollup.ts";

/** The handler's statement about these outputs of one derivation, built from `dependency`. */
function statementAbout(outputs: Output[], dependency: { path: string; narHash: Hex }): Hex {
  const statement = sampleStatement({
    drvPath: outputs[0]!.drvPath,
    system: 'riscv64-linux]},"digest":{"sha256":"',
    outputs: outputs.map((output) => ({
      name: output.outputName,
      path: output.storePath,
      narHash: output.narHash.slice(2),
      narSize: Number(output.narSize),
      references: output.references,
    })),
    inputs: [{ path: dependency.path, narHash: dependency.narHash.slice(2) }],
  });
  return bytesToHex(encodeStatement(statement));
}

/** A subject from the end of its annotations on. */
function subjectEnd({ storePath, narHash }: Output): string {
  return `]},"digest":{"sha256":"${narHash.slice(2)}"},"mediaType":"application/x-nix-nar","name":"${storePath}"}`;
}

describe("OutputVerifier", () => {
  let rollup: Awaited<ReturnType<typeof startRollup>>;
  let probe: { address: Hex; abi: Abi };
  const outputs = new Outputs();
  const built = [
    helloOutput("out", { references: [] }),
    helloOutput("lib", { outputName: "lib", drvPath: helloOutput("out").drvPath }),
  ];
  const dependency = { path: storePath("dependency", "gcc-12"), narHash: hashOf("dependency") };
  const statement = statementAbout(built, dependency);
  /** Notices that end with a subject, which the handler's never do: the second is nothing else. */
  const endings = [`{"subject":[${subjectEnd(built[0]!)}`, subjectEnd(built[0]!)].map((text) =>
    stringToHex(text),
  );
  let notice: bigint;
  let voucher: bigint;
  let firstEnding: bigint;

  before(async () => {
    rollup = await startRollup();
    const { abi } = await hre.artifacts.readArtifact("OutputVerifierProbe");
    probe = await rollup.chain.deploy("OutputVerifierProbe", abi as Abi);
    notice = outputs.notice(statement);
    voucher = outputs.recordVoucher(rollup.registry.address, built);
    firstEnding = voucher + 1n;
    for (const ending of endings) {
      outputs.notice(ending);
    }
    const last = await endEpoch(rollup.chain);
    await rollup.authority.write.submitClaim([rollup.application.address, last, outputs.root]);
  });

  const text = Buffer.from(statement.slice(2), "hex").toString();
  const positionOf = (hash: Hex) => BigInt(text.indexOf(`]},"digest":{"sha256":"${hash.slice(2)}`));
  const call = (functionName: string, args: unknown[]) =>
    rollup.chain.client.readContract({ ...probe, functionName, args });
  const proofOf = (index: bigint) => outputs.proven(index)[1];
  const requireSubject = (path: string, hash: Hex, position = positionOf(hash), payload = statement) =>
    call("requireSubject", [rollup.application.address, payload, proofOf(notice), path, hash, position]);
  const refusesSubject = (path: string, hash: Hex, position?: bigint) =>
    rollup.chain.viem.assertions.revertWithCustomError(
      requireSubject(path, hash, position) as never,
      probe,
      "NotASubject",
    );

  it("accepts a notice that an accepted claim contains, and no other", async () => {
    const { application } = rollup;
    await call("requireNotice", [application.address, statement, proofOf(notice)]);
    for (const wrong of [
      [`${statement}00`, notice],
      [statement, voucher],
      ["0x", notice],
    ] as const) {
      await rollup.chain.viem.assertions.revertWithCustomError(
        call("requireNotice", [application.address, wrong[0], proofOf(wrong[1])]) as never,
        application,
        "InvalidOutputsMerkleRoot",
      );
    }
  });

  it("accepts each subject of the handler's own statement", async () => {
    for (const { storePath, narHash } of built) {
      await requireSubject(storePath, narHash);
    }
  });

  it("refuses a statement that no accepted claim contains, whatever it says", async () => {
    const [out] = built as [Output];
    const forged = stringToHex(text.replace(out.narHash.slice(2), "f".repeat(64)));
    const hash: Hex = `0x${"f".repeat(64)}`;
    await rollup.chain.viem.assertions.revertWithCustomError(
      requireSubject(out.storePath, hash, positionOf(out.narHash), forged) as never,
      rollup.application,
      "InvalidOutputsMerkleRoot",
    );
  });

  it("accepts a subject up to the last byte of a statement, and none that would go on", async () => {
    const { storePath, narHash } = built[0]!;
    for (const [place, ending] of endings.entries()) {
      const proof = proofOf(firstEnding + BigInt(place));
      const position = BigInt(hexToString(ending).indexOf("]},"));
      const at = (position: bigint) =>
        call("requireSubject", [rollup.application.address, ending, proof, storePath, narHash, position]);
      await at(position);
      await rollup.chain.viem.assertions.revertWithCustomError(
        at(position + 1n) as never,
        probe,
        "NotASubject",
      );
    }
  });

  it("refuses another path, another hash, and a dependency", async () => {
    const [out, lib] = built as [Output, Output];
    await refusesSubject(lib.storePath, out.narHash, positionOf(out.narHash));
    await refusesSubject(out.storePath, lib.narHash, positionOf(out.narHash));
    const place = BigInt(text.indexOf(`"digest":{"sha256":"${dependency.narHash.slice(2)}`));
    for (const position of [place - 3n, place - 2n, place - 1n, place, 0n]) {
      await refusesSubject(dependency.path, dependency.narHash, position);
    }
  });

  it("refuses every other position, also beyond the end", async () => {
    const [out] = built as [Output];
    const right = positionOf(out.narHash);
    const end = BigInt(text.length);
    for (const position of [right - 1n, right + 1n, 0n, end - 1n, end, end + 1n, 2n ** 256n - 1n]) {
      await refusesSubject(out.storePath, out.narHash, position);
    }
  });

  it("refuses a malformed path, even if it continues the statement", async () => {
    const [out] = built as [Output];
    const rest = text.slice(text.indexOf(out.storePath), text.lastIndexOf('"}'));
    await refusesSubject(rest, out.narHash);
  });

  it("accepts the outputs of a voucher before it is executed, only all of them and in its order", async () => {
    const { application, registry } = rollup;
    const requireRecorded = (records: Output[], registryAddress = registry.address) =>
      call("requireRecorded", [application.address, registryAddress, INPUT_INDEX, records, proofOf(voucher)]);
    assert.equal(await registry.read.isRecorded([application.address, built[0]!.storePath]), false);
    await requireRecorded(built);
    for (const wrong of [
      built.toReversed(),
      built.slice(1),
      [{ ...built[0]!, narSize: 1n }, built[1]!],
      [],
    ]) {
      await rollup.chain.viem.assertions.revertWithCustomError(
        requireRecorded(wrong) as never,
        application,
        "InvalidOutputsMerkleRoot",
      );
    }
    await rollup.chain.viem.assertions.revertWithCustomError(
      requireRecorded(built, application.address) as never,
      application,
      "InvalidOutputsMerkleRoot",
    );
  });

  it("computes the NAR hash of a file as nix/ does", async () => {
    const sizes = [0, 1, 7, 8, 9, 31, 32, 33, 24_576];
    const contents = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(...sizes.map((size) => new Uint8Array(size).fill(7))),
    );
    await fc.assert(
      fc.asyncProperty(contents, async (bytes) => {
        const nar = encodeNar({ kind: "regular", executable: false, contents: bytes });
        assert.equal(await call("narHashOf", [bytesToHex(bytes)]), bytesToHex(narHash(nar).sha256));
      }),
      { numRuns: 40 },
    );
  });
});
