import { Aws, Duration } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  CfnUserPoolDomain,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolClient,
  type UserPoolClientOptions,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge } from './acknowledge.ts';
import { keepNamedResource, removalPolicy } from './retention.ts';

export interface IdentityProps {
  readonly deployment: Deployment;
}

/** Where the CLI and the console listen for the answer of a sign-in; Cognito compares these exactly. */
export const callbackUrls = [41801, 41802, 41803].map((port) => `http://localhost:${port}/callback`);

/** Left out, Cognito would admit sign-in by password past the managed login. */
const onlyThroughOAuth = { userSrp: false };

/** The scope that every token for the API carries. */
export const apiScope = 'mediakeep/use';

/** Who may sign in: people through the managed login, machines each with a secret of its own. What they may is not said here. */
export class Identity extends Construct {
  readonly userPool: UserPool;
  /** For the CLI and the console: public, with PKCE. */
  readonly peopleClient: UserPoolClient;
  readonly machineClients: ReadonlyMap<string, UserPoolClient>;
  /** `https://{name}-{account}.auth.{region}.amazoncognito.com`. */
  readonly loginUrl: string;

  private readonly deployment: Deployment;

  constructor(scope: Construct, id: string, { deployment }: IdentityProps) {
    super(scope, id);
    this.deployment = deployment;
    this.userPool = this.addPool();
    const scopeOfUse = new ResourceServerScope({ scopeName: 'use', scopeDescription: 'Use the API' });
    const server = this.userPool.addResourceServer('Api', { identifier: 'mediakeep', scopes: [scopeOfUse] });
    const oauthScope = OAuthScope.resourceServer(server, scopeOfUse);
    this.peopleClient = this.addPeopleClient(server, oauthScope);
    this.machineClients = new Map(
      deployment.machines.map((machine) => [machine, this.addMachineClient(machine, server, oauthScope)]),
    );
    this.loginUrl = this.addLogin();
    if (deployment.identityPlan !== 'plus') {
      acknowledge(this.userPool, {
        ids: ['AwsSolutions-COG8'],
        reason:
          'The plus plan costs per user and is a setting (`identityPlan`); a second factor is required in any case',
      });
    }
  }

  private addPool(): UserPool {
    const { retainData, identityPlan } = this.deployment;
    return new UserPool(this, 'Default', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      featurePlan: identityPlan === 'plus' ? FeaturePlan.PLUS : FeaturePlan.ESSENTIALS,
      ...(identityPlan === 'plus' && { standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION }),
      deletionProtection: retainData,
      removalPolicy: removalPolicy(retainData),
    });
  }

  private addPeopleClient(server: UserPoolResourceServer, scope: OAuthScope): UserPoolClient {
    const client = this.addClient('People', server, {
      generateSecret: false,
      authFlows: onlyThroughOAuth,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, scope],
        callbackUrls,
        logoutUrls: callbackUrls,
      },
      refreshTokenValidity: Duration.days(30),
    });
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.userPool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    return client;
  }

  private addMachineClient(machine: string, server: UserPoolResourceServer, scope: OAuthScope): UserPoolClient {
    return this.addClient(`Machine-${machine}`, server, {
      generateSecret: true,
      authFlows: onlyThroughOAuth,
      oAuth: { flows: { clientCredentials: true }, scopes: [scope] },
    });
  }

  private addClient(id: string, server: UserPoolResourceServer, options: UserPoolClientOptions): UserPoolClient {
    const client = new UserPoolClient(this, id, {
      userPool: this.userPool,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
      ...options,
    });
    client.node.addDependency(server);
    return client;
  }

  private addLogin(): string {
    const { name, retainData } = this.deployment;
    const domain = `${name}-${Aws.ACCOUNT_ID}`;
    const resource = new CfnUserPoolDomain(this, 'Login', {
      userPoolId: this.userPool.userPoolId,
      domain,
      managedLoginVersion: 2,
    });
    keepNamedResource(resource, retainData);
    return `https://${domain}.auth.${Aws.REGION}.amazoncognito.com`;
  }
}
