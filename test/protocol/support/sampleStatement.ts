import type { Statement } from "../../../protocol/index.ts";

/** A statement about one package. */
export function sampleStatement(fields: Partial<Statement> = {}): Statement {
  const path = `/nix/store/${"1".repeat(32)}-greet`;
  return {
    chainId: 31_337n,
    application: `0x${"12".repeat(20)}`,
    inputIndex: 7n,
    blockTimestamp: 1_700_000_000n,
    drvPath: `/nix/store/${"0".repeat(32)}-greet.drv`,
    bundle: "00".repeat(32),
    system: "riscv64-linux",
    nixVersion: "2.26.3",
    outputs: [{ name: "out", path, narHash: "ab".repeat(32), narSize: 120, references: [path] }],
    inputs: [{ path: `/nix/store/${"2".repeat(32)}-source`, narHash: "cd".repeat(32) }],
    logHash: "ef".repeat(32),
    ...fields,
  };
}
