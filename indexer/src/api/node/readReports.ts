import { type Hex, hexToBytes, numberToHex } from "viem";
import { reportPage } from "../../../../client/node/nodeShapes.ts";
import { decodeReport, MalformedReportError, type Report } from "../../../../protocol/index.ts";
import type { NodeSettings } from "../../../settings.ts";
import { askNode } from "./askNode.ts";
import { NodeFault } from "./nodeFault.ts";

/**
 * Some reports about an input. What is no report of Cartenix's is undefined.
 *
 * @throws {NodeFault} when the node does not answer in time and in bounds.
 */
export async function readReports(
  node: NodeSettings,
  inputIndex: bigint,
  page: { offset?: number; limit: number; descending?: boolean },
  signal: AbortSignal,
): Promise<(Report | undefined)[]> {
  const params = { input_index: numberToHex(inputIndex), ...page };
  const answer = await askNode(node, "cartesi_listReports", params, reportPage, signal);
  const items = answer?.data ?? [];
  if (items.length > page.limit || items.some((item) => item.inputIndex !== inputIndex)) {
    throw new NodeFault("the node's answer to cartesi_listReports is not what was asked for");
  }
  return items.map(({ rawData }) => decode(rawData));
}

function decode(bytes: Hex): Report | undefined {
  try {
    return decodeReport(hexToBytes(bytes));
  } catch (error) {
    if (!(error instanceof MalformedReportError)) {
      throw error;
    }
    return undefined;
  }
}
