import { AwsError } from '../../aws/aws-error.ts';
import type { XmlElement } from '../protocol/xml.ts';
import { childText, malformedXml } from '../protocol/xml-parser.ts';

/** The text of an element that a job cannot do without. */
export const required = (parent: XmlElement, name: string): string => {
  const value = childText(parent, name);
  if (value === undefined || value === '') throw new AwsError('BadRequestException', 400, `${name} is missing`);
  return value;
};

/** Refuses a body that lacks an element. */
export const malformed = (): never => {
  throw malformedXml();
};
