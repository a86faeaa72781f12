import { type Address, createPublicClient, getAbiItem, http } from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  buildRegistryAbi,
  iConsensusAbi,
  inputBoxAbi,
} from "../../../abi/index.ts";
import { decodeOutput, decodeRecord } from "../../../protocol/index.ts";
import { DEPLOYMENT } from "../chain/deployment.ts";

/** The range that Ponder asks for as well. */
const BLOCKS_PER_REQUEST = 500;
const REQUESTS_AT_A_TIME = 4;

const [, , rpcUrl, tip] = process.argv;
const client = createPublicClient({ transport: http(rpcUrl) });
const { applicationFactory, consensus, inputBox, registry } = DEPLOYMENT;

const created = await client.getLogs({
  address: applicationFactory,
  event: getAbiItem({ abi: applicationFactoryAbi, name: "ApplicationCreated" }),
  fromBlock: 0n,
  toBlock: BigInt(tip!),
  strict: true,
});
const applications = created.map(({ args }) => args.appContract);
const address: Address[] = [...applications, consensus, inputBox, registry];
const events = [applicationAbi, buildRegistryAbi, iConsensusAbi, inputBoxAbi].flatMap((abi) =>
  abi.filter((item) => item.type === "event"),
);

const starts = Array.from(
  { length: Math.ceil((Number(tip) + 1) / BLOCKS_PER_REQUEST) },
  (_, place) => place * BLOCKS_PER_REQUEST,
).values();
const counts = { logs: 0, outputs: 0, references: 0 };
await Promise.all(Array.from({ length: REQUESTS_AT_A_TIME }, readRanges));
process.send!({ ...counts, cpuMs: cpuMs() });
process.disconnect();

async function readRanges(): Promise<void> {
  for (const start of starts) {
    const logs = await client.getLogs({
      ...{ address, events, strict: true },
      fromBlock: BigInt(start),
      toBlock: BigInt(Math.min(start + BLOCKS_PER_REQUEST - 1, Number(tip))),
    });
    counts.logs += logs.length;
    for (const log of logs) {
      if (log.eventName === "OutputExecuted") {
        const executed = decodeOutput(log.args.output);
        const record = executed?.type === "Voucher" ? decodeRecord(executed.payload) : undefined;
        counts.outputs += record?.outputs.length ?? 0;
        counts.references += record?.outputs.reduce((sum, { references }) => sum + references.length, 0) ?? 0;
      }
    }
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}
