import { makeApplicationModule } from "./makeApplicationModule.ts";

/** An application whose claims the majority of a Quorum accepts, without an owner. */
export default makeApplicationModule("quorum", "renounced");
