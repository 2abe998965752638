/** Sends what came up in one turn of the event loop together: each message between threads wakes the other one. */
export const inBatches = <Message>(send: (batch: readonly Message[]) => void): ((message: Message) => void) => {
  let batch: Message[] = [];
  return (message) => {
    batch.push(message);
    if (batch.length > 1) return;
    setImmediate(() => {
      const full = batch;
      batch = [];
      send(full);
    });
  };
};
