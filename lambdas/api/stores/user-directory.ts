import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import type { UserDirectory } from '../ports.ts';

/** The user pool: the only place that knows e-mail addresses. */
export const createUserDirectory = (client: CognitoIdentityProviderClient, poolId: string): UserDirectory => ({
  invite: async (email) => {
    try {
      const { User } = await client.send(
        new AdminCreateUserCommand({
          UserPoolId: poolId,
          Username: email,
          UserAttributes: [
            { Name: 'email', Value: email },
            { Name: 'email_verified', Value: 'true' },
          ],
          DesiredDeliveryMediums: ['EMAIL'],
        }),
      );
      return { sub: subOf(User?.Attributes), invited: true };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'UsernameExistsException') throw error;
      const known = await client.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: email }));
      return { sub: subOf(known.UserAttributes), invited: false };
    }
  },
});

const subOf = (attributes: readonly AttributeType[] = []): string => {
  const sub = attributes.find(({ Name }) => Name === 'sub')?.Value;
  if (sub === undefined) throw new Error('The user pool answered a user without `sub`');
  return sub;
};
