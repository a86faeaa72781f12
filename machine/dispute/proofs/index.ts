export const proveStep = async (_: unknown) => "0x" as const;
export const proveReset = async (_: unknown) => "0x" as const;
export const proveResponse = async (_: unknown, __: unknown) => "0x" as const;
export const proveStatus = async (_: unknown) => "0x" as const;
export const proveOutputsRoot = async (_: unknown) => "0x" as const;
