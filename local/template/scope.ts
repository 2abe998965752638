/** `Ref: AWS::NoValue`: whatever property holds it is left out. */
export const noValue: unique symbol = Symbol('AWS::NoValue');

/** Where a template is resolved: what its intrinsic functions can reach. */
export interface Scope {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly accountId: string;
  /** `Ref` of a parameter or of a created resource; throws for anything else. */
  ref(logicalId: string): unknown;
  /** `Fn::GetAtt` of a created resource. */
  attribute(logicalId: string, name: string): string;
  condition(name: string): boolean;
  mapping(map: string, topKey: string, secondKey: string): unknown;
  /** `Fn::ImportValue`, within the stack's region. */
  exported(name: string): string;
  /** `Fn::GetStackOutput`, in any region. */
  stackOutput(stackName: string, region: string, outputName: string): string;
}

/** The value of a pseudo parameter; undefined for any other name. */
export const pseudoParameter = (name: string, scope: Scope): unknown => {
  switch (name) {
    case 'AWS::AccountId':
      return scope.accountId;
    case 'AWS::Region':
      return scope.region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return scope.stackName;
    case 'AWS::StackId':
      return scope.stackId;
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return noValue;
    default:
      return undefined;
  }
};
