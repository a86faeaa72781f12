export {
  type Deployment,
  type DisputableDeployment,
  type DisputeTerms,
  formatDeployment,
  parseDeployment,
  type VotedDeployment,
} from "./deployment.ts";
