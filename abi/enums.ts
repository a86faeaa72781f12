/** `ITrustPolicy.Verdict`: why a policy accepts a hash or not. */
export const Verdict = { Accepted: 0, NotRecorded: 1, TooFew: 2, Conflict: 3 } as const;

export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** `ITrustPolicy.Contradictions`: what it means that an application recorded different hashes for one path. */
export const Contradictions = { Refuse: 0, Any: 1 } as const;

export type Contradictions = (typeof Contradictions)[keyof typeof Contradictions];

/** `ITrustPolicyFactory.ConsensusKind`: which of Cartesi's factories created a consensus. */
export const ConsensusKind = { Named: 0, Authority: 1, Quorum: 2 } as const;

export type ConsensusKind = (typeof ConsensusKind)[keyof typeof ConsensusKind];
