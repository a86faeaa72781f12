import { access } from "node:fs/promises";
import { fetchPinned, readLock } from "../../../machine/packages/index.ts";
import { ContentMismatchError, checkFixedOutput, type ExportedPath, encodeNar } from "../../../nix/index.ts";
import type { Progress } from "../../../support/index.ts";
import { FixedOutputMissingError, WeakHashError } from "../requestErrors.ts";
import { type Candidate, candidatesAt, narOf } from "./candidate.ts";
import { download } from "./download.ts";
import { findGivenContent } from "./findGivenContent.ts";
import type { DeclaredContent } from "./fixedOutputsOf.ts";

export interface CollectContentParameters {
  /** Files and folders of which some may be contents: they are known by their hashes. */
  given: readonly string[];
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/**
 * Finds the content of fixed outputs: among what is given, in this computer's Nix store, among the sources that Cartenix itself pins, and
 * by the addresses in the derivations. Whatever the source, it is checked as the machine will check it.
 *
 * @throws {FixedOutputMissingError} when one is not found.
 * @throws {WeakHashError} when one is declared by a hash that the machine does not accept.
 */
export async function collectContent(
  wanted: readonly DeclaredContent[],
  { given, progress, signal }: CollectContentParameters,
): Promise<ExportedPath[]> {
  for (const content of wanted) {
    requireStrongHash(content);
  }
  const found = new Map<string, ExportedPath>();
  const rest = () => wanted.filter(({ path }) => !found.has(path));
  const take = async (places: ReadonlyMap<string, Candidate>) => {
    for (const content of rest()) {
      const place = places.get(content.path);
      const exported = place && exportOf(content, await narOf(place, signal));
      if (exported) {
        found.set(content.path, exported);
      }
    }
  };
  await take(await findGivenContent(rest(), given, signal));
  await take(await findInHostStore(rest()));
  await take(await findPinned(rest(), progress));
  for (const content of rest()) {
    found.set(content.path, await fetchContent(content, progress, signal));
  }
  return wanted.map(({ path }) => found.get(path)!);
}

function requireStrongHash({ name, path, output: { algorithm } }: DeclaredContent): void {
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    throw new WeakHashError(`the fixed output ${name} is declared by a ${algorithm} hash`, {
      details: path,
      remedy: "declare it by sha256 or sha512: the machine accepts no others",
      docs: "docs/formats.md#what-a-derivation-may-ask-for",
    });
  }
}

async function findInHostStore(wanted: readonly DeclaredContent[]): Promise<Map<string, Candidate>> {
  const found = new Map<string, Candidate>();
  for (const { path, output } of wanted) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) {
      found.set(
        path,
        output.mode === "flat" ? (await candidatesAt(path, output))[0]! : { place: path, form: "tree" },
      );
    }
  }
  return found;
}

async function findPinned(
  wanted: readonly DeclaredContent[],
  progress: Progress,
): Promise<Map<string, Candidate>> {
  const bySha256 = new Map(
    wanted
      .filter(({ output }) => output.mode === "flat" && output.algorithm === "sha256")
      .map(({ path, output }) => [Buffer.from(output.digest).toString("hex"), path]),
  );
  if (bySha256.size === 0) {
    return new Map();
  }
  const pinned = (await readLock("sources")).files.filter(({ sha256 }) => bySha256.has(sha256));
  if (pinned.length === 0) {
    return new Map();
  }
  const fetched = await fetchPinned(pinned, { progress, name: "sources" });
  return new Map(
    fetched.map(({ sha256, file }) => [bySha256.get(sha256)!, { place: file, form: "file" as const }]),
  );
}

async function fetchContent(
  content: DeclaredContent,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<ExportedPath> {
  const failures: string[] = [];
  for (const url of content.urls) {
    const stage = progress.stage(`download ${content.name}`);
    try {
      const contents = await download(url, { stage, signal });
      const exported = [false, true]
        .map((executable) => exportOf(content, encodeNar({ kind: "regular", executable, contents })))
        .find((one) => one !== undefined);
      if (exported) {
        stage.done(`${contents.length} bytes`);
        return exported;
      }
      failures.push(`${url}: it has another hash`);
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`${url}: ${reasonOf(error)}`);
    }
    stage.fail();
  }
  const { name, path, output } = content;
  throw new FixedOutputMissingError(`the content of the fixed output ${name} was not found`, {
    details: [
      `${path}, ${output.mode} ${output.algorithm} ${Buffer.from(output.digest).toString("hex")}`,
      ...failures,
    ].join("; "),
    remedy:
      output.mode === "flat"
        ? "download the file and give it with --content"
        : "give the unpacked folder, or the file, with --content",
  });
}

function exportOf(content: DeclaredContent, nar: Uint8Array): ExportedPath | undefined {
  const exported: ExportedPath = { path: content.path, nar, references: [], deriver: undefined };
  try {
    checkFixedOutput(exported, content.output);
    return exported;
  } catch (error) {
    if (error instanceof ContentMismatchError) {
      return undefined;
    }
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
