/**
 * Types of template resources that the platform accepts without doing anything for them, each with the reason. Everything
 * that is neither here nor has a provider is an error, so that nothing is left out by oversight.
 */
export const noLocalEffect: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'tells AWS which constructs an app uses',
  'AWS::ApiGateway::Account': 'a setting of the account: there is one, and it may write logs',
  'AWS::Budgets::Budget': 'one machine has no bill',
  'AWS::CE::AnomalyMonitor': 'one machine has no bill',
  'AWS::CE::AnomalySubscription': 'one machine has no bill',
  'AWS::CloudTrail::Trail': 'the platform has no audit trail of its own API',
  'AWS::Cognito::ManagedLoginBranding': 'the local sign-in page has no styles',
  'AWS::Cognito::UserPoolUICustomizationAttachment': 'the local sign-in page has no styles',
  'AWS::GuardDuty::Detector': 'there is no network and no account to watch',
  'AWS::GuardDuty::MalwareProtectionPlan': 'the platform has no malware scanner',
  'AWS::Logs::MetricFilter': 'metrics come from the functions themselves, in the embedded metric format',
  'AWS::Logs::QueryDefinition': 'there is no console to run it',
  'AWS::Logs::ResourcePolicy': 'no service of AWS writes logs here',
  'AWS::WAFv2::IPSet': 'only this machine can reach the platform',
  'AWS::WAFv2::WebACL': 'only this machine can reach the platform',
  'AWS::WAFv2::WebACLAssociation': 'only this machine can reach the platform',
  'AWS::XRay::Group': 'the platform keeps no traces',
  'AWS::XRay::SamplingRule': 'the platform keeps no traces',
};
