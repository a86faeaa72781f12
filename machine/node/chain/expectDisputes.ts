import type { Hash, PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { ChainBatch, EpochAcceptance, EpochSeal, StateClaim } from "../model/chainEvents.ts";
import { acceptedEpochCount, findStateClaim, livingClaimCount } from "../store/claimsTable.ts";
import { inputCount } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { lastSeal } from "../store/sealsTable.ts";
import { disputeConsensusAbi } from "./abis.ts";
import { ChainDataError, MissingEventsError } from "./chainErrors.ts";

interface Progress {
  /** How many epochs are sealed. */
  sealed: bigint;
  accepted: bigint;
  /** The index after the last sealed input. */
  endInput: bigint;
}

/**
 * Checks that a batch goes on with the disputes where the database is: the next epoch is sealed once the one before is
 * accepted, has the next inputs, and is claimed before a claim of it is accepted.
 *
 * @throws {MissingEventsError} when events before it were omitted.
 * @throws {ChainDataError} when the events contradict each other.
 */
export function expectDisputesInOrder(store: Store, application: ApplicationInfo, batch: ChainBatch): void {
  const { terms } = application;
  if (terms === undefined || batch.disputes.length === 0) {
    return;
  }
  const seal = lastSeal(store);
  const progress: Progress = {
    sealed: seal === undefined ? 0n : seal.epoch + 1n,
    accepted: acceptedEpochCount(store),
    endInput: seal?.endInput ?? 0n,
  };
  const inputs = inputCount(store) + BigInt(batch.inputs.length);
  const claims = new Map<Hash, StateClaim>();
  const missing = (details: string) => new MissingEventsError(details, application.firstBlock - 1n);
  for (const event of batch.disputes) {
    switch (event.kind) {
      case "sealed":
        if (event.epoch > progress.sealed || progress.accepted < progress.sealed) {
          throw missing(`epoch ${event.epoch} is sealed, but the end of the one before is missing`);
        }
        expectNextInputs(event, progress, { inputs, maxInputs: BigInt(terms.maxInputs) });
        progress.sealed++;
        progress.endInput = event.endInput;
        break;
      case "claimed":
        if (event.epoch + 1n !== progress.sealed || progress.accepted === progress.sealed) {
          throw missing(`epoch ${event.epoch} is claimed, but its seal is missing`);
        }
        claims.set(event.claimId, event);
        break;
      case "accepted": {
        const claim = claims.get(event.claimId) ?? findStateClaim(store, event.claimId);
        if (claim === undefined) {
          throw missing(`claim ${event.claimId} of epoch ${event.epoch} is accepted, but its log is missing`);
        }
        expectItsClaim(event, claim, progress);
        progress.accepted++;
        break;
      }
      case "died":
        break;
      default:
        event satisfies never;
    }
  }
}

function expectNextInputs(
  { epoch, firstInput, endInput }: EpochSeal,
  { sealed, endInput: next }: Progress,
  { inputs, maxInputs }: { inputs: bigint; maxInputs: bigint },
): void {
  const count = endInput - firstInput;
  if (epoch !== sealed || firstInput !== next || count <= 0n || count > maxInputs || endInput > inputs) {
    throw new ChainDataError(
      `epoch ${epoch} is sealed with inputs ${firstInput} to ${endInput}, expected epoch ${sealed} with inputs from ${next} to at most ${inputs}`,
    );
  }
}

function expectItsClaim(
  { epoch, claimId, state }: EpochAcceptance,
  claim: Pick<StateClaim, "epoch" | "state">,
  { sealed, accepted }: Progress,
): void {
  if (epoch !== accepted || accepted === sealed || claim.epoch !== epoch || claim.state !== state) {
    throw new ChainDataError(
      `claim ${claimId} is accepted for epoch ${epoch} with state ${state}, expected epoch ${accepted}, claimed was ${claim.state} for epoch ${claim.epoch}`,
    );
  }
}

/**
 * Compares what was read of an application's disputes with the consensus at a block, because omitted logs would otherwise go
 * unnoticed: a wrong claim, above all.
 *
 * @throws {MissingEventsError} when the endpoint omitted an event.
 */
export async function expectDisputesComplete(
  client: PublicClient,
  store: Store,
  application: ApplicationInfo,
  blockNumber: bigint,
): Promise<void> {
  const epoch = await client.readContract({
    address: application.consensus,
    abi: disputeConsensusAbi,
    functionName: "epochOf",
    args: [application.address],
    blockNumber,
  });
  const isSealed = epoch.endInput !== epoch.firstInput;
  const seal = lastSeal(store);
  const differences: [what: string, found: bigint, known: bigint][] = [
    ["accepted epochs", epoch.index, acceptedEpochCount(store)],
    ["sealed epochs", epoch.index + (isSealed ? 1n : 0n), (seal?.epoch ?? -1n) + 1n],
    ["sealed inputs", epoch.endInput, seal?.endInput ?? 0n],
    ["living claims", BigInt(epoch.livingClaims), livingClaimCount(store, epoch.index)],
  ];
  for (const [what, found, known] of differences) {
    if (found !== known) {
      throw new MissingEventsError(
        `the consensus counts ${found} ${what} at block ${blockNumber}, the logs contain ${known}`,
        application.firstBlock - 1n,
      );
    }
  }
}
