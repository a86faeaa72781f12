export * from "./game/disputeErrors.ts";
export { encodeMove } from "./game/encodeMove.ts";
export { CLAIM_STATUSES, type ClaimStatus, type Game, type Position, type Side } from "./game/game.ts";
export { type Move, nextMove } from "./game/nextMove.ts";
export { type GameQuery, readGame } from "./game/readGame.ts";
export { listRoot, type Part, partOf, type StateList } from "./game/stateList.ts";
export type { EpochTrace, Parts, TransitionProof } from "./trace/epochTrace.ts";
export { CYCLE_HEIGHT, epochHeight, INPUT_HEIGHT, listHeight } from "./trace/heights.ts";
export { type EpochTraceOptions, openEpochTrace } from "./trace/openEpochTrace.ts";
