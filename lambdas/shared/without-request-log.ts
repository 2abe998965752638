interface Client {
  readonly middlewareStack: { remove(name: string): boolean };
}

/**
 * Takes the request log out of an SDK client. The SDK copies input and output of every request for it, without what is
 * secret, also where there is no log that would take them.
 */
export const withoutRequestLog = <C extends Client>(client: C): C => {
  if (!client.middlewareStack.remove('loggerMiddleware')) throw new Error('The SDK’s client has no request log.');
  return client;
};
