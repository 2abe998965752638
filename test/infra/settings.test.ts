import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { overrides } from '../../bin/overrides.ts';
import { propertiesOf } from './breakages/broken-templates.ts';
import { synthesize } from './synthesized.ts';

describe('settings reach the templates', () => {
  // All of them at once: none of them changes what another one says.
  const { data, service } = synthesize({
    deployment: {
      alarmEmail: 'ops@example.org',
      corsOrigins: ['https://keep.example.org'],
      machines: ['gate-1', 'gate1'],
      transferAcceleration: true,
      identityPlan: 'plus',
      bucketNamespace: 'global',
      quotas: { requestsPerMinute: 77 },
      concurrency: { intake: { maximum: 6, reserved: 7 }, catalog: { maximum: 2 } },
    },
  });

  it('alarm e-mail', () => {
    expect(propertiesOf(service, 'AWS::SNS::Subscription')).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.org',
    });
  });

  it('origins', () => {
    expect(propertiesOf(service, 'AWS::ApiGatewayV2::Api').CorsConfiguration.AllowOrigins).toEqual([
      'https://keep.example.org',
    ]);
    const open = Object.values(service.Resources)
      .filter(
        ({ Type, Properties }) => Type === 'AWS::ApiGatewayV2::Route' && Properties['AuthorizationType'] === 'NONE',
      )
      .map(({ Properties }) => Properties['RouteKey']);
    expect(open).toEqual(['GET /health', 'GET /openapi.json', 'OPTIONS /{proxy+}']);
    expect(propertiesOf(data, 'AWS::S3::Bucket', 'Landing').CorsConfiguration.CorsRules[0]).toMatchObject({
      AllowedOrigins: ['https://keep.example.org'],
      AllowedMethods: ['PUT', 'POST'],
    });
    expect(propertiesOf(data, 'AWS::S3::Bucket', 'Vault').CorsConfiguration.CorsRules[0].AllowedMethods).toEqual([
      'GET',
    ]);
  });

  it('machines, acceleration, plan, namespace, concurrency and quotas', () => {
    expect(Object.values(data.Resources).filter(({ Type }) => Type === 'AWS::Cognito::UserPoolClient')).toHaveLength(3);
    expect(propertiesOf(data, 'AWS::S3::Bucket', 'Landing').AccelerateConfiguration).toEqual({
      AccelerationStatus: 'Enabled',
    });
    expect(propertiesOf(data, 'AWS::Cognito::UserPool')).toMatchObject({
      UserPoolTier: 'PLUS',
      UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
    });
    expect(JSON.stringify(propertiesOf(data, 'AWS::S3::Bucket', 'Vault').BucketName)).not.toContain('-an');
    expect(propertiesOf(service, 'AWS::Lambda::EventSourceMapping', 'Intake').ScalingConfig.MaximumConcurrency).toBe(6);
    expect(propertiesOf(service, 'AWS::Lambda::Function', 'Intake').ReservedConcurrentExecutions).toBe(7);
    expect(propertiesOf(service, 'AWS::Lambda::Function', 'Api').Environment.Variables).toMatchObject({
      QUOTAS: '{"requestsPerMinute":77}',
      TRANSFER_ACCELERATION: 'true',
    });
  });

  it('the command line overrides the file', () => {
    const app = new App({
      context: { name: 'other', retainData: 'false', quotas: '{"requestsPerMinute":50}', unrelated: 1 },
    });

    expect(overrides((name) => app.node.tryGetContext(name))).toEqual({
      name: 'other',
      retainData: false,
      quotas: { requestsPerMinute: 50 },
    });
  });
});
