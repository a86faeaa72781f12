import { basename, join } from "node:path";
import { type FileDescription, TypeChainTarget } from "typechain";

/** A TypeChain target: one file a contract with its ABI `as const`, for viem and Ponder, and an index of them all. */
export default class ConstAbiTarget extends TypeChainTarget {
  readonly name = "const-abi";
  readonly #exports: string[] = [];

  override transformFile(file: FileDescription): FileDescription {
    const contract = basename(file.path, ".json");
    const module = moduleName(contract);
    const { abi } = JSON.parse(file.contents) as { abi: unknown };
    this.#exports.push(`export { ${module}Abi } from "./${module}.ts";`);
    return this.#write(
      `${module}.ts`,
      `/** The ABI of \`${contract}\`. */\nexport const ${module}Abi = ${JSON.stringify(abi)} as const;\n`,
    );
  }

  override afterRun(): FileDescription {
    return this.#write("index.ts", `${this.#exports.sort().join("\n")}\n`);
  }

  #write(file: string, contents: string): FileDescription {
    return {
      path: join(this.cfg.outDir ?? ".", file),
      contents,
    };
  }
}

/** `IConsensus` becomes `iConsensus`, `BuildRegistry` becomes `buildRegistry`. */
function moduleName(contract: string): string {
  return contract.charAt(0).toLowerCase() + contract.slice(1);
}
