import { on, once } from "node:events";
import { type ClientRequest, get as getByHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { get as getByHttps } from "node:https";
import { decompress } from "../../client/store/index.ts";
import { SourceError } from "../substituterErrors.ts";

/** As many as `fetch` follows. */
const MAX_REDIRECTS = 20;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** How long a server may send nothing. */
const MAX_SILENCE_MS = 5 * 60_000;
/** Pieces that may wait for a slow reader. */
const WAITING_PIECES = { highWaterMark: 16, lowWaterMark: 1 };

type Get = (url: URL, options: RequestOptions) => ClientRequest;
const GET: Readonly<Record<string, Get>> = { "http:": getByHttp, "https:": getByHttps };

/**
 * The bytes of a file on the network, as they come. `fetch` would copy each of them twice more, which takes as long as hashing them.
 *
 * @throws {SourceError} when nothing answers, or with an error.
 */
export async function* openFile(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const response = await follow(url, signal);
  try {
    if (response.statusCode !== 200) {
      throw new SourceError(`${url} answers HTTP ${response.statusCode}`);
    }
    yield* decoded(response, signal);
  } finally {
    response.destroy();
  }
}

async function follow(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  let place = new URL(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await request(place, signal).catch((cause: Error) => {
      throw new SourceError(`no answer from ${url}`, { cause, details: String(cause) });
    });
    const { location } = response.headers;
    if (!REDIRECTS.includes(response.statusCode!) || location === undefined) {
      return response;
    }
    response.destroy();
    if (!URL.canParse(location, place.href)) {
      throw new SourceError(`${url} redirects to what is no address`);
    }
    place = new URL(location, place);
  }
  throw new SourceError(`${url} redirects more than ${MAX_REDIRECTS} times`);
}

async function request(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const get = GET[url.protocol];
  if (get === undefined) {
    throw new Error(`${url.protocol} is neither http: nor https:`);
  }
  const request = get(url, { signal, timeout: MAX_SILENCE_MS });
  request.on("timeout", () => request.destroy(new Error(`silent for ${MAX_SILENCE_MS / 60_000} minutes`)));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  // what ends the request from here on ends the response, which is read
  request.on("error", () => {});
  return response;
}

/** A server may compress what it was not asked to. */
function decoded(response: IncomingMessage, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const encoding = response.headers["content-encoding"] ?? "identity";
  switch (encoding) {
    case "identity":
      return pieces(response, signal);
    case "gzip":
    case "br":
      return decompress(pieces(response, signal), encoding);
    default:
      throw new SourceError(`a cache sends an unknown encoding of a file`, {
        details: JSON.stringify(encoding.slice(0, 100)),
      });
  }
}

/** Unlike the iterator of a stream, this does not copy what has gathered into one piece. */
async function* pieces(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const [piece] of on(response, "data", { close: ["end"], ...WAITING_PIECES, signal })) {
    yield piece;
  }
}
