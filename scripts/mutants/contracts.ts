import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import hre from "hardhat";
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

/** What Hardhat compiled at once. It may hold old sources of other contracts, which were compiled anew since. */
interface Build {
  readonly input: SolcInput;
  readonly trees: ReadonlyMap<string, AstNode>;
}

/** The contracts of this project, compiled again as often as needed. */
export class Contracts {
  readonly #builds = new Map<string, Build>();
  readonly #contracts = new Map<Contract, Artifact>();
  readonly #trees = new Map<string, AstNode>();

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

  /** The files to mutate, with their syntax trees. */
  get trees(): ReadonlyMap<string, AstNode> {
    return new Map([...this.#trees].filter(([file]) => MUTATED.test(file)).sort());
  }

  /**
   * Compiles a contract, with a source in place of the one of its file. Without IR and optimizer: it takes half the time, and the
   * contract does the same, for more gas.
   *
   * @returns `undefined` if it does not compile.
   */
  compile(contract: Contract, file?: string, source?: string): Code | undefined {
    const { inputSourceName, buildInfoId } = this.#contracts.get(contract)!;
    const { settings, ...input } = this.#builds.get(buildInfoId)!.input;
    const names = [...contract.files].map(sourceNameOf);
    const sources = Object.fromEntries(names.map((name) => [name, input.sources[name]!]));
    const output = compile({
      ...input,
      sources: file === undefined ? sources : { ...sources, [sourceNameOf(file)]: { content: source! } },
      settings: {
        ...settings,
        viaIR: false,
        optimizer: { enabled: false },
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
    if (artifact.bytecode === "0x") {
      return;
    }
    const { trees } = this.#build(artifact.buildInfoId);
    const contract: Contract = {
      name: basename(path, ".json"),
      artifact: relative(hre.config.paths.root, path),
      bytecode: artifact.bytecode,
      files: importsOf(artifact.sourceName, trees),
    };
    this.#contracts.set(contract, artifact);
    for (const file of contract.files) {
      this.#trees.set(file, trees.get(file)!);
    }
  }

  #build(id: string): Build {
    const found = this.#builds.get(id) ?? readBuild(`${hre.config.paths.artifacts}/build-info/${id}.json`);
    this.#builds.set(id, found);
    return found;
  }
}

function readBuild(path: string): Build {
  const { input } = JSON.parse(readFileSync(path, "utf8")) as { input: SolcInput };
  const settings = { ...input.settings, outputSelection: { "*": { "": ["ast"] } } };
  const { sources } = compile({ ...input, settings })!;
  return {
    input,
    trees: new Map(Object.entries(sources!).map(([name, { ast }]) => [fileOf(name), ast as AstNode])),
  };
}

/** Our own sources, but those for tests. */
const MUTATED = /^contracts\/(?!test\/)/;

/** What Hardhat puts before the names of our sources, and of those of packages. */
const PROJECT = "project/";
const PACKAGES = "npm/";

function fileOf(sourceName: string): string {
  return sourceName.startsWith(PROJECT) ? sourceName.slice(PROJECT.length) : sourceName;
}

function sourceNameOf(file: string): string {
  return file.startsWith(PACKAGES) ? file : `${PROJECT}${file}`;
}

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
        importsOf(fileOf(String(node.absolutePath)), trees, found);
      }
    }
  }
  return found;
}
