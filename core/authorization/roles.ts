/** What a member of a tenant may be. `admin` includes `manager` includes `contributor` includes `annotator` includes `viewer`; `device` stands apart. */
export const roleNames = ['admin', 'manager', 'contributor', 'annotator', 'viewer', 'device'] as const;
export type Role = (typeof roleNames)[number];

/** The role that each role includes. */
export const roleIncludes: Readonly<Partial<Record<Role, Role>>> = {
  admin: 'manager',
  manager: 'contributor',
  contributor: 'annotator',
  annotator: 'viewer',
};

/** True for the name of a role. */
export const isRole = (text: string): text is Role => (roleNames as readonly string[]).includes(text);
