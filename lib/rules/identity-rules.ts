import { eachResource, ofType, type Rule } from './rule.ts';
import { at, list } from './templates.ts';

const poolType = 'AWS::Cognito::UserPool';
const clientType = 'AWS::Cognito::UserPoolClient';

const wantsSecondFactor = eachResource('C81', 'nobody signs in with a password alone', poolType, ({ properties }) => {
  const factors = list(properties['EnabledMfas']);
  return (
    (properties['MfaConfiguration'] !== 'ON' ||
      !factors.includes('SOFTWARE_TOKEN_MFA') ||
      factors.includes('SMS_MFA')) &&
    'MfaConfiguration must be ON with SOFTWARE_TOKEN_MFA and without SMS_MFA'
  );
});

const admitsInvited = eachResource(
  'C81b',
  'nobody signs up by himself',
  poolType,
  ({ properties }) =>
    at(properties['AdminCreateUserConfig'], 'AllowAdminCreateUserOnly') !== true &&
    'AllowAdminCreateUserOnly must be true',
);

const wantsLongPasswords = eachResource(
  'C81c',
  'a password has 14 characters',
  poolType,
  ({ properties }) =>
    !(Number(at(properties['Policies'], 'PasswordPolicy', 'MinimumLength')) >= 14) &&
    'MinimumLength must be 14 at least',
);

const hasItsPlan = eachResource(
  'C81d',
  'the pool has the plan that the deployer chose',
  poolType,
  ({ properties }, { deployment }) => {
    const plan = deployment.identityPlan.toUpperCase();
    return properties['UserPoolTier'] !== plan && `UserPoolTier must be ${plan}`;
  },
);

const isProtected = eachResource(
  'C81e',
  'the pool cannot be deleted by a slip',
  poolType,
  ({ properties }, { deployment }) =>
    deployment.retainData && properties['DeletionProtection'] !== 'ACTIVE' && 'DeletionProtection must be ACTIVE',
);

const revokes = eachResource(
  'C81f',
  'tokens can be revoked and do not tell who exists',
  clientType,
  ({ properties }) =>
    (properties['EnableTokenRevocation'] !== true || properties['PreventUserExistenceErrors'] !== 'ENABLED') &&
    'EnableTokenRevocation and PreventUserExistenceErrors must be on',
);

const usesSafeFlows = eachResource(
  'C81g',
  'people sign in by code, machines by secret',
  clientType,
  ({ properties }) => {
    const flows = list(properties['AllowedOAuthFlows']).map(String);
    const [flow] = flows;
    if (flows.length !== 1 || (flow !== 'code' && flow !== 'client_credentials')) {
      return 'AllowedOAuthFlows must be code or client_credentials';
    }
    const hasSecret = properties['GenerateSecret'] === true;
    return hasSecret !== (flow === 'client_credentials') && 'GenerateSecret is for client_credentials alone';
  },
);

const signsInOneWay = eachResource(
  'C81j',
  'nobody signs in past the managed login',
  clientType,
  ({ properties }) =>
    list(properties['ExplicitAuthFlows']).join() !== 'ALLOW_REFRESH_TOKEN_AUTH' &&
    'ExplicitAuthFlows must be ALLOW_REFRESH_TOKEN_AUTH alone',
);

const returnsToKnownPlaces = eachResource('C81h', 'a sign-in returns to exact places', clientType, ({ properties }) => {
  const urls = ['CallbackURLs', 'LogoutURLs'].flatMap((name) => list(properties[name]).map(String));
  const wrong = urls.find((url) => !/^(https:\/\/[^*]+|http:\/\/localhost:\d+\/\S*)$/.test(url));
  return wrong !== undefined && `${wrong} must be https, or http with localhost and a port`;
});

const isDrawn = eachResource(
  'C81i',
  'the login page of a client with callbacks renders',
  clientType,
  ({ id, properties }, input) => {
    if (properties['CallbackURLs'] === undefined) return undefined;
    const branded = ofType(input, 'AWS::Cognito::ManagedLoginBranding').some(
      (branding) => branding.properties['ClientId'] === `\${${id}}`,
    );
    return !branded && 'a ManagedLoginBranding must name it';
  },
);

/** Rules over the user pool and its clients. */
export const identityRules: readonly Rule[] = [
  wantsSecondFactor,
  admitsInvited,
  wantsLongPasswords,
  hasItsPlan,
  isProtected,
  revokes,
  usesSafeFlows,
  signsInOneWay,
  returnsToKnownPlaces,
  isDrawn,
];
