import type { ServerResponse } from 'node:http';

/** Makes the answer go nowhere: the work is done, and whoever asked never learns it. */
export const loseAnswer = (response: ServerResponse): void => {
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => response.destroy();
};
