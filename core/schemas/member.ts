import * as z from 'zod';
import { roleNames } from '../authorization/roles.ts';
import { Instant, Principal, Reference, TenantId } from './primitives.ts';

const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;
const Roles = z.array(z.enum(roleNames)).min(1).max(roleNames.length).refine(unique, 'must name each role once');
const Devices = z.array(Reference).max(200).refine(unique, 'must name each device once');

/** A principal's rights in a tenant. */
export const Member = z
  .strictObject({
    principal: Principal,
    tenant: TenantId,
    roles: Roles,
    state: z.enum(['invited', 'active', 'suspended']),
    devices: Devices.optional().describe('The device ids under which a machine may speak'),
    createdAt: Instant,
    createdBy: z.string(),
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof Member>;

/** What the list of members shows. */
export const MemberItem = z
  .strictObject({ principal: Principal, roles: z.array(z.string()), state: z.string() })
  .meta({ id: 'MemberItem' });
export type MemberItem = z.infer<typeof MemberItem>;

/** Answer of `GET /members`. */
export const MemberPage = z
  .strictObject({ items: z.array(MemberItem), cursor: z.string().optional() })
  .meta({ id: 'MemberPage' });
export type MemberPage = z.infer<typeof MemberPage>;

/** Body of `POST /members`: a person by e-mail address, who is invited, or a principal that can sign in already and accepts. */
export const AddMember = z
  .strictObject({
    email: z.email().max(254).optional(),
    principal: Principal.optional(),
    roles: Roles,
    devices: Devices.optional(),
  })
  .refine(({ email, principal }) => (email === undefined) !== (principal === undefined), {
    message: 'needs either `email` or `principal`',
    path: ['email'],
  })
  .meta({ id: 'AddMember' });
export type AddMember = z.infer<typeof AddMember>;

/** Body of `PATCH /members/{principal}`. */
export const ChangeMember = z
  .strictObject({
    roles: Roles.optional(),
    state: z.enum(['active', 'suspended']).optional(),
    devices: Devices.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'must change something')
  .meta({ id: 'ChangeMember' });
export type ChangeMember = z.infer<typeof ChangeMember>;

/** Answer of `GET /me`. */
export const Me = z
  .strictObject({
    principal: Principal,
    kind: z.enum(['person', 'machine']),
    tenant: TenantId,
    roles: Roles,
    devices: Devices,
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** The path of an operation on one member. */
export const MemberPath = z.strictObject({ principal: Principal });
