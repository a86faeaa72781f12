import { db } from "ponder:api";
import { output } from "ponder:schema";
import { and, eq, inArray } from "ponder";
import { nodeOf, readSettings } from "../../../settings.ts";
import { runNodeQuestion } from "../limits/lanes.ts";
import { NodeFault } from "../node/nodeFault.ts";
import { readLog } from "../node/readLog.ts";
import type { Terms } from "../rest/policyTerms.ts";
import { findVerdicts } from "../rest/verdicts.ts";

const settings = readSettings(process.env);

/** A derivation has few outputs, and few members have nodes here. */
const MAX_RECORDS = 50;

/** The log of a build of which a policy accepts an output, as the node of a member keeps it. */
export async function findLog(terms: Terms, drvPath: string): Promise<string | undefined> {
  for (const { application, inputIndex } of await findBuilds(terms, drvPath)) {
    const node = nodeOf(settings, terms.chainId, application)!;
    const log = await runNodeQuestion(() => readLog(node, inputIndex, drvPath).catch(passOver));
    if (log !== undefined) {
      return `cartenix: this log is the word of the node of ${application}; nothing proves it\n${log}`;
    }
  }
  return undefined;
}

async function findBuilds(terms: Terms, drvPath: string) {
  const { chainId, members } = terms;
  const applications = members
    .map(({ application }) => application)
    .filter((application) => nodeOf(settings, chainId, application) !== undefined);
  if (applications.length === 0) {
    return [];
  }
  const rows = await db
    .select({
      application: output.applicationAddress,
      ...{ inputIndex: output.inputIndex, pathKey: output.pathKey },
    })
    .from(output)
    .where(
      and(
        eq(output.drvPath, drvPath),
        eq(output.chainId, chainId),
        inArray(output.applicationAddress, applications),
      ),
    )
    .limit(MAX_RECORDS);
  const verdicts = await findVerdicts(
    terms,
    rows.map(({ pathKey }) => pathKey),
  );
  const accepted = rows.filter(({ pathKey }) => verdicts.get(pathKey)!.verdict === "accepted");
  const builds = accepted.map(
    (row) => [`${row.application} ${row.inputIndex}`, row] as [string, (typeof accepted)[number]],
  );
  return [...new Map(builds).values()];
}

function passOver(error: unknown): undefined {
  if (!(error instanceof NodeFault)) {
    throw error;
  }
  console.warn(error.message);
}
