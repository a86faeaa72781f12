export { type Fees, raiseFees } from "./raiseFees.ts";
