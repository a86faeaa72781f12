export { type Authority, type Contract, contractKey, contractsIn } from "./authority.ts";
export { formatAuthority } from "./formatAuthority.ts";
export { counts, judge, type MemberVote, type Rule } from "./judge.ts";
export { type JudgementOf, judgeAuthority } from "./judgeAuthority.ts";
export { derivationKeyOf, narHashBytes, pathKeyOf } from "./keys.ts";
export { parseAuthority } from "./parseAuthority.ts";
export { STATUSES, type Status, statusOfVerdict, worstStatus } from "./status.ts";
export { AuthorityFormatError } from "./trustErrors.ts";
export { type Judgement, VERDICTS, type Verdict } from "./verdict.ts";
