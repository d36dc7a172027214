// Long work in turns: what is pressed meanwhile, and the next picture, come in between.

/** Resolves in a task of its own, without the wait that a timer has. */
export function nextTurn() {
  return new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(null);
  });
}

/** A promise that sends each of those who wait for it on in a turn of their own, one after the other. */
export function turnsForAll() {
  let last = Promise.resolve();
  return {
    then(done, failed) {
      last = last.then(nextTurn);
      return last.then(done, failed);
    },
  };
}
