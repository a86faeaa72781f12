import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import {
  applicationFactoryAddress,
  authorityFactoryAddress,
  inputBoxAddress,
  quorumFactoryAddress,
} from "@cartesi/viem/abi";
import { policyFactoryAddress, registryAddress } from "../../abi/index.ts";
import { generate } from "../../abi/typechain/generate.ts";
import { compileModules } from "./compileModules.ts";
import { CONTRACTS } from "./definition.ts";
import { LIB, ROOT, startPackage } from "./stagePackage.ts";

const INDEX = `export * from "./abi/contracts/index.ts";
export * from "./abi/enums.ts";
export * from "./addresses.ts";
`;

/** Contracts that only our tests deploy. */
const TEST_CONTRACTS = "test";

/** Makes the package `@cartenix/contracts` in a folder. */
export async function stageContracts(folder: string): Promise<void> {
  startPackage(folder, CONTRACTS);
  const solidity = join(ROOT, "contracts");
  cpSync(solidity, folder, {
    recursive: true,
    filter: (source) => !source.endsWith(".md") && relative(solidity, source) !== TEST_CONTRACTS,
  });
  const modules = mkdtempSync(join(tmpdir(), "cartenix-bindings-"));
  try {
    await generate(modules);
    cpSync(join(ROOT, "abi/enums.ts"), join(modules, "abi/enums.ts"));
    writeFileSync(join(modules, "addresses.ts"), addressesModule());
    writeFileSync(join(modules, "index.ts"), INDEX);
    writeFileSync(join(modules, "package.json"), '{ "type": "module" }\n');
    symlinkSync(join(ROOT, "node_modules"), join(modules, "node_modules"));
    compileModules(modules, Object.values(CONTRACTS.entryPoints), join(folder, LIB));
  } finally {
    rmSync(modules, { recursive: true });
  }
}

/** Computed here, so that nobody needs viem to know them. */
function addressesModule(): string {
  const addresses = {
    buildRegistry: registryAddress(),
    trustPolicyFactory: policyFactoryAddress(),
    applicationFactory: applicationFactoryAddress,
    authorityFactory: authorityFactoryAddress,
    inputBox: inputBoxAddress,
    quorumFactory: quorumFactoryAddress,
  };
  return Object.entries(addresses)
    .map(([contract, address]) => {
      const name = `${contract.charAt(0).toUpperCase()}${contract.slice(1)}`;
      return `/** The address of \`${name}\` on every chain that has it. */\nexport const ${contract}Address = "${address}";\n`;
    })
    .join("\n");
}
