import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";

interface Document {
  paths: Record<string, { get: object }>;
}

/** Asks the API of an indexer, and holds every answer against its OpenAPI document. */
export async function createRestClient(url: string) {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, "api");
  const asked = new Set<string>();

  function templateOf(path: string): string {
    const fits = Object.keys(document.paths).filter((template) =>
      new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
    );
    assert.equal(fits.length, 1, `${path} is ${fits.length} paths of the document`);
    return fits[0]!;
  }

  async function request<Answer>(path: string, status: number): Promise<Answer> {
    const response = await fetch(`${url}${path}`);
    const answer = await response.json();
    assert.equal(response.status, status, `${path}: ${JSON.stringify(answer).slice(0, 500)}`);
    const template = templateOf(path.split("?")[0]!);
    asked.add(template);
    const place = ["paths", template, "get", "responses", String(status), "content", "application/json"];
    const pointer = place.map((part) => part.replaceAll("/", "~1")).map(encodeURIComponent);
    const validate = ajv.compile({ $ref: `api#/${pointer.join("/")}/schema` });
    assert.ok(validate(answer), `${path}: ${ajv.errorsText(validate.errors)}`);
    return answer as Answer;
  }

  return {
    get: <Answer>(path: string) => request<Answer>(path, 200),
    /** The problem that it answers with. */
    refuses: async (path: string, status: number) =>
      (await request<{ error: { message: string; remedy: string } }>(path, status)).error,
    /** The paths of the document that nobody asked for yet. */
    unasked: () => Object.keys(document.paths).filter((path) => !asked.has(path)),
  };
}

export type RestClient = Awaited<ReturnType<typeof createRestClient>>;
