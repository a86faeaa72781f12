import type { Command } from "commander";
import { reportError } from "../action.ts";
import { loadOperatorParts } from "../loadOperatorParts.ts";

/** Commands whose programs only the repository has: the machine, its node, and what deploys and indexes. */
const OPERATOR_COMMANDS = [
  ["template", "make the machine's template, or find it in the cache", "cartenix template --json"],
  [
    "node",
    "run a node for an application",
    "cartenix node --deployment deploy/chains/1.json --template FOLDER",
  ],
  ["indexer", "index chains, and serve GraphQL, REST and SQL", "cartenix indexer indexer.json"],
  ["deploy", "deploy the contracts and an application", "cartenix deploy --network localhost --dry-run"],
  ["demo", "one build from Nix to GraphQL, on this computer", "cartenix demo hello"],
] as const;

export type OperatorCommand = (typeof OPERATOR_COMMANDS)[number][0];

/** Adds the commands of operators, which pass their arguments on, `--help` included. */
export function addOperatorCommands(program: Command): void {
  for (const [name, summary, example] of OPERATOR_COMMANDS) {
    program
      .command(name)
      .summary(`${summary} (repository only)`)
      .usage("[arguments]")
      .helpOption(false)
      .allowUnknownOption()
      .argument("[arguments...]", `as of \`npm run ${name}\`, such as: ${example}`)
      .action(async (args: string[]) => {
        try {
          process.exitCode = await (await loadOperatorParts()).runInRepository(name, args);
        } catch (error) {
          reportError(error, false);
        }
      });
  }
}
