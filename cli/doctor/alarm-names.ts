import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { OperatorTarget } from '../operator/operator-target.ts';

/** The alarms that the stacks of a region deployed. The platform on this machine lists no stacks: none is expected there. */
export const alarmNames = async (target: OperatorTarget, region: string): Promise<readonly string[]> => {
  if (target.local) return [];
  const client = new CloudFormationClient(target.aws(region));
  const parts = region === target.region ? ['data', 'service'] : ['replica'];
  const names: string[] = [];
  for (const StackName of parts.map((part) => `${target.deployment}-${part}`)) {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
      for (const { ResourceType = '', PhysicalResourceId } of StackResourceSummaries) {
        const isAlarm = ResourceType === 'AWS::CloudWatch::Alarm' || ResourceType === 'AWS::CloudWatch::CompositeAlarm';
        if (isAlarm && PhysicalResourceId !== undefined) names.push(PhysicalResourceId);
      }
    }
  }
  return names;
};
