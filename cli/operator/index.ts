export { runAudit } from "./auditCommand.ts";
export { runInRepository } from "./runInRepository.ts";
