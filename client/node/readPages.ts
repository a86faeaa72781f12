import { NodeAnswerError } from "../clientErrors.ts";

/** Entries of one page: of the largest reports, what an answer may hold. */
export const PAGE_ITEMS = 20;

export interface Page<Item> {
  readonly data: readonly Item[];
  readonly pagination: { readonly totalCount: number };
}

/**
 * Reads a list of a node page by page.
 *
 * @param maxItems what such a list can hold: a node that goes on is not believed.
 * @throws {NodeAnswerError} when the list is longer.
 */
export async function* readPages<Item>(
  read: (page: { limit: number; offset: number }) => Promise<Page<Item> | undefined>,
  maxItems: number,
): AsyncGenerator<Item> {
  for (let offset = 0; ; ) {
    const page = await read({ limit: PAGE_ITEMS, offset });
    if (!page || !Array.isArray(page.data)) {
      throw new NodeAnswerError("the node answers with no list");
    }
    yield* page.data;
    offset += page.data.length;
    if (page.data.length === 0 || offset >= Number(page.pagination?.totalCount)) {
      return;
    }
    if (offset > maxItems) {
      throw new NodeAnswerError(`the node answers with a list of more than ${maxItems} entries`);
    }
  }
}
