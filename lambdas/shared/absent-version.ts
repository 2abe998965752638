import { awsFailure, namedFailure } from './aws-failure.ts';

/** True for what S3 answers where there is no such key or version (404), or where the version is a delete marker (405). */
export const isAbsent = (error: unknown): boolean => [404, 405].includes(awsFailure(error)?.status ?? 0);

/** What S3 answers; undefined where there is no such content. */
export const unlessAbsent = async <T>(name: string, call: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await call();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw namedFailure(error, name);
  }
};
