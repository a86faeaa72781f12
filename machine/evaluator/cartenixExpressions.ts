import { fileURLToPath } from "node:url";

/** The folder that expressions name as `<cartenix>`: the toolchain, the pinned sources, and the function `build`. */
export const CARTENIX_EXPRESSIONS = fileURLToPath(new URL("cartenix", import.meta.url));

/**
 * The attributes of `<cartenix>` that are built into the template's store, in the order in which they are built. A seed
 * is an attribute here; the files that it is made from are pinned by `SEED_LOCKS`.
 */
export const SEED_ATTRIBUTES = ["busybox", "toolchain", "tcc"] as const;
