import { readFileSync } from "node:fs";
import hre from "hardhat";
import { UsageError } from "../../support/index.ts";
import { type AstNode, nodesBelow } from "./ast.ts";
import { compile, type SolcInput } from "./solc.ts";

/** A contract with code, as Hardhat compiled it. */
export interface Contract {
  readonly name: string;
  /** Its artifact's path in the repository. */
  readonly artifact: string;
  /** As Hardhat compiled it, with `0x`. */
  readonly bytecode: string;
  /** The files that it is compiled from. */
  readonly files: ReadonlySet<string>;
}

export interface Code {
  readonly bytecode: string;
  readonly deployedBytecode: string;
}

interface Artifact {
  readonly bytecode: string;
  readonly sourceName: string;
  readonly inputSourceName: string;
  readonly buildInfoId: string;
}

/** The contracts of this project, compiled again as often as needed. */
export class Contracts {
  readonly #inputs = new Map<string, SolcInput>();
  readonly #trees = new Map<string, AstNode>();
  readonly #contracts = new Map<Contract, Artifact>();

  /** Builds the project with Hardhat and reads what it compiled. */
  static async build(): Promise<Contracts> {
    await hre.tasks.getTask("build").run({ quiet: true });
    const contracts = new Contracts();
    for (const path of await hre.artifacts.getAllArtifactPaths()) {
      contracts.#add(path);
    }
    return contracts;
  }

  get all(): readonly Contract[] {
    return [...this.#contracts.keys()];
  }

  /** The files to mutate with their syntax trees: all sources but those for tests. */
  get trees(): ReadonlyMap<string, AstNode> {
    return new Map([...this.#trees].filter(([file]) => !file.startsWith("contracts/test/")).sort());
  }

  /**
   * Compiles a contract, with a source in place of the one of its file. By the pipeline without IR, which is faster and does the same.
   *
   * @returns `undefined` if it does not compile.
   */
  compile(contract: Contract, file?: string, source?: string): Code | undefined {
    const { inputSourceName, buildInfoId } = this.#contracts.get(contract)!;
    const { settings, ...input } = this.#inputs.get(buildInfoId)!;
    const names = [...contract.files].map((name) => `${PROJECT}${name}`);
    const sources = Object.fromEntries(names.map((name) => [name, input.sources[name]!]));
    const output = compile({
      ...input,
      sources: file === undefined ? sources : { ...sources, [`${PROJECT}${file}`]: { content: source! } },
      settings: {
        ...settings,
        viaIR: false,
        outputSelection: {
          [inputSourceName]: { [contract.name]: ["evm.bytecode.object", "evm.deployedBytecode.object"] },
        },
      },
    });
    const evm = output?.contracts?.[inputSourceName]?.[contract.name]?.evm;
    return (
      evm && {
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
      }
    );
  }

  #add(path: string): void {
    const artifact = JSON.parse(readFileSync(path, "utf8")) as Artifact;
    this.#readBuildInfo(artifact.buildInfoId);
    if (artifact.bytecode === "0x") {
      return;
    }
    const artifactPath = path.slice(hre.config.paths.root.length + 1);
    const contract = {
      name: artifactPath
        .split("/")
        .at(-1)!
        .replace(/\.json$/, ""),
      artifact: artifactPath,
      bytecode: artifact.bytecode,
      files: importsOf(artifact.sourceName, this.#trees),
    };
    this.#contracts.set(contract, artifact);
  }

  #readBuildInfo(id: string): void {
    if (this.#inputs.has(id)) {
      return;
    }
    const path = `${hre.config.paths.artifacts}/build-info/${id}.json`;
    const { input } = JSON.parse(readFileSync(path, "utf8")) as { input: SolcInput };
    this.#inputs.set(id, input);
    const output = compile({
      ...input,
      settings: { ...input.settings, outputSelection: { "*": { "": ["ast"] } } },
    });
    if (!output) {
      throw new UsageError("the contracts do not compile", { remedy: "npm run abi" });
    }
    for (const [name, { ast }] of Object.entries(output.sources!)) {
      this.#trees.set(name.slice(PROJECT.length), ast as AstNode);
    }
  }
}

/** What Hardhat puts before the names of our sources. */
const PROJECT = "project/";

/** A file and all files that it imports, directly or not. */
function importsOf(
  file: string,
  trees: ReadonlyMap<string, AstNode>,
  found = new Set<string>(),
): ReadonlySet<string> {
  if (!found.has(file)) {
    found.add(file);
    for (const { node } of nodesBelow(trees.get(file))) {
      if (node.nodeType === "ImportDirective") {
        importsOf(String(node.absolutePath).slice(PROJECT.length), trees, found);
      }
    }
  }
  return found;
}
