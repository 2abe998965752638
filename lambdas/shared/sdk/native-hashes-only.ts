/** What would hash in JavaScript if the runtime could not. */
class NoScriptHash {
  constructor() {
    throw new Error('Hashes in JavaScript are not part of the bundles; see `bin/bundle-plugins.ts`.');
  }
}

/**
 * Stand in the bundles for the SDK's own hash functions, which it falls back to where Node.js was built without crypto: in
 * Lambda's runtime it never is.
 */
export { NoScriptHash as Md5Js, NoScriptHash as Sha1Js, NoScriptHash as Sha256Js };
