import { type Address, encodeFunctionData, getAddress, type Hex, parseEther, parseEventLogs } from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  dataAvailabilityAbi,
  disputeConsensusAbi,
  inputBoxAbi,
  iStepVerifierAbi,
} from "../../../../abi/index.ts";
import { deployCartesiContracts } from "../../../../deploy/cartesiContracts.ts";
import { startChain } from "../../support/startChain.ts";
import { KEPT_TEMPLATE, type ModelInput, payloadOf, proofOf, TEMPLATE } from "./modelMachine.ts";
import { ModelTrace } from "./modelTrace.ts";

export const BOND = parseEther("1");

export const TERMS = { maxInputs: 128, claimWindow: 20, challengeWindow: 30, clock: 40, bond: BOND };

/** Without estimating each call's gas, tests take half the time. */
const GAS = 10_000_000n;

/** The dispute's consensus, by default over the model of the machine, with Cartesi's own contracts around it. */
export async function startDispute(
  changes: Partial<typeof TERMS> = {},
  stepVerifier: "ModelMachine" | "StepVerifier20" = "ModelMachine",
) {
  const terms = { ...TERMS, ...changes };
  const chain = await startChain();
  const { inputBox: inputBoxAddress, applicationFactory } = await deployCartesiContracts(chain.provider);
  const verifier = await chain.deploy(stepVerifier, iStepVerifierAbi);
  const deployConsensus = (more: Partial<typeof TERMS> = {}) =>
    chain.deploy("DisputeConsensus", disputeConsensusAbi, [
      { inputBox: inputBoxAddress, stepVerifier: verifier.address, ...terms, ...more },
    ]);
  const consensus = await deployConsensus();
  const applications = chain.contractAt(applicationFactory, applicationFactoryAbi);
  const inputBox = chain.contractAt(inputBoxAddress, inputBoxAbi);
  const accounts = chain.wallets.map(({ account }) => getAddress(account.address));
  const inputsOf = (box: Address) =>
    encodeFunctionData({ abi: dataAvailabilityAbi, functionName: "InputBox", args: [box] });
  let made = 0n;

  /** A real application whose consensus this is. */
  async function makeApplication(
    options: { templateHash?: Hex; consensus?: Address; dataAvailability?: Hex } = {},
  ) {
    const { templateHash = TEMPLATE, consensus: its = consensus.address } = options;
    const { dataAvailability = inputsOf(inputBoxAddress) } = options;
    const salt: Hex = `0x${(++made).toString(16).padStart(64, "0")}`;
    const args = [its, accounts[0]!, templateHash, dataAvailability, salt] as const;
    const address = await applications.read.calculateApplicationAddress(args);
    await applications.write.newApplication(args, { gas: GAS });
    return chain.contractAt(address, applicationAbi);
  }

  /** Adds an input; returns it as the machine receives it. */
  async function addInput(application: Address, input: ModelInput): Promise<Hex> {
    const hash = await inputBox.write.addInput([application, payloadOf(input)], { gas: GAS });
    const { logs } = await chain.client.getTransactionReceipt({ hash });
    return parseEventLogs({ abi: inputBoxAbi, logs, eventName: "InputAdded" })[0]!.args.input;
  }

  async function addInputs(application: Address, inputs: readonly ModelInput[]): Promise<Hex[]> {
    const added: Hex[] = [];
    for (const input of inputs) {
      added.push(await addInput(application, input));
    }
    return added;
  }

  /** A new application with a sealed epoch of these inputs. */
  async function openEpoch(inputs: readonly ModelInput[]) {
    const { address: application } = await makeApplication();
    await consensus.write.register([application, proofOf("t", TEMPLATE)], { gas: GAS });
    const added = await addInputs(application, inputs);
    await consensus.write.seal([application], { gas: GAS });
    const { id: epochId } = await consensus.read.epochOf([application]);
    return { application, epochId, inputs: added, trace: new ModelTrace(KEPT_TEMPLATE, added) };
  }

  /** The events of a transaction of the consensus. */
  async function eventsOf(hash: Promise<Hex>) {
    const { logs } = await chain.client.getTransactionReceipt({ hash: await hash });
    return parseEventLogs({ abi: disputeConsensusAbi, logs });
  }

  /** Claims where a trace ends; returns the claim's id. */
  async function claim(
    epoch: { application: Address; epochId: Hex },
    { end }: Pick<ModelTrace, "end">,
    account = accounts[1]!,
  ): Promise<Hex> {
    const args = [epoch.application, epoch.epochId, end.state, end.root] as const;
    const events = await eventsOf(consensus.write.claim(args, { account, value: terms.bond, gas: GAS }));
    return events.find((event) => event.eventName === "StateClaimed")!.args.claimId;
  }

  /** Challenges a claim; returns the game's id. */
  async function challenge(claimId: Hex, account = accounts[2]!): Promise<Hex> {
    const events = await eventsOf(
      consensus.write.challenge([claimId], { account, value: terms.bond, gas: GAS }),
    );
    return events.find((event) => event.eventName === "ClaimChallenged")!.args.gameId;
  }

  return {
    chain,
    terms,
    verifier,
    consensus,
    inputBox,
    accounts,
    inputsOf,
    deployConsensus,
    makeApplication,
    addInput,
    addInputs,
    openEpoch,
    eventsOf,
    claim,
    challenge,
    mineTo: (block: bigint) => chain.networkHelpers.mineUpTo(block),
    balance: () => chain.client.getBalance({ address: consensus.address }),
  };
}

export type TestDispute = Awaited<ReturnType<typeof startDispute>>;
