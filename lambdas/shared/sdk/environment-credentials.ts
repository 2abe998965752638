/** What a signature needs. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** From when on the SDK asks again; without it, never. */
  readonly expiration?: Date;
}

/**
 * Stands in the bundles for the SDK's chain of credential providers: Lambda gives a function its role's credentials in the
 * environment and nowhere else, so profiles, single sign-on and instance metadata would be 90 KB that never run.
 */
export const defaultProvider = () => async (): Promise<Credentials> => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error('The environment holds no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set.');
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    // Lambda replaces a container before its credentials end and says nothing of them; the embedded platform renews them.
    ...(AWS_CREDENTIAL_EXPIRATION && { expiration: new Date(AWS_CREDENTIAL_EXPIRATION) }),
  };
};
