/** The descriptor, in Ponder's process, of the pipe to the process that started it. */
export const PARENT_DESCRIPTOR = 3;
