import { makeTemplate } from "../../machine/image/index.ts";
import { cachePath, createProgress } from "../../support/index.ts";
import type { ActionContext, Outcome } from "../action.ts";
import { MissingSettingError } from "../cliErrors.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { type AuditedClaim, auditApplication } from "./auditApplication.ts";

/** Audits the application of the settings' deployment. */
export async function runAudit({ command, signal }: ActionContext): Promise<Outcome> {
  const settings = await resolveSettings(command);
  const deployment = settings.deployment?.value;
  if (deployment === undefined) {
    throw new MissingSettingError("it is not said which application to audit", {
      remedy: "give its deployment file: --deployment",
    });
  }
  const { client, blockNumber: toBlock } = await connect(settings, signal);
  const { template, data } = command.opts<{ template?: string; data?: string }>();
  const progress = createProgress();
  const claims = await auditApplication({
    ...{ client, deployment, toBlock, progress, signal },
    rpcUrl: settings.rpcUrls.value[0]!,
    templateDirectory: template ?? (await makeTemplate({ progress })).directory,
    dataDirectory: data ?? cachePath("audits"),
  });
  const wrong = claims.filter(({ isRight }) => !isRight);
  return {
    exitCode: exitCodeOf(wrong.length > 0 ? "differs" : "accepted"),
    text: [...claims.map(formatClaim), `${claims.length} claims, ${wrong.length} of them wrong`].join("\n"),
    json: { status: wrong.length > 0 ? "differs" : "accepted", application: deployment.application, claims },
  };
}

function formatClaim(claim: AuditedClaim): string {
  const { lastProcessedBlockNumber, submitter, outputsMerkleRoot, expected, isRight, firstInput, endInput } =
    claim;
  const inputs = firstInput === endInput ? "no new inputs" : `inputs ${firstInput} to ${endInput - 1n}`;
  const head = `${isRight ? "right" : "WRONG"}  up to block ${lastProcessedBlockNumber}, ${inputs}, by ${submitter}`;
  return isRight ? head : `${head}\n  claimed  ${outputsMerkleRoot}\n  computed ${expected}`;
}
