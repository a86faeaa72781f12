import { buildModule } from "@nomicfoundation/ignition-core";
import { cartesiArtifact } from "../cartesiArtifact.ts";

const [application, applicationFactory, authority, authorityFactory, quorum, quorumFactory] =
  await Promise.all(
    ["Application", "ApplicationFactory", "Authority", "AuthorityFactory", "Quorum", "QuorumFactory"].map(
      cartesiArtifact,
    ),
  );

const CONSENSUS = {
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

/** A module that deploys an application and its consensus. `"kept"` leaves the ownership with the deployer. */
export function makeApplicationModule(kind: keyof typeof CONSENSUS, owner: "renounced" | "kept") {
  const terms = CONSENSUS[kind];
  return buildModule("Application", (m) => {
    const salt = m.getParameter<string>("salt");
    const consensusFactory = m.contractAt(
      terms.factory.contractName,
      terms.factory,
      m.getParameter<string>("consensusFactory"),
    );
    const newConsensus = m.call(
      consensusFactory,
      terms.create,
      [m.getParameter(terms.who), m.getParameter<bigint>("epochLength"), salt],
      { id: NEW_CONSENSUS },
    );
    const consensus = m.contractAt(
      terms.artifact.contractName,
      terms.artifact,
      m.readEventArgument(newConsensus, terms.event, terms.result),
    );
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
        salt,
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
