import { SourceError } from "../substituterErrors.ts";

/** @throws {SourceError} when nothing answers. */
export async function request(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, redirect: "follow" });
  } catch (cause) {
    throw new SourceError(`no answer from ${url}`, {
      cause,
      details: String((cause as Error).cause ?? cause),
    });
  }
}

/** @throws {SourceError} when the answer is an error. */
export function requireOk(response: Response, url: string): void {
  if (!response.ok) {
    throw new SourceError(`${url} answers HTTP ${response.status}`);
  }
}
