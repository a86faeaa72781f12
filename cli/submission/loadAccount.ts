import { open } from "node:fs/promises";
import { Option } from "commander";
import { type Hex, isHex, type LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { KeyError, MissingSettingError } from "../cliErrors.ts";

const MAX_KEY_FILE_BYTES = 1_000;
const KEY_VARIABLE = "CARTENIX_KEY";

/** The option that names the sender's key. The key itself is never an argument, since all users of a computer can read those. */
export function keyFileOption(): Option {
  return new Option(
    "--key-file <file>",
    `file with the sender's private key (or the variable ${KEY_VARIABLE})`,
  );
}

/**
 * The account that pays.
 *
 * @throws {MissingSettingError} when there is no key.
 * @throws {KeyError} when it is malformed; the message never holds it.
 */
export async function loadAccount(
  keyFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<LocalAccount> {
  const account = await findAccount(keyFile, environment);
  if (account === undefined) {
    throw new MissingSettingError("there is no key to send with", {
      remedy: `give --key-file, or set ${KEY_VARIABLE}`,
      docs: "docs/cartenix.md#sending",
    });
  }
  return account;
}

/** The account that would pay, if there is a key. */
export async function findAccount(
  keyFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<LocalAccount | undefined> {
  if (keyFile !== undefined) {
    return accountOf(await readKeyFile(keyFile), keyFile);
  }
  const key = environment[KEY_VARIABLE];
  return key ? accountOf(key, KEY_VARIABLE) : undefined;
}

async function readKeyFile(file: string): Promise<string> {
  try {
    const opened = await open(file);
    try {
      const { bytesRead, buffer } = await opened.read({ buffer: Buffer.alloc(MAX_KEY_FILE_BYTES) });
      return buffer.toString("latin1", 0, bytesRead);
    } finally {
      await opened.close();
    }
  } catch (cause) {
    throw new KeyError(`cannot read the key file ${file}`, { details: (cause as Error).message });
  }
}

function accountOf(text: string, source: string): LocalAccount {
  const digits = text.trim().replace(/^0x/i, "");
  const key: Hex = `0x${digits}`;
  try {
    if (digits.length === 64 && isHex(key)) {
      return privateKeyToAccount(key);
    }
  } catch {
    // not a key of this curve
  }
  throw new KeyError(`${source} does not hold a private key`, {
    remedy: "it must be 64 hexadecimal digits",
  });
}
