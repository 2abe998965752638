/** Somebody who can sign in on the platform of this machine. The people are invented. */
export interface SampleUser {
  readonly name: string;
  readonly role: 'admin' | 'contributor' | 'viewer';
  readonly tenant: string;
}

/** The first one is who commands act as where nobody has signed in. */
export const sampleUsers: readonly SampleUser[] = [
  { name: 'asha', role: 'admin', tenant: 'acme' },
  { name: 'ravi', role: 'contributor', tenant: 'acme' },
  { name: 'meera', role: 'viewer', tenant: 'acme' },
  { name: 'lena', role: 'admin', tenant: 'globex' },
];

/** Addresses that belong to nobody (RFC 2606). */
export const emailOf = ({ name, tenant }: SampleUser): string => `${name}@${tenant}.example`;
