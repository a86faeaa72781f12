import { OpenAPIHono } from "@hono/zod-openapi";
import { readSettings } from "../../settings.ts";
import { createPolicyCaches } from "./cache/policyCaches.ts";
import { expectSameChains } from "./expectSameChains.ts";
import { createGraphQL } from "./graphql/createGraphQL.ts";
import { addMetrics } from "./health/addMetrics.ts";
import { readHealth } from "./health/readHealth.ts";
import { answerJson, endSlowReaders } from "./limits/answers.ts";
import { RequestError } from "./limits/requestError.ts";
import { limitStatements } from "./limits/statementTimeout.ts";
import { readLess } from "./readLess.ts";
import { refuse } from "./refuse.ts";
import { createRest, DOCUMENT } from "./rest/index.ts";
import { createSqlEndpoint } from "./sqlEndpoint.ts";

const settings = readSettings(process.env);
const { chains, sql, substituter } = settings;

await expectSameChains(settings);
limitStatements();
readLess();
addMetrics();

const app = new OpenAPIHono();
app.onError(refuse);
if (sql) {
  app.use("/sql/db", endSlowReaders);
  app.get("/sql/*", createSqlEndpoint());
}
if (substituter) {
  app.route("/cache", await createPolicyCaches(substituter, chains));
}
app.use(endSlowReaders);
const rest = createRest();
app.on(["GET", "POST"], ["/", "/graphql"], createGraphQL(rest.questions));
app.route("/v1", rest.app);
app.get("/healthz", async (context) => {
  const health = await readHealth();
  return answerJson(context, JSON.stringify(health), health.healthy ? 200 : 503);
});
app.doc31("/openapi.json", DOCUMENT);
app.all("*", ({ req }) => {
  throw new RequestError(404, `there is no ${req.method} ${req.path}`.slice(0, 200), {
    remedy: "see /openapi.json, or send GraphQL to /graphql",
  });
});

export default app;
