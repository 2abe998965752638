import { element, textElement } from './xml.ts';

/** Who owns a thing: everything belongs to the one account. */
export const ownerXml = (name: 'Owner' | 'Initiator', id: string): string => element(name, textElement('ID', id));
