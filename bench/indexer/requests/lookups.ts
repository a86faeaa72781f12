import { type Scale, storePathOf } from "../chain/outputs.ts";
import type { Answer, HttpClient } from "./httpClient.ts";

const QUERY = `query ($storePath: String!) {
  outputs(where: { storePath: $storePath }) {
    items { applicationAddress drvPath narHash narSize confirmations conflicts blockNumber transactionHash }
  }
}`;
/** Any number that has no divisor in common with the number of outputs. */
const STRIDE = 7_919;

export type Lookup = (number: number) => Promise<Answer>;

/** Lookups by path, each of another output. */
export function lookupsOf(client: HttpClient, scale: Scale): { graphql: Lookup; rest: Lookup } {
  const pathOf = (number: number) => {
    const place = (number * STRIDE) % scale.outputs;
    return storePathOf({ closure: Math.floor(place / scale.closure), member: place % scale.closure });
  };
  return {
    graphql: (number) => client.post("/graphql", { query: QUERY, variables: { storePath: pathOf(number) } }),
    rest: (number) => client.get(`/v1/outputs?storePath=${encodeURIComponent(pathOf(number))}`),
  };
}
