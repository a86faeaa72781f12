export { runInRepository } from "./runInRepository.ts";
