import { buildModule, type IgnitionModuleBuilder } from "@nomicfoundation/ignition-core";
import { cartesiArtifact } from "../cartesiArtifact.ts";

const [application, applicationFactory, authority, authorityFactory, quorum, quorumFactory, validator] =
  await Promise.all(
    [
      "Application",
      "ApplicationFactory",
      "Authority",
      "AuthorityFactory",
      "Quorum",
      "QuorumFactory",
      "IOutputsMerkleRootValidator",
    ].map(cartesiArtifact),
  );

const VOTED = {
  authority: {
    factory: authorityFactory!,
    artifact: authority!,
    create: "newAuthority(address,uint256,bytes32)",
    event: "AuthorityCreated",
    result: "authority",
    who: "claimer",
  },
  quorum: {
    factory: quorumFactory!,
    artifact: quorum!,
    create: "newQuorum(address[],uint256,bytes32)",
    event: "QuorumCreated",
    result: "quorum",
    who: "validators",
  },
} as const;

/** The names of the calls that create the two contracts. */
export const NEW_CONSENSUS = "newConsensus";
export const NEW_APPLICATION = "newApplication";

/**
 * A module that deploys an application and its own consensus, or with `"dispute"` an application whose consensus is on the chain already.
 * `"kept"` leaves the ownership with the deployer.
 */
export function makeApplicationModule(kind: keyof typeof VOTED | "dispute", owner: "renounced" | "kept") {
  return buildModule("Application", (m) => {
    const consensus = kind === "dispute" ? existingConsensus(m) : newConsensus(m, kind);
    const applications = m.contractAt(
      "ApplicationFactory",
      applicationFactory!,
      m.getParameter<string>("applicationFactory"),
    );
    const newApplication = m.call(
      applications,
      "newApplication(address,address,bytes32,bytes,bytes32)",
      [
        consensus,
        m.getAccount(0),
        m.getParameter<string>("templateHash"),
        m.getParameter<string>("dataAvailability"),
        m.getParameter<string>("salt"),
      ],
      { id: NEW_APPLICATION },
    );
    const created = m.contractAt(
      "Application",
      application!,
      m.readEventArgument(newApplication, "ApplicationCreated", "appContract"),
    );
    if (owner === "renounced") {
      m.call(created, "renounceOwnership", []);
    }
    return { application: created, consensus };
  });
}

function newConsensus(m: IgnitionModuleBuilder, kind: keyof typeof VOTED) {
  const { factory, artifact, create, event, result, who } = VOTED[kind];
  const consensusFactory = m.contractAt(
    factory.contractName,
    factory,
    m.getParameter<string>("consensusFactory"),
  );
  const created = m.call(
    consensusFactory,
    create,
    [m.getParameter(who), m.getParameter<bigint>("epochLength"), m.getParameter<string>("salt")],
    { id: NEW_CONSENSUS },
  );
  return m.contractAt(artifact.contractName, artifact, m.readEventArgument(created, event, result));
}

function existingConsensus(m: IgnitionModuleBuilder) {
  return m.contractAt(validator!.contractName, validator!, m.getParameter<string>("consensus"));
}
