import { type Hex, hexToBytes } from "viem";
import { bundleOf } from "../../../fuzz/generators/shellPackage.ts";
import type { AdvanceRequest } from "../../../machine/handler/device/rollupDevice.ts";
import { Inventory } from "../../../machine/handler/inventory/inventory.ts";
import { handleRequest } from "../../../machine/handler/rollup/handleRequest.ts";
import { createState, type State } from "../../../machine/handler/state.ts";
import type { ExportedPath } from "../../../nix/index.ts";
import { encodeBuild, encodeQuery, encodeUpload, type Query, splitUploads } from "../../../protocol/index.ts";
import type { NixHost } from "./nixHost.ts";
import { inputWith, REGISTRY, RecordingDevice } from "./recordingDevice.ts";

/** Runs the handler on this computer, and records its response to each request. */
export class HandlerHost {
  readonly state: State;
  #index = 0n;

  constructor({ environment }: Pick<NixHost, "environment">) {
    this.state = createState(environment, new Inventory());
  }

  async advance(payload: Hex, fields: Partial<AdvanceRequest> = {}): Promise<Answer> {
    const device = new RecordingDevice();
    const input = inputWith(hexToBytes(payload), { index: this.#index, ...fields });
    this.#index += 1n;
    const accepted = await handleRequest(input, device, this.state, { registry: REGISTRY });
    return Object.assign(device, { accepted });
  }

  async inspect(query: Query | string): Promise<Answer> {
    const device = new RecordingDevice();
    const payload = typeof query === "string" ? Buffer.from(query) : encodeQuery(query);
    const accepted = await handleRequest({ type: "inspect", payload }, device, this.state, {
      registry: REGISTRY,
    });
    return Object.assign(device, { accepted });
  }

  /** Uploads a closure and requests a build of a derivation in it. */
  async build(drvPath: string, closure: readonly ExportedPath[]): Promise<Answer> {
    return this.buildBlob(drvPath, bundleOf(closure).blob);
  }

  async buildBlob(drvPath: string, blob: Uint8Array): Promise<Answer> {
    const { sha256, uploads } = splitUploads(blob);
    // one sender per build: unlike in the machine, a rejected input is not undone here and would count against its sender
    const msgSender = `0x${this.#index.toString(16).padStart(40, "0")}` as const;
    for (const upload of uploads) {
      await this.advance(encodeUpload(upload), { msgSender });
    }
    return this.advance(encodeBuild({ bundle: sha256, drvPath }), { msgSender });
  }
}

export type Answer = RecordingDevice & { accepted: boolean };
