import { buildModule } from "@nomicfoundation/ignition-core";
import { zeroHash } from "viem";
import { cartesiArtifact } from "../artifacts.ts";

const [application, applicationFactory, authority, authorityFactory] = await Promise.all(
  ["Application", "ApplicationFactory", "Authority", "AuthorityFactory"].map(cartesiArtifact),
);

/**
 * An application with our machine's template hash, whose claims one `claimer` submits to an Authority of its own. Its
 * ownership is renounced: nobody can give it another consensus.
 */
export default buildModule("Application", (m) => {
  const salt = m.getParameter("salt", zeroHash);
  const authorities = m.contractAt(
    "AuthorityFactory",
    authorityFactory!,
    m.getParameter<string>("authorityFactory"),
  );
  const applications = m.contractAt(
    "ApplicationFactory",
    applicationFactory!,
    m.getParameter<string>("applicationFactory"),
  );
  const newAuthority = m.call(authorities, "newAuthority(address,uint256,bytes32)", [
    m.getParameter<string>("claimer"),
    m.getParameter<bigint>("epochLength"),
    salt,
  ]);
  const consensus = m.contractAt(
    "Authority",
    authority!,
    m.readEventArgument(newAuthority, "AuthorityCreated", "authority"),
  );
  const newApplication = m.call(applications, "newApplication(address,address,bytes32,bytes,bytes32)", [
    consensus,
    m.getAccount(0),
    m.getParameter<string>("templateHash"),
    m.getParameter<string>("dataAvailability"),
    salt,
  ]);
  const created = m.contractAt(
    "Application",
    application!,
    m.readEventArgument(newApplication, "ApplicationCreated", "appContract"),
  );
  m.call(created, "renounceOwnership", []);
  return { application: created, consensus };
});
