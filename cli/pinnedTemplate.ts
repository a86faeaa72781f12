import pinned from "../machine/image/template.json" with { type: "json" };

/** The hash of the template that this version makes. */
export const PINNED_TEMPLATE_HASH = pinned.templateHash;
