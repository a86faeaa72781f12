import { addClaims } from "./claims.ts";
import { addClosures } from "./closures.ts";
import { addConflicts } from "./conflicts.ts";
import { addDependents } from "./dependents.ts";
import { addDifferences } from "./differences.ts";
import { addFeed } from "./feed.ts";
import { addGates } from "./gates.ts";
import { addOutputs } from "./outputs.ts";
import { addPolicies } from "./policies.ts";
import { addReleases } from "./releases.ts";
import { addRequests } from "./requests.ts";
import { createApi } from "./route.ts";
import { addVerdicts } from "./verdicts.ts";

/** What stands in the document beside the routes. */
export const DOCUMENT = {
  openapi: "3.1.0",
  info: {
    title: "Cartenix indexer",
    version: "1",
    description:
      "Numbers that may be large are texts. Each answer names the call that asks the chain the same.",
  },
};

const ROUTES = [
  addOutputs,
  addConflicts,
  addFeed,
  addDifferences,
  addClosures,
  addDependents,
  addPolicies,
  addVerdicts,
  addRequests,
  addClaims,
  addReleases,
  addGates,
];

/** The routes under `/v1`, and those of them that GraphQL has as fields. */
export function createRest() {
  const api = createApi();
  for (const add of ROUTES) {
    add(api);
  }
  return api;
}
