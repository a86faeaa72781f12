export * from "./schema/applications.ts";
export * from "./schema/contracts.ts";
export * from "./schema/outputs.ts";
export * from "./schema/policies.ts";
export * from "./schema/relations.ts";
export * from "./schema/requests.ts";
