import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createFairSemaphore } from "../../machine/node/concurrency/fairSemaphore.ts";

describe("a queue of several clients", () => {
  const refused = new Error("refused");
  const options = {
    places: 2,
    placesOfOne: 1,
    waitingPlaces: 5,
    waitingPlacesOfOne: 3,
    refuse: () => {
      throw refused;
    },
  };
  /** Asks for tasks that run until they are finished by name. */
  const queue = () => {
    const semaphore = createFairSemaphore(options);
    const started: string[] = [];
    const finish = new Map<string, () => void>();
    const ask = (name: string) =>
      semaphore(name[0]!, () => {
        started.push(name);
        return new Promise<void>((done) => finish.set(name, done));
      });
    const end = async (name: string) => {
      finish.get(name)!();
      await new Promise(setImmediate);
    };
    return { ask, started, end };
  };

  it("lets clients take turns, and leaves a place to others", async () => {
    const { ask, started, end } = queue();
    const asked = ["a1", "a2", "a3", "a4", "b1", "c1", "b2"].map(ask);
    assert.deepEqual(started, ["a1", "b1"]);
    await end("a1");
    assert.deepEqual(started.slice(2), ["a2"], "a's second was first in the queue");
    await end("b1");
    assert.deepEqual(started.slice(3), ["c1"]);
    await end("a2");
    assert.deepEqual(started.slice(4), ["b2"], "b waited for its turn longer than a");
    await end("c1");
    assert.deepEqual(started.slice(5), ["a3"]);
    await end("b2");
    assert.equal(started.length, 6, "a place stays free");
    await end("a3");
    await end("a4");
    await Promise.all(asked);
  });

  it("refuses what has no place: of one client, and of all", async () => {
    const { ask } = queue();
    void ["a1", "a2", "a3", "a4"].map(ask);
    await assert.rejects(ask("a5"), refused);
    void ["b1", "b2", "b3"].map(ask);
    await assert.rejects(ask("c1"), refused);
  });

  it("gives a place back when a task fails", async () => {
    const semaphore = createFairSemaphore(options);
    for (let round = 0; round < 5; round++) {
      await assert.rejects(
        semaphore("a", () => Promise.reject(refused)),
        refused,
      );
    }
    assert.equal(await semaphore("a", async () => 1), 1);
  });
});
