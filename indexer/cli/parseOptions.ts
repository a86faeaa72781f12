import { Command, InvalidArgumentError, Option } from "commander";

/** The command line. */
export interface CliOptions {
  settingsFile: string;
  /** Postgres, instead of the settings' database. */
  databaseUrl?: string;
  /** PGlite's folder, if neither names a database. */
  data: string;
  serve: boolean;
  host: string;
  port: number;
}

/** Parses the command line; exits with code 2 if it is invalid, and with 0 after `--help`. */
export function parseOptions(argv: readonly string[]): CliOptions {
  const command = new Command("npm run indexer --")
    .description(
      "Reads what Cartenix's contracts recorded on one or more chains, follows them, and serves it as GraphQL, REST and SQL.",
    )
    .argument(
      "<settings>",
      "JSON file: chains, each with rpcUrls and the paths of deployment files; docs/operating.md describes it",
    )
    .addOption(
      new Option(
        "--database-url <url>",
        "Postgres to keep the index in, instead of the settings' database",
      ).env("DATABASE_URL"),
    )
    .option("--data <folder>", "folder to keep the index in if no database is named", "cartenix-indexer-data")
    .option("--serve", "only serve what another process indexes with the same settings, on Postgres", false)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 chooses a free one", parsePort, 10_012)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv);
  return { ...command.opts<Omit<CliOptions, "settingsFile">>(), settingsFile: command.args[0]! };
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError("It must be a port: 0 to 65535.");
  }
  return Number(text);
}
