/** What the package exports as `cartenix/abi`. */
export * from "./contracts/index.ts";
export * from "./enums.ts";
