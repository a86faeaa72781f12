import { makeApplicationModule } from "./makeApplicationModule.ts";

/** An application whose claims an Authority accepts, without an owner. */
export default makeApplicationModule("authority", "renounced");
