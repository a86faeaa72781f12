/** The one store whose paths are spoken of: the folder is part of every digest. */
export const STORE_DIR = "/nix/store";
