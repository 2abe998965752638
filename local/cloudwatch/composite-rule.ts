import type { AlarmState } from './alarm-model.ts';

const tokenPattern =
  /\s*(?:(AND|OR|NOT|TRUE|FALSE)\b|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*("[^"]*"|'[^']*'|[^()\s"']+)\s*\)|([()]))/y;

type Token = { readonly word: string; readonly alarm?: string };

/** Decides a composite alarm's rule: `ALARM("a") AND NOT (OK(b) OR FALSE)`. Names may be ARNs. */
export const composite = (rule: string, stateOf: (alarm: string) => AlarmState | undefined): boolean => {
  const tokens = tokenize(rule);
  let position = 0;
  const take = () => tokens[position++];
  const factor = (): boolean => {
    const token = take();
    if (token?.word === 'NOT') return !factor();
    if (token?.word === 'TRUE' || token?.word === 'FALSE') return token.word === 'TRUE';
    if (token?.alarm !== undefined) return stateNamed(token.alarm, stateOf) === token.word;
    if (token?.word !== '(')
      throw new Error(`The alarm rule has ${token?.word ?? 'its end'} where a condition is expected.`);
    const inner = disjunction();
    if (take()?.word !== ')') throw new Error('The alarm rule lacks a closing parenthesis.');
    return inner;
  };
  const conjunction = (): boolean => {
    let result = factor();
    while (tokens[position]?.word === 'AND') {
      position += 1;
      result = factor() && result;
    }
    return result;
  };
  const disjunction = (): boolean => {
    let result = conjunction();
    while (tokens[position]?.word === 'OR') {
      position += 1;
      result = conjunction() || result;
    }
    return result;
  };
  const result = disjunction();
  if (position < tokens.length) throw new Error(`The alarm rule goes on with ${tokens[position]?.word} after its end.`);
  return result;
};

const stateNamed = (name: string, stateOf: (alarm: string) => AlarmState | undefined): AlarmState => {
  const state = stateOf(name.replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, ''));
  if (state === undefined) throw new Error(`The alarm rule names ${name}, which is no alarm of the template.`);
  return state;
};

const tokenize = (rule: string): Token[] => {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < rule.trimEnd().length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(rule);
    if (match === null) throw new Error(`The alarm rule is not understood from ${rule.slice(at)} on.`);
    const [, word, state, name, parenthesis] = match;
    if (state === undefined) tokens.push({ word: word ?? parenthesis ?? '' });
    else tokens.push({ word: state, alarm: (name ?? '').replace(/^["']|["']$/g, '') });
  }
  return tokens;
};
