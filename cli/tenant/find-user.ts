import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { CliError, exitCodes } from '../exit-codes.ts';

/** The `sub` of the person with this e-mail address; somebody the pool does not know is created and gets an invitation. */
export const findOrInviteUser = async (
  pool: CognitoIdentityProviderClient,
  { userPoolId, email }: { userPoolId: string; email: string },
): Promise<string> =>
  subOf(email, (await existing(pool, userPoolId, email)) ?? (await invite(pool, userPoolId, email)));

const existing = async (
  pool: CognitoIdentityProviderClient,
  UserPoolId: string,
  Username: string,
): Promise<AttributeType[] | undefined> => {
  try {
    return (await pool.send(new AdminGetUserCommand({ UserPoolId, Username }))).UserAttributes;
  } catch (error) {
    if (error instanceof UserNotFoundException) return undefined;
    throw error;
  }
};

const invite = async (
  pool: CognitoIdentityProviderClient,
  UserPoolId: string,
  email: string,
): Promise<AttributeType[] | undefined> => {
  const UserAttributes = [
    { Name: 'email', Value: email },
    { Name: 'email_verified', Value: 'true' },
  ];
  const command = new AdminCreateUserCommand({
    UserPoolId,
    Username: email,
    UserAttributes,
    DesiredDeliveryMediums: ['EMAIL'],
  });
  return (await pool.send(command)).User?.Attributes;
};

const subOf = (email: string, attributes: AttributeType[] | undefined): string => {
  const sub = attributes?.find(({ Name }) => Name === 'sub')?.Value;
  if (sub !== undefined) return sub;
  throw new CliError(exitCodes.failed, `The user pool gave no \`sub\` for ${email}.`);
};
