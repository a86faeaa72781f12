import type { Command } from "commander";
import { findRequest, type RequestSubject, readBuildLog, readReports } from "../../client/index.ts";
import { defineAction } from "../action.ts";
import { RequestNotFoundError } from "../cliErrors.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireDeployment, requireMachine } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { parseSubject, placeOfRequests } from "../submission/requestSubject.ts";

export function addLog(program: Command): void {
  const command = program
    .command("log")
    .summary("print the log of a build")
    .description(
      "Prints the log of a build, whether it succeeded or failed, as a node tells it. Nothing proves a log.",
    )
    .argument("<request|drv>", "the index of a request's input, or a derivation", parseSubject)
    .addHelpText(
      "after",
      "\nExamples:\n  cartenix log --network main 7\n  cartenix log --network main /nix/store/…-hello.drv",
    );
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, subject: RequestSubject) => {
    const settings = await resolveSettings(command);
    const deployment = requireDeployment(settings);
    const machine = requireMachine(settings);
    const kept = "drvPath" in subject ? await readBuildLog(machine, { ...subject, signal }) : undefined;
    if (kept !== undefined) {
      return outcomeOf(kept, null);
    }
    const connection = await connect(settings, signal);
    const request = await findRequest(connection.client, {
      ...placeOfRequests(deployment, connection, machine, signal),
      subject,
    });
    if (!request) {
      throw new RequestNotFoundError("the chain has no such request", {
        remedy: "check the index or the derivation, and --deployment",
      });
    }
    let log = "";
    for await (const report of readReports(machine, { inputIndex: request.index, signal })) {
      log += report.kind === "log" ? report.text : "message" in report ? `${report.message}\n` : "";
    }
    return outcomeOf(log, request.index);
  });
}

function outcomeOf(log: string, inputIndex: bigint | null) {
  return { exitCode: 0, text: log, json: { inputIndex, log } };
}
