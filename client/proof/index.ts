export type { AcceptedClaim, BuildProof } from "./buildProof.ts";
export { checkClaims } from "./checkClaims.ts";
export { type FindVoucherParameters, findVoucher } from "./findVoucher.ts";
export { outputsRootOf, type ProvenOutput } from "./outputsRoot.ts";
export { NoProofError, ProofDamagedError } from "./proofErrors.ts";
export { formatProof, MAX_PROOF_LENGTH, parseProof } from "./proofFile.ts";
export { type ProveBuildParameters, proveBuild } from "./proveBuild.ts";
export { type ProvenBuild, verifyProof } from "./verifyProof.ts";
