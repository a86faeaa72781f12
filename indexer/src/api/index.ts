import { Hono } from "hono";
import { readSettings } from "../../settings.ts";
import { serveGraphQL } from "./graphqlEndpoint.ts";
import { endSlowReaders } from "./limits/answers.ts";
import { RequestError } from "./limits/requestError.ts";
import { limitStatements } from "./limits/statementTimeout.ts";
import { refuse } from "./refuse.ts";
import { createSqlEndpoint } from "./sqlEndpoint.ts";

const { sql } = readSettings(process.env);

limitStatements();

const app = new Hono();
app.onError(refuse);
if (sql) {
  app.use("/sql/db", endSlowReaders);
  app.get("/sql/*", createSqlEndpoint());
}
app.use(endSlowReaders);
app.on(["GET", "POST"], ["/", "/graphql"], serveGraphQL);
app.all("*", ({ req }) => {
  throw new RequestError(404, `there is no ${req.method} ${req.path}`.slice(0, 200), {
    remedy: "send GraphQL to /graphql",
  });
});

export default app;
