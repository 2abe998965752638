import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { newMemberRow } from '../../core/catalog/member-row.ts';
import { tenantRow } from '../../core/tenant-row.ts';
import { isoTime } from '../../core/time.ts';
import type { Platform } from '../../local/platform.ts';
import type { LocalState } from '../../local/state-file.ts';
import { apiScope } from '../session/oauth.ts';
import { putNew } from '../tenant/create-tenant.ts';
import type { SampleUser } from './sample-users.ts';
import { emailOf, sampleUsers } from './sample-users.ts';

type Place = Pick<LocalState, 'endpoint' | 'regions' | 'tables' | 'admin' | 'userPoolId' | 'clientId'>;

const tokenSeconds = 12 * 3600;

/** Makes the sample users with their memberships; those who are there already keep what people have changed of them. */
export const admitSampleUsers = async (platform: Platform, place: Place): Promise<void> => {
  const [region = ''] = place.regions;
  const client = new DynamoDBClient({ region, endpoint: place.endpoint, credentials: { ...place.admin } });
  const table = DynamoDBDocumentClient.from(client);
  for (const user of sampleUsers) {
    const { sub } = platform.services.identity.createUser(place.userPoolId, {
      username: user.name,
      email: emailOf(user),
    });
    await admit(table, { user, sub, tableName: place.tables['catalog'] ?? '', nowMs: platform.clock.now() });
  }
  client.destroy();
};

/** Their tokens, good until the clock is moved or half a day has passed. */
export const issueTokens = (platform: Platform, { clientId }: Pick<Place, 'clientId'>): Promise<LocalState['users']> =>
  Promise.all(
    sampleUsers.map(async ({ name, role, tenant }) => {
      const request = { clientId, scopes: [apiScope], expiresInSeconds: tokenSeconds };
      return { name, role, tenant, token: await platform.services.identity.issueToken(name, request) };
    }),
  );

const admit = async (
  table: DynamoDBDocumentClient,
  { user, sub, tableName, nowMs }: { user: SampleUser; sub: string; tableName: string; nowMs: number },
): Promise<void> => {
  const made = { createdAt: isoTime(nowMs), createdBy: 'mediakeep local start' };
  await putNew(table, tableName, tenantRow({ tenant: user.tenant, ...made }));
  await putNew(
    table,
    tableName,
    newMemberRow({ tenant: user.tenant, principal: sub, roles: [user.role], state: 'active', ...made }),
  );
};
